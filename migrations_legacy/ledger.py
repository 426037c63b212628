"""The memory of what was placed: for each mapping, key → digest of the content, in blocks of a thousand keys."""

import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping

from django.db import models, transaction

from migrations_legacy.models import PlacedBlock

KEYS_PER_BLOCK = 1000
_HASH_SHIFT = 54

Entries = dict[int, int]


def pack(entries: Mapping[int, int]) -> bytes:
    """Keys, then digests, in the order of keys; 16 bytes a row, little-endian on every machine."""
    keys = array("q", sorted(entries))
    digests = array("Q", (entries[key] for key in keys))
    if sys.byteorder == "big":
        keys.byteswap()
        digests.byteswap()
    return keys.tobytes() + digests.tobytes()


def unpack(data: bytes | memoryview) -> Entries:
    """The reverse of `pack`."""
    half = len(data) // 2
    keys, digests = array("q"), array("Q")
    keys.frombytes(bytes(data[:half]))
    digests.frombytes(bytes(data[half:]))
    if sys.byteorder == "big":
        keys.byteswap()
        digests.byteswap()
    return dict(zip(keys, digests, strict=True))


class Ledger:
    """One mapping's memory.

    With `deferred`, blocks are kept aside until `flush`: for a module in a database of its own, whose transaction must
    be committed before it is remembered. A crash in between leaves rows that the next run finds equal and takes over.
    """

    def __init__(self, source: str, target: str, *, hashed: bool, deferred: bool = False) -> None:
        """`hashed`: keys are digests of text, spread over all numbers, and not the legacy's ids."""
        self._source, self._target, self._hashed, self._deferred = source, target, hashed, deferred
        self._pending: dict[int, bytes] = {}
        self._stored = set(self._blocks().values_list("block", flat=True))

    def __len__(self) -> int:
        """How many rows are remembered."""
        return sum(len(entries) for entries in self.everything())

    def block_of(self, key: int) -> int:
        """The block that a key belongs to."""
        return key >> _HASH_SHIFT if self._hashed else key // KEYS_PER_BLOCK

    def load(self, keys: Iterable[int]) -> Entries:
        """Everything remembered in the blocks of these keys."""
        return self._load({self.block_of(key) for key in keys})

    def everything(self) -> Iterator[Entries]:
        """All blocks, one after the other."""
        for block in sorted(self._stored | self._pending.keys()):
            yield self._load({block})

    def save(self, entries: Mapping[int, int]) -> None:
        """Remember these entries. They replace their blocks, so they must have been joined with what `load` gave."""
        by_block: dict[int, Entries] = {}
        for key, digest in entries.items():
            by_block.setdefault(self.block_of(key), {})[key] = digest
        packed = {number: pack(part) for number, part in by_block.items()}
        if self._deferred:
            self._pending.update(packed)
        else:
            self._write(packed)

    def flush(self) -> None:
        """Store what was kept aside."""
        if self._pending:
            with transaction.atomic(using=PlacedBlock.objects.db):
                self._write(self._pending)
            self._pending = {}

    def _load(self, blocks: set[int]) -> Entries:
        found: Entries = {}
        stored = sorted(blocks & self._stored - self._pending.keys())
        for start in range(0, len(stored), 500):
            part = self._blocks().filter(block__in=stored[start : start + 500])
            for data in part.values_list("entries", flat=True):
                found.update(unpack(data))
        for block in blocks & self._pending.keys():
            found.update(unpack(self._pending[block]))
        return found

    def _write(self, packed: Mapping[int, bytes]) -> None:
        PlacedBlock.objects.bulk_create(
            [
                PlacedBlock(source=self._source, target=self._target, block=number, entries=data)
                for number, data in packed.items()
            ],
            batch_size=200,
            update_conflicts=True,
            unique_fields=["source", "target", "block"],
            update_fields=["entries"],
        )
        self._stored |= packed.keys()

    def _blocks(self) -> "models.QuerySet[PlacedBlock]":
        return PlacedBlock.objects.filter(source=self._source, target=self._target)
