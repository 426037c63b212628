"""Whether two databases hold the same rows: a checksum for each segment of keys, apart from the code that copies."""

import hashlib
import json
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
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


def differing(table: Table, source: str, target: str, among: Collection[int] | None = None) -> list[int]:
    """The segments that are not the same in both databases, in order; `among` some, or all."""
    if connections[source].vendor == connections[target].vendor == "postgresql":
        with ThreadPoolExecutor(1) as beside:
            target_works = beside.submit(_by_postgres_beside, table, target, among)
            there, here = by_postgres(table, source, among), target_works.result()
    else:
        there, here = by_reading(table, source, among), by_reading(table, target, among)
    return sorted(segment for segment in there.keys() | here.keys() if there.get(segment) != here.get(segment))


def by_postgres(table: Table, alias: str, among: Collection[int] | None = None) -> Checksums:
    """Where both are PostgreSQL, each adds up its own rows as it writes them."""
    row = Func(*map(F, table.columns), template="ROW(%(expressions)s)::text", output_field=TextField())
    digest = MD5(StringAgg(row, delimiter=Value("\n"), order_by="pk", default=Value("")))
    found = table.rows(alias, among).order_by().values("segment_number").annotate(n=Count("pk"), digest=digest)
    return {segment: (n, digest) for segment, n, digest in found.values_list("segment_number", "n", "digest")}


def _by_postgres_beside(table: Table, alias: str, among: Collection[int] | None) -> Checksums:
    """The same in a thread of its own, over a connection that ends with it: both servers work at the same time."""
    try:
        return by_postgres(table, alias, among)
    finally:
        connections[alias].close()


def by_reading(table: Table, alias: str, among: Collection[int] | None = None) -> Checksums:
    """The same on any database: by the values that Django reads."""
    rows = table.rows(alias, among).order_by("pk").values_list("segment_number", *table.columns)
    checksums: Checksums = {}
    for segment, members in groupby(rows.iterator(chunk_size=2000), key=lambda row: int(row[0])):
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
