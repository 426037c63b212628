"""Seals of blocks: fingerprints of both sides, by which a later run knows that none of their rows changed."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from migrations_legacy.digest import fingerprint
from migrations_legacy.ledger import KEYS_PER_BLOCK, Block
from migrations_legacy.mapping import TableMapping
from migrations_legacy.prepared import Values
from migrations_legacy.sources.base import Rows
from migrations_legacy.target import TargetTable

Blocks = Mapping[int, Rows]
"""Number of a block → the source's rows in it."""
_SOURCE = slice(0, 8)
_TARGET = slice(8, 16)


class Seals:
    """The seals of one mapping. They break when the mapping itself changes."""

    def __init__(self, mapping: TableMapping, target: TargetTable) -> None:
        self._target = target
        signature = [(column.field, column.sources, column.convert.__qualname__) for column in mapping.columns]
        self._salt = blake2b(repr(signature).encode(), digest_size=16).digest()

    def unbroken(self, blocks: Blocks, remembered: Mapping[int, Block]) -> list[int]:
        """The blocks whose rows are what they were when they were sealed, on both sides."""
        candidates = [
            number
            for number, rows in blocks.items()
            if remembered[number].seal and remembered[number].seal[_SOURCE] == self._of_source(rows)
        ]
        if not candidates:
            return []
        ours = self._target.fingerprints(*borders(candidates), KEYS_PER_BLOCK)
        return [number for number in candidates if remembered[number].seal[_TARGET] == ours.get(number)]

    def seal(self, blocks: Blocks, remembered: Mapping[int, Block], sealable: set[int], found: list[Values]) -> None:
        """Seal the blocks in which both sides are the same, and break the seals of the others.

        `found`: the target's rows between the borders of all these blocks, as they were read just now.
        """
        ours = self._target.fingerprints(*borders(remembered), KEYS_PER_BLOCK, found) if sealable else {}
        for number, block in remembered.items():
            block.seal = self._of_source(blocks[number]) + ours[number] if number in sealable else b""

    def _of_source(self, rows: Rows) -> bytes:
        return fingerprint(rows.values, self._salt)


def borders(blocks: "Sequence[int] | Mapping[int, object]") -> tuple[int, int]:
    """The lowest and the highest key of these blocks and of all between them."""
    return min(blocks) * KEYS_PER_BLOCK, (max(blocks) + 1) * KEYS_PER_BLOCK - 1
