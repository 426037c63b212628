"""Cuts the rows of a table into batches that hold whole blocks of the ledger."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import cast

from migrations_legacy.digest import are_numbers
from migrations_legacy.ledger import KEYS_PER_BLOCK
from migrations_legacy.sources.base import Rows

_ROWS_PER_BATCH = 20_000
"""A batch is a transaction. What one touched is written when it ends: many small ones write the same pages again."""


def batches(parts: Iterator[Rows], key: str) -> Iterator[Rows]:
    """Rows in the order of their key, cut so that a block of the ledger is never split.

    Tables whose keys are no integers (sessions) come as one batch; their digests are spread over all blocks.
    """
    held: list[Rows] = []
    whole = True
    for part in parts:
        held.append(part)
        whole = whole and are_numbers(part.column(key))
        if not whole or sum(map(len, held)) < _ROWS_PER_BATCH:
            continue
        rows = Rows.joined(held)
        keys = cast("Sequence[int]", rows.column(key))
        if cut := bisect_left(keys, keys[-1] // KEYS_PER_BLOCK * KEYS_PER_BLOCK):
            yield rows.part(0, cut)
            rows = rows.part(cut, len(rows))
        held = [rows]
    if sum(map(len, held)):
        yield Rows.joined(held)
