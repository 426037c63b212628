"""What is this path? Opens it as the right kind of source, or says in one line why it is none."""

from collections.abc import Sequence
from pathlib import Path

from migrations_legacy.errors import SourceRefused
from migrations_legacy.legacy_schema import APP_PREFIX, ESSENTIAL
from migrations_legacy.sources.base import Source
from migrations_legacy.sources.dumpdata import DumpdataSource
from migrations_legacy.sources.sqlite import MAGIC, SqliteSource

_COMPRESSED = {b"\x1f\x8b": ".gz", b"BZ": ".bz2", b"\xfd7": ".xz"}


def open_source(paths: Sequence[Path]) -> Source:
    """Open one SQLite file, or one or more dumpdata files together. SourceRefused when that is no legacy school."""
    for path in paths:
        _check_file(path)
    kinds = {path: _is_sqlite(path) for path in paths}
    if all(kinds.values()) and len(paths) == 1:
        source: Source = SqliteSource(paths[0])
    elif any(kinds.values()):
        raise SourceRefused("Give one SQLite file, or one or more dumpdata files, but not both.")
    else:
        for path in paths:
            _check_text(path)
        source = DumpdataSource(paths)
    missing = [table for table in ESSENTIAL if table not in source.tables()]
    if missing:
        described = source.description
        source.close()
        raise SourceRefused(f"{described}: not a legacy school, it has no {APP_PREFIX}{missing[0]}.")
    return source


def _check_file(path: Path) -> None:
    try:
        if not path.exists():
            raise SourceRefused(f"{path}: there is no such file.")
        if not path.is_file():
            raise SourceRefused(f"{path}: not a file.")
        if path.stat().st_size == 0:
            raise SourceRefused(f"{path}: the file is empty.")
        with path.open("rb"):
            return
    except OSError as error:
        raise SourceRefused(f"{path}: cannot be read ({error.strerror or error}).") from error


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    return start == MAGIC or (MAGIC.startswith(start) and start[:1] == b"S")


def _check_text(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(64)
    if _COMPRESSED.get(start[:2]) == path.suffix:
        return
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first not in (b"[", b"{"):
        raise SourceRefused(f"{path}: neither a SQLite database nor JSON written by dumpdata.")
