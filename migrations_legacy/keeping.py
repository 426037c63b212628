"""Rows of a source as JSON: readable, with nothing of a value lost, and with secrets sealed.

Numbers, truth values and ordinary text are themselves. What JSON, or a database's JSON, cannot say exactly is an object
with one entry that names what it is: `{"sealed": …}`, `{"bytes": "00ff"}`, `{"number": "NaN"}`, `{"text": "a\\x00b"}`,
`{"object": "[1, 2]"}`.
"""

import json
from collections.abc import Mapping
from typing import Any

from migrations_legacy.secrets import is_secret, seal, unseal

_LONGEST_SHOWN = 500


def keep(row: Mapping[str, object]) -> dict[str, object]:
    """A row as it may be stored and shown."""
    return {
        name: {"sealed": seal(json.dumps(plain(value)))} if is_secret(name, value) else plain(value)
        for name, value in row.items()
    }


def opened(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What `keep` kept, with the seals opened; what can no longer be opened stays sealed."""
    return {name: _opened(value) for name, value in kept.items()}


def written(row: Mapping[str, object]) -> str:
    """The content of a row in one written form, which does not depend on seals."""
    return json.dumps({name: plain(value) for name, value in row.items()}, sort_keys=True)


def written_of_kept(kept: Mapping[str, Any]) -> str:
    """The same of a row that was kept."""
    return json.dumps(opened(kept), sort_keys=True)


def plain(value: object) -> object:
    """A value as it is kept."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        # Databases write numbers in ways of their own, except the short ones.
        exact = repr(value)
        return value if exact.lstrip("-").replace(".", "").isdigit() and exact != "-0.0" else {"number": exact}
    if isinstance(value, bytes | memoryview):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, dict | list):
        return {"object": json.dumps(value, sort_keys=True, default=str)}
    text = value if isinstance(value, str) else str(value)
    # PostgreSQL's JSON has no NUL characters and no halves of characters.
    if "\x00" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        return {"text": text.encode("unicode_escape").decode("ascii")}
    return text


def shown(text: str) -> str:
    """Text for people, of bearable length, without what databases and terminals refuse."""
    text = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return text.replace("\x00", "␀").encode("utf-8", "backslashreplace").decode()


def given_back(kept: Any) -> object:
    """The value that `plain` made this of."""
    match kept:
        case {"bytes": str(digits), **rest} if not rest:
            return bytes.fromhex(digits)
        case {"number": str(digits), **rest} if not rest:
            return float(digits)
        case {"text": str(escaped), **rest} if not rest:
            return escaped.encode("ascii").decode("unicode_escape")
        case {"object": str(content), **rest} if not rest:
            return json.loads(content)
    return kept


def _opened(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"sealed"}:
        found = unseal(value["sealed"])
        return value if found is None else json.loads(found)
    return value
