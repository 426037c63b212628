"""A school, and programs that speak for its people."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests.portal.copied import Copies
from tests.portal.school import School, Somebody, login, make_school


class Program:
    """A client of the API that speaks for somebody, or for nobody."""

    def __init__(self, person: Somebody | None = None) -> None:
        self.client = login(Client(), person) if person else Client()

    def __call__(
        self, method: str, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None, **headers: Any
    ) -> Any:
        """`body` is sent as JSON, bytes as they are. Headers are written with underscores. The answer's `data` is its
        JSON, if it is any.
        """
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = headers.pop("Content-Type", "application/json")
        response: Any = self.client.generic(
            method, f"/api/v1/{path}", sent, content_type=kind, query_params=query, headers=headers
        )
        response.data = _json(response)
        return response

    def get(self, path: str, **query: Any) -> Any:
        return self("GET", path, query=query)

    def post(self, path: str, body: Any = None, **headers: Any) -> Any:
        return self("POST", path, body, **headers)


def _json(response: Any) -> Any:
    kind = response.headers.get("Content-Type", "")
    return json.loads(response.content) if "json" in kind and not response.streaming else None


As = Callable[..., Program]


@pytest.fixture(autouse=True)
def _own_media(settings: Settings, tmp_path: Path) -> None:
    """What is handed in goes to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def schools() -> Copies:
    return Copies(partial(make_school, students=4))


@pytest.fixture
def school(db: None, schools: Copies) -> School:
    return schools.one_more()


@pytest.fixture
def speak_for() -> As:
    """A program that speaks for somebody."""
    return Program


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    cache.clear()
