"""Checks before anything is created: is the port free, can the legacy files be what they are said to be."""

import errno
import os
import socket
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

SQLITE_MAGIC = b"SQLite format 3\x00"
LEGACY_TABLE = "student_management_app_customuser"
LEGACY_TABLES = "%student%"
"""A table of every variant of the legacy, as a pattern of SQL."""
TEXTS = (b"[", b"{", b"--", b"/*")
"""How JSON of `dumpdata` and dumps of MySQL begin."""
COMPRESSIONS = {b"\x1f\x8b": ".gz", b"BZ": ".bz2", b"\xfd7": ".xz"}


class CannotStart(Exception):
    """The one line that says why nothing was started. `code` is the exit code: 2 for a wrong argument, 1 otherwise."""

    def __init__(self, text: str, *, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def check_port(host: str, port: int) -> None:
    """Raise CannotStart when nobody could listen there now."""
    if not 0 < port < 65536:
        raise CannotStart(f"{port} is not a port: give one from 1 to 65535.", code=2)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise CannotStart(f"{host} is not an address of this machine.", code=2) from None
    with socket.socket(family, kind, protocol) as probe:
        # As the server does: a port that only waits for old connections to fade is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CannotStart(_why_not_bound(error, host, port)) from None


def _why_not_bound(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            other = port + 1 if port < 65535 else 8080
            return f"Port {port} is taken by another program. Choose another one: make run PORT={other}"
        case errno.EACCES:
            return f"Port {port} may not be opened by this user. Choose one above 1023: make run PORT=8080"
        case errno.EADDRNOTAVAIL:
            return f"{host} is not an address of this machine."
    return f"Port {port} at {host} cannot be opened: {error.strerror}."


def legacy_files(given: Sequence[str]) -> list[Path]:
    """The files that `given` names.

    One text that names no file may be several paths with blanks between: `make run LEGACY="a.json b.json"`.
    Raises CannotStart for what is not there or can be no legacy school; `migrate_legacy` then looks more closely.
    """
    names = list(given)
    if len(names) == 1 and not os.path.lexists(names[0]) and len(parts := names[0].split()) > 1:
        names = parts
    paths = [Path(name) for name in names]
    for path in paths:
        _check_legacy_file(path)
    return paths


def _check_legacy_file(path: Path) -> None:
    if not path.exists():
        raise CannotStart(f"{path}: there is no such file.", code=2)
    if not path.is_file():
        raise CannotStart(f"{path}: not a file.", code=2)
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise CannotStart(f"{path}: cannot be read ({error.strerror}).", code=2) from None
    if start.startswith(SQLITE_MAGIC):
        if not has_table(path, LEGACY_TABLES):
            raise CannotStart(f"{path}: not a legacy school's database, it has no table of students.", code=2)
    elif COMPRESSIONS.get(start[:2]) != path.suffix and not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(
        TEXTS
    ):
        raise CannotStart(f"{path}: neither a SQLite database nor JSON written by dumpdata.", code=2)


def check_media(folder: Path) -> None:
    """Raise CannotStart when the legacy's media folder is none."""
    if not folder.is_dir():
        raise CannotStart(f"{folder}: {'not a folder' if folder.exists() else 'there is no such folder'}.", code=2)


def has_table(path: Path, pattern: str) -> bool:
    """Whether a SQLite file has a table whose name is LIKE this; leaves no trace beside the file.

    Raises CannotStart when SQLite cannot read it. A write-ahead log may hold what the file itself does not show yet,
    so with one beside it the answer is yes.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return True
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name LIKE ?", [pattern])
            return found.fetchone() is not None
    except sqlite3.Error as error:
        raise CannotStart(f"{path}: cannot be read as a SQLite database ({error}).", code=2) from None
