"""A new database is built beside its place, with its media, and moved there when it is complete.

Whatever happens before leaves nothing behind; whatever happens after finds a complete school.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.parse import quote

from config.launch.preflight import CannotStart

COMPANIONS = ("-wal", "-shm", "-journal")


class Building:
    """The SQLite files and the media folder of a school that does not exist yet."""

    def __init__(self, *, databases: Mapping[str, Path], media: Path, replaces: bool = False) -> None:
        """`databases` are the final places by alias, at least one; `media` is the final folder.

        With `replaces`, what is in these places is set aside when the new school moves in. Without it no database is
        there, and a media folder that holds something is used as it is.
        """
        self._databases = {alias: (beside(path, ".new"), path) for alias, path in databases.items()}
        self._media = (beside(media, ".new"), media) if replaces or not has_content(media) else None
        self._replaces = replaces

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make a management command work on what is being built."""
        settings = {variable_of(alias): f"sqlite:///{quote(str(new))}" for alias, (new, _) in self._databases.items()}
        if self._media:
            settings["MEDIA_ROOT"] = str(self._media[0])
        return settings

    @contextmanager
    def started(self) -> Iterator[Self]:
        """Clean the site (a killed start may have left something), and clean it again whatever happens.

        Raises CannotStart when another process is building here.
        """
        for _, path in self._databases.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        first = next(iter(self._databases.values()))[0]
        with exclusive(first.with_name(f"{first.name}.lock")):
            self._clear()
            try:
                yield self
            finally:
                self._clear()

    def move_in(self) -> list[tuple[Path, Path]]:
        """Put everything in its place. The database `default` comes last: with it the school exists.

        Returns what was set aside, as pairs (place, new name). Raises CannotStart when a database is in use.
        """
        for new, _ in self._databases.values():
            make_single_file(new)
        aside = self._set_aside() if self._replaces else []
        if self._media and self._media[0].exists():
            self._media[0].rename(self._media[1])
        for _, (new, path) in sorted(self._databases.items(), key=lambda item: item[0] == "default"):
            new.replace(path)
        return aside

    def _set_aside(self) -> list[tuple[Path, Path]]:
        mark = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        places = [path for _, path in self._databases.values() if path.exists()]
        for path in places:
            make_single_file(path)
        if self._media and has_content(self._media[1]):
            places.append(self._media[1])
        moved = [(path, path.with_name(f"{path.stem}.before-{mark}{path.suffix}")) for path in places]
        for path, target in moved:
            path.rename(target)
        return moved

    def _clear(self) -> None:
        for new, _ in self._databases.values():
            for name in (new.name, *(new.name + companion for companion in COMPANIONS)):
                new.with_name(name).unlink(missing_ok=True)
        if self._media:
            shutil.rmtree(self._media[0], ignore_errors=True)


def beside(path: Path, suffix: str) -> Path:
    """The neighbour of a path with this added to its name."""
    return path.with_name(path.name + suffix)


def variable_of(alias: str) -> str:
    """The environment variable that names a database."""
    return "DATABASE_URL" if alias == "default" else f"{alias.upper()}_DATABASE_URL"


def has_content(path: Path) -> bool:
    """Whether a file or a folder is there and holds anything."""
    if path.is_dir():
        return any(path.iterdir())
    return path.exists() and path.stat().st_size > 0


def make_single_file(path: Path) -> None:
    """Bring a SQLite database's write-ahead log home, so that the file alone is the database.

    Raises CannotStart when another process has it open.
    """
    try:
        with closing(sqlite3.connect(path, timeout=1.0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError:
        raise CannotStart(f"The database {path} is in use. Stop the server that uses it first.") from None


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold a lock file while the block runs, then remove it. Raises CannotStart when another process holds it."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart("Another start is making this database right now. Wait until it is done.") from None
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
