"""Cuts the rows of a table into batches that hold whole blocks of the ledger."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from migrations_legacy.ledger import KEYS_PER_BLOCK
from migrations_legacy.sources.base import Row

_ROWS_PER_BATCH = 5000


def batches(rows: Iterator[Row], key: str) -> Iterator[list[Row]]:
    """Rows in the order of their key, cut so that a block of the ledger is never split.

    Tables whose keys are no integers (sessions) come as one batch; their digests are spread over all blocks.
    """
    batch: list[Row] = []
    whole = True
    while chunk := list(islice(rows, _ROWS_PER_BATCH)):
        batch += chunk
        whole = whole and {type(row[key]) for row in chunk} == {int}
        if not whole:
            continue
        border = int(str(batch[-1][key])) // KEYS_PER_BLOCK * KEYS_PER_BLOCK
        cut = bisect_left(batch, border, key=lambda row: int(str(row[key])))
        if cut:
            yield batch[:cut]
            batch = batch[cut:]
    if batch:
        yield batch
