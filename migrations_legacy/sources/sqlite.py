"""A legacy school in a SQLite file.

The file is copied to a temporary folder by SQLite's backup and read from there. That gives one moment's state while the
legacy goes on serving, holds its lock for the time of a copy only, and leaves no trace beside the file.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from migrations_legacy.errors import SourceRefused
from migrations_legacy.sources.base import SourceTable, Values
from migrations_legacy.sources.stored import StoredTables

MAGIC = b"SQLite format 3\x00"
_PAGE_SIZE_AT = slice(16, 18)
_WRITE_VERSION_AT = 18
_WAL = 2
_CHANGES_AT = slice(24, 28)
_PAGES_AT = slice(28, 32)
_VALID_FOR_AT = slice(92, 96)
_HEADER_SIZE = 100


def missing_bytes(path: Path) -> int:
    """How many bytes the file is shorter than its own header says; 0 when the header does not know."""
    with path.open("rb") as file:
        header = file.read(_HEADER_SIZE)
    if len(header) < _HEADER_SIZE:
        return _HEADER_SIZE - len(header)
    if header[_CHANGES_AT] != header[_VALID_FOR_AT]:
        return 0
    page_size = int.from_bytes(header[_PAGE_SIZE_AT], "big")
    pages = int.from_bytes(header[_PAGES_AT], "big")
    return max(0, pages * (65536 if page_size == 1 else page_size) - path.stat().st_size)


def _connect_read_only(path: Path, *, immutable: bool) -> sqlite3.Connection:
    options = "mode=ro&immutable=1" if immutable else "mode=ro"
    return sqlite3.connect(f"file:{quote(str(path.resolve()))}?{options}", uri=True, timeout=30)


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def take_snapshot(path: Path, folder: Path) -> Path:
    """Copy the database into `folder` without changing anything beside the original; gives the copy's path.

    A write-ahead log or a hot journal beside the file belongs to its content. Opening the file in place would make
    SQLite work on them, so they are copied along and resolved in the copy.
    """
    copy = folder / "source.sqlite3"
    companions = [suffix for suffix in ("-wal", "-journal") if _has_content(path.with_name(path.name + suffix))]
    if companions:
        shutil.copyfile(path, copy)
        for suffix in companions:
            shutil.copyfile(path.with_name(path.name + suffix), copy.with_name(copy.name + suffix))
        return copy
    with path.open("rb") as file:
        in_wal_mode = file.read(_HEADER_SIZE)[_WRITE_VERSION_AT] == _WAL
    # In WAL mode a plain reader would create -wal and -shm. No -wal file means that nobody has the file open.
    origin = _connect_read_only(path, immutable=in_wal_mode)
    target = sqlite3.connect(copy)
    try:
        origin.backup(target)
    finally:
        target.close()
        origin.close()
    return copy


class SqliteSource:
    """Reads a snapshot of a SQLite file."""

    def __init__(self, path: Path) -> None:
        """Take the snapshot. SourceRefused when the file is damaged or cannot be read."""
        self._path = path
        self._folder = tempfile.TemporaryDirectory(prefix="legacy-")
        self._connection: sqlite3.Connection | None = None
        try:
            if short_by := missing_bytes(path):
                raise SourceRefused(f"{path}: the file is truncated, {short_by} bytes are missing.")
            self._connection = sqlite3.connect(take_snapshot(path, Path(self._folder.name)))
            self._stored = StoredTables(self._connection)
            self._check(self._connection)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise SourceRefused(f"{path}: cannot be read as a SQLite database ({error}).") from error
        except SourceRefused:
            self.close()
            raise

    @property
    def description(self) -> str:
        return f"SQLite file {self._path}"

    def tables(self) -> Mapping[str, SourceTable]:
        return self._stored.tables()

    def count(self, table: str) -> int:
        return self._stored.count(table)

    def filled(self, table: str) -> dict[str, int]:
        return self._stored.filled(table)

    def batches(self, table: str, columns: Sequence[str] = ()) -> Iterator[list[Values]]:
        return self._stored.batches(table, columns)

    def repeated(self, table: str, columns: Sequence[str]) -> frozenset[Values]:
        return self._stored.repeated(table, columns)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._folder.cleanup()

    @staticmethod
    def _check(connection: sqlite3.Connection) -> None:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(str(verdict))
