"""Digests: 64 bits that stand for a row's content, and sums of them that stand for a table's.

The digest is taken over values in one written form that is the same for every database, so that what was read from the
legacy, what is stored in SQLite and what is stored in PostgreSQL can be compared. A sum does not depend on the order.
"""

import marshal
import sys
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, TypeGuard
from zlib import crc32

_BITS = (1 << 64) - 1


def digest_of(values: Sequence[object]) -> int:
    """64-bit digest of a row whose values are integers, floats, text or None."""
    return digests_of([tuple(values)])[0]


def digests_of(rows: Iterable[tuple[object, ...]]) -> "array[int]":
    """The digests of many rows, in their order."""
    # ascii() tells types apart, escapes separators, and gives the same text in every version of Python.
    return little_endian("Q", b"".join([blake2b(ascii(row).encode(), digest_size=8).digest() for row in rows]))


def little_endian(kind: str, data: bytes) -> "array[int]":
    """Numbers of a kind that `array` knows, from bytes that are the same on every machine."""
    numbers = array(kind, data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def are_numbers(keys: Sequence[object]) -> TypeGuard[Sequence[int]]:
    """Whether all of these keys are integers, which stand for themselves."""
    return set(map(type, keys)) <= {int}


def key_number(key: object) -> int:
    """A signed 64-bit number for a row's key: integer keys stand for themselves, others for their digest."""
    if isinstance(key, int):
        return key
    return int.from_bytes(
        blake2b(str(key).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True
    )


def column_digest(value: object) -> int:
    """A short digest of one value, which tells which side changed a column of a row that both sides changed."""
    return crc32(ascii(value).encode())


def fingerprint(rows: Any, salt: bytes = b"") -> bytes:
    """8 bytes that stand for rows as they were read, much faster than a digest of each."""
    try:
        # Version 2 knows no references between values, so that equal rows give equal bytes.
        content = marshal.dumps(rows, 2)
    except ValueError:
        content = ascii(rows).encode()
    return blake2b(content, digest_size=8, salt=salt[:16]).digest()


class Checksum:
    """An order-independent sum of digests."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, digest: int) -> None:
        """Count one row in."""
        self.rows += 1
        self._sum += digest

    def add_all(self, digests: Sequence[int]) -> None:
        """Count many rows in."""
        self.rows += len(digests)
        self._sum += sum(digests)

    def __str__(self) -> str:
        return f"{self._sum & _BITS:016x}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Checksum):
            return NotImplemented
        return self.rows == other.rows and str(self) == str(other)
