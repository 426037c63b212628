"""The memory of what was placed: for each mapping, key → digest of the content, in blocks of a thousand keys."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import models, transaction

from migrations_legacy.digest import are_numbers, key_number, little_endian
from migrations_legacy.models import PlacedBlock
from migrations_legacy.sources.base import Rows, Values

KEYS_PER_BLOCK = 1000
_HASH_SHIFT = 54
_AT_ONCE = 200

Entries = dict[int, int]
ColumnDigests = tuple[int, ...]


@dataclass
class Block:
    """What is remembered of up to a thousand neighbouring keys."""

    entries: Entries = field(default_factory=dict)
    """Key → digest of the row."""
    columns: dict[int, ColumnDigests] = field(default_factory=dict)
    """Key → short digest of each column; for mappings that are merged by column, else empty."""
    seal: bytes = b""
    """Fingerprint of both sides, when every row of the block was placed and the same on both; else empty."""

    def forget(self, key: int) -> None:
        """The row is gone."""
        self.entries.pop(key, None)
        self.columns.pop(key, None)
        self.seal = b""


def pack(entries: Mapping[int, int]) -> bytes:
    """Keys, then digests, in the order of keys; 16 bytes a row, little-endian on every machine."""
    keys = sorted(entries)
    return _bytes("q", keys) + _bytes("Q", map(entries.__getitem__, keys))


def unpack(data: bytes | memoryview) -> Entries:
    """The reverse of `pack`."""
    half = len(data) // 2
    return dict(zip(little_endian("q", bytes(data[:half])), little_endian("Q", bytes(data[half:])), strict=True))


def pack_columns(columns: Mapping[int, ColumnDigests]) -> bytes:
    """The columns' digests in the order of keys; 4 bytes each."""
    return _bytes("I", (digest for key in sorted(columns) for digest in columns[key]))


def unpack_columns(data: bytes | memoryview, keys: Iterable[int]) -> dict[int, ColumnDigests]:
    """The reverse of `pack_columns`, given the keys."""
    ordered = sorted(keys)
    if not data or not ordered:
        return {}
    digests = tuple(little_endian("I", bytes(data)))
    width = len(digests) // len(ordered)
    return {key: digests[place * width : (place + 1) * width] for place, key in enumerate(ordered)}


def _bytes(kind: str, numbers: Iterable[int]) -> bytes:
    values = array(kind, numbers)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


class Ledger:
    """One mapping's memory.

    With `deferred`, blocks are kept aside until `flush`: for a module in a database of its own, whose transaction must
    be committed before it is remembered. A crash in between leaves rows that the next run finds equal and takes over.
    """

    def __init__(self, source: str, target: str, *, hashed: bool, deferred: bool = False) -> None:
        """`hashed`: keys are digests of text, spread over all numbers, and not the legacy's ids."""
        self._source, self._target, self._hashed, self._deferred = source, target, hashed, deferred
        self._pending: dict[int, Block] = {}
        self._stored = set(self._blocks().values_list("block", flat=True))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._stored and not self._pending

    def block_of(self, key: int) -> int:
        """The block that a key belongs to."""
        return key >> _HASH_SHIFT if self._hashed else key // KEYS_PER_BLOCK

    def by_block(self, rows: Rows, key: str) -> dict[int, Rows]:
        """Rows in the order of their key, which is in this column → the blocks that they belong to."""
        keys = rows.column(key)
        if self._hashed or not are_numbers(keys):
            blocks: dict[int, list[Values]] = {}
            for number, values in zip(map(key_number, keys), rows.values, strict=True):
                blocks.setdefault(self.block_of(number), []).append(values)
            return {block: Rows(rows.columns, values) for block, values in blocks.items()}
        borders = [0]
        while borders[-1] < len(rows):
            borders.append(bisect_left(keys, (self.block_of(keys[borders[-1]]) + 1) * KEYS_PER_BLOCK, borders[-1]))
        return {self.block_of(keys[start]): rows.part(start, end) for start, end in pairwise(borders)}

    def numbers(self) -> set[int]:
        """The numbers of all blocks."""
        return self._stored | self._pending.keys()

    def load(self, numbers: Iterable[int]) -> dict[int, Block]:
        """The blocks of these numbers; empty ones for those that are not remembered."""
        wanted = set(numbers)
        found: dict[int, Block] = {number: Block() for number in wanted}
        stored = sorted(wanted & self._stored - self._pending.keys())
        for start in range(0, len(stored), _AT_ONCE):
            rows = self._blocks().filter(block__in=stored[start : start + _AT_ONCE])
            for number, entries, columns, seal in rows.values_list("block", "entries", "columns", "seal"):
                unpacked = unpack(entries)
                found[number] = Block(unpacked, unpack_columns(columns, unpacked), bytes(seal))
        for number in wanted & self._pending.keys():
            found[number] = self._pending[number]
        return found

    def everything(self) -> Iterator[tuple[int, Block]]:
        """All blocks, one after the other."""
        for number in sorted(self.numbers()):
            yield number, self.load({number})[number]

    def save(self, blocks: Mapping[int, Block]) -> None:
        """Remember these blocks, in the place of what was remembered of them."""
        if self._deferred:
            self._pending.update(blocks)
        else:
            self._write(blocks)

    def flush(self) -> None:
        """Store what was kept aside."""
        if self._pending:
            with transaction.atomic(using=PlacedBlock.objects.db):
                self._write(self._pending)
            self._pending = {}

    def _write(self, blocks: Mapping[int, Block]) -> None:
        kept = {number: block for number, block in blocks.items() if block.entries}
        PlacedBlock.objects.bulk_create(
            [
                PlacedBlock(
                    source=self._source,
                    target=self._target,
                    block=number,
                    entries=pack(block.entries),
                    columns=pack_columns(block.columns),
                    seal=block.seal,
                )
                for number, block in kept.items()
            ],
            batch_size=_AT_ONCE,
            update_conflicts=True,
            unique_fields=["source", "target", "block"],
            update_fields=["entries", "columns", "seal"],
        )
        emptied = blocks.keys() - kept.keys()
        if emptied & self._stored:
            self._blocks().filter(block__in=emptied & self._stored).delete()
        self._stored = (self._stored | kept.keys()) - emptied

    def _blocks(self) -> "models.QuerySet[PlacedBlock]":
        return PlacedBlock.objects.filter(source=self._source, target=self._target)
