"""Whether two databases hold the same rows: a checksum for each segment of keys, apart from the code that copies."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db import connections, transaction
from django.db.models import Count, F, Func, TextField, Value
from django.db.models.functions import MD5

from config.lifting.tables import Table

Checksums = dict[int, tuple[int, str]]
"""Segment → number of rows, and a digest over all of their columns."""


def differing(table: Table, source: str, target: str) -> list[int]:
    """The segments that are not the same in both databases, in order."""
    both_postgres = connections[source].vendor == connections[target].vendor == "postgresql"
    take = by_postgres if both_postgres else by_reading
    there, here = take(table, source), take(table, target)
    return sorted(segment for segment in there.keys() | here.keys() if there.get(segment) != here.get(segment))


def by_postgres(table: Table, alias: str) -> Checksums:
    """Where both are PostgreSQL, each adds up its own rows as it writes them."""
    row = Func(*map(F, table.columns), template="ROW(%(expressions)s)::text", output_field=TextField())
    digest = MD5(StringAgg(row, delimiter=Value("\n"), order_by="pk", default=Value("")))
    found = table.rows(alias).order_by().values("segment_number").annotate(n=Count("pk"), digest=digest)
    return {segment: (n, digest) for segment, n, digest in found.values_list("segment_number", "n", "digest")}


def by_reading(table: Table, alias: str) -> Checksums:
    """The same on any database: by the values that Django reads."""
    rows = table.rows(alias).order_by("pk").values_list("segment_number", *table.columns).iterator(chunk_size=2000)
    checksums: Checksums = {}
    for segment, members in groupby(rows, key=lambda row: int(row[0])):
        digest, n = hashlib.sha256(), 0
        for row in members:
            n += 1
            digest.update(json.dumps(row[1:], sort_keys=True, default=_plain).encode() + b"\n")
        checksums[segment] = (n, digest.hexdigest())
    return checksums


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


@contextmanager
def snapshot(alias: str) -> Iterator[None]:
    """What is read in the block is of one moment, and keeps nobody from writing."""
    connection: Any = connections[alias]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    connection.ensure_connection()
    mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic(using=alias):
            yield
    finally:
        connection.transaction_mode = mode
