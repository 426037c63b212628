"""Measures and reads what lists answer."""

import csv
from typing import Any

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries_of(client: Client, path: str) -> int:
    """How many queries a page takes, over all databases, once what is remembered between requests is remembered."""
    client.get(path)
    captured = [CaptureQueriesContext(connection) for connection in connections.all()]
    for one in captured:
        one.__enter__()
    try:
        assert client.get(path).status_code == 200, path
    finally:
        for one in captured:
            one.__exit__(None, None, None)
    return sum(map(len, captured))


def csv_lines(response: Any) -> list[list[str]]:
    """The lines of a download, header first."""
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(b"".join(response).decode("utf-8-sig").splitlines()))
