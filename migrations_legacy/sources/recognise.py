"""What is this? Opens a file or an address as the right kind of source, or says in one line why it is none."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from migrations_legacy.errors import SourceRefused
from migrations_legacy.sources.address import is_url
from migrations_legacy.sources.base import Reader
from migrations_legacy.sources.database import DatabaseSource
from migrations_legacy.sources.dumpdata import DumpdataSource
from migrations_legacy.sources.mysqldump import MysqldumpSource, looks_like_sql
from migrations_legacy.sources.sqlite import MAGIC, SqliteSource

_COMPRESSED = {b"\x1f\x8b": ".gz", b"BZ": ".bz2", b"\xfd7": ".xz"}


def open_reader(sources: Sequence[str | Path]) -> Reader:
    """Open a database's address, one SQLite file, one SQL dump, or one or more dumpdata files together.

    SourceRefused when that cannot be read.
    """
    if any(is_url(str(source)) for source in sources):
        return _open_url([str(source) for source in sources])
    paths = [Path(source) for source in sources]
    for path in paths:
        _check_file(path)
    kinds = {path: _is_sqlite(path) for path in paths}
    if all(kinds.values()) and len(paths) == 1:
        return SqliteSource(paths[0])
    if any(kinds.values()):
        raise SourceRefused("Give one SQLite file, or one or more dumpdata files, but not both.")
    if any(not _may_be_json(path) for path in paths):
        return _open_sql(paths)
    return DumpdataSource(paths)


def _open_url(sources: list[str]) -> Reader:
    if len(sources) > 1:
        raise SourceRefused("Give one address of a database, and nothing beside it.")
    parts = urlsplit(sources[0])
    if parts.scheme != "sqlite":
        return DatabaseSource(sources[0])
    if parts.netloc or len(parts.path) < 2:
        raise SourceRefused("sqlite:// needs a path: sqlite:///relative.sqlite3 or sqlite:////absolute.sqlite3.")
    path = Path(unquote(parts.path.removeprefix("/")))
    _check_file(path)
    if not _is_sqlite(path):
        raise SourceRefused(f"{path}: not a SQLite database.")
    return SqliteSource(path)


def _open_sql(paths: list[Path]) -> Reader:
    for path in paths:
        if not looks_like_sql(path):
            raise SourceRefused(f"{path}: neither a SQLite database nor JSON written by dumpdata, nor a dump of MySQL.")
    if len(paths) > 1:
        raise SourceRefused("Give one SQL dump, and nothing beside it.")
    return MysqldumpSource(paths[0])


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


def _may_be_json(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(64)
    if _COMPRESSED.get(start[:2]) == path.suffix:
        return not looks_like_sql(path)
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")
