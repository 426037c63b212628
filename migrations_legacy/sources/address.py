"""The address of a database: read, checked, and shown without its secrets.

postgres://user:password@host:5432/name        also postgresql://, with ?host=/folder for a socket
mysql://user:password@host:3306/name           also mariadb://, with ?unix_socket=/path for a socket
"""

from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from migrations_legacy.errors import SourceRefused

_ENGINES = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
_LONGEST_WAIT = "10"
"""Seconds until a server has to answer."""
_UNREADABLE = (
    "The database's URL cannot be read: it is kind://user:password@host:port/name, where signs such as @ / # : ? % in "
    "the user or the password are written as %40 %2F %23 %3A %3F %25."
)


def is_url(written: str) -> bool:
    """Whether this names a database by its address, and not a file."""
    return "://" in written


def without_password(url: str) -> str:
    """The address as it may be shown. Only of one that `settings_of` takes."""
    parts = urlsplit(url)
    place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    return f"{parts.scheme}://{f'{parts.username}@' if parts.username else ''}{place}{parts.path}"


def settings_of(url: str) -> dict[str, Any]:
    """Django's settings for a database URL. SourceRefused when it is none, or of a kind that cannot be read."""
    parts, port = _split(url)
    engine = _ENGINES.get(parts.scheme)
    name = unquote(parts.path.removeprefix("/"))
    if engine is None:
        raise SourceRefused(
            f"{parts.scheme}://: not a kind of database that can be read; give postgres:// or mysql://."
        )
    if not name or "/" in name:
        raise SourceRefused(f"{without_password(url)}: the URL does not end in the name of one database.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    settings = {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or options.pop("port", "")),
        "OPTIONS": options,
        "TIME_ZONE": "UTC",
    }
    options.setdefault("connect_timeout", _LONGEST_WAIT)
    if engine == "mysql":
        # Its driver wants numbers as such.
        settings["OPTIONS"] = {name: int(value) if value.isdecimal() else value for name, value in options.items()}
    return settings


def _split(url: str) -> tuple[SplitResult, int | None]:
    """The parts of an address, of which none is a piece of a password that was taken for something else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        # What the error repeats may be a piece of the password.
        raise SourceRefused(_UNREADABLE) from error
    if parts.fragment or "@" in parts.path + parts.query:
        raise SourceRefused(_UNREADABLE)
    return parts, port
