"""Digests: 64 bits that stand for a row's content, and sums of them that stand for a table's.

The digest is taken over values in one written form that is the same for every database, so that what was read from the
legacy, what is stored in SQLite and what is stored in PostgreSQL can be compared. A sum does not depend on the order.
"""

from collections.abc import Sequence
from hashlib import blake2b

_BITS = (1 << 64) - 1


def digest_of(values: Sequence[object]) -> int:
    """64-bit digest of a row whose values are integers, floats, text or None."""
    # ascii() tells types apart, escapes separators, and gives the same text in every version of Python.
    return int.from_bytes(blake2b(ascii(tuple(values)).encode(), digest_size=8).digest(), "little")


def key_number(key: object) -> int:
    """A signed 64-bit number for a row's key: integer keys stand for themselves, others for their digest."""
    if isinstance(key, int):
        return key
    return int.from_bytes(
        blake2b(str(key).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True
    )


class Checksum:
    """An order-independent sum of digests."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, digest: int) -> None:
        """Count one row in."""
        self.rows += 1
        self._sum += digest

    def __str__(self) -> str:
        return f"{self._sum & _BITS:016x}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Checksum):
            return NotImplemented
        return self.rows == other.rows and str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]  # it changes while rows are added
