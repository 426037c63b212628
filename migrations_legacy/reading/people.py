"""Accounts where the source has none of the legacy's kind: profiles with an e-mail and password of their own.

Older schools kept each kind of people in a table by itself. Everybody there gets an account, with an id that follows
from the profile's, so that the next run finds the same one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from migrations_legacy.passwords import is_hashed
from migrations_legacy.reading.columns import PROFILES, Alignment
from migrations_legacy.reading.defaults import UNKNOWN_TIME
from migrations_legacy.reading.keys import within_64_bits
from migrations_legacy.reading.names import column_synonyms, plain

MADE = "profiles with an e-mail and password of their own, and no account: an account was made"
_OWN = ("email", "username", "password", "first_name", "last_name", "name", "is_active", "last_login", "date_joined")
SIGNS = frozenset({"email", "username", "password"})
_PLACES = len(PROFILES) + 1
_BESIDE_ACCOUNTS = 1_000_000_000
_KINDS = {"adminhod": ("1", "head"), "staffs": ("2", "staff"), "students": ("3", "student")}


@dataclass(frozen=True)
class OwnLogins:
    """One table of profiles that may hold people without account: which of its columns say who they are."""

    table: str
    columns: Mapping[str, str]
    """Column of the legacy's accounts, or `name` → the source's column."""
    always: bool
    """Nobody there has another account."""

    @property
    def user_type(self) -> str:
        return _KINDS[self.table][0]

    def account_id(self, profile: int, *, beside_others: bool) -> int:
        """The account's id. `beside_others`: the source has accounts too, whose ids must stay free."""
        number = (_BESIDE_ACCOUNTS if beside_others else 0) + profile * _PLACES + PROFILES.index(self.table) + 1
        return within_64_bits(number)

    def account(self, profile: int, own: Mapping[str, Any], *, number: int) -> dict[str, object]:
        """The legacy's row of an account. `own`: the profile's values by the names of `columns`."""
        first, _, last = str(own.get("name") or "").strip().partition(" ")
        kind, word = _KINDS[self.table]
        return {
            "id": number,
            "username": own.get("username") or f"{word}-{profile}",
            "password": own.get("password"),
            "email": own.get("email") or "",
            "first_name": own.get("first_name") or first,
            "last_name": own.get("last_name") or last,
            "user_type": kind,
            "is_active": 1 if own.get("is_active") is None else own["is_active"],
            "is_staff": 0,
            "is_superuser": 0,
            "date_joined": own.get("date_joined") or own.get("created_at") or UNKNOWN_TIME,
            "last_login": own.get("last_login"),
        }


def own_logins(alignment: Alignment) -> OwnLogins | None:
    """Whether a table of profiles may hold people without account."""
    admin = alignment.found.get("admin_id")
    if admin is not None and not alignment.origin.column(admin.column).nullable:
        return None
    taken = {found.column for found in alignment.found.values()}
    columns: dict[str, str] = {}
    for wanted in _OWN:
        words = {plain(wanted)} | column_synonyms(wanted)
        meant = [
            column.name
            for column in alignment.origin.columns
            if column.name not in taken and column.refers_to is None and plain(column.name) in words
        ]
        if meant:
            columns[wanted] = meant[0]
            taken.add(meant[0])
    if not SIGNS & columns.keys():
        return None
    return OwnLogins(alignment.table, columns, always=admin is None)


class Accounts:
    """Sees to it that accounts can be told apart, in the order of ids: who comes second gets the id appended."""

    def __init__(self, notes: Counter[str]) -> None:
        self._seen: set[str] = set()
        self._notes = notes

    def settle(self, rows: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
        """The same rows with a username each."""
        for row in rows:
            if not is_hashed(str(row["password"] or "")):
                self._notes["passwords in clear: hashed, and stored nowhere else"] += 1
            name = str(row["username"] or "").strip()
            if not name:
                self._notes["no username was kept: the e-mail, or user- and the id"] += 1
                name = str(row["email"] or "").strip() or f"user-{row['id']}"
                row["username"] = name
            if name in self._seen:
                self._notes["a username that somebody before has: the id was appended"] += 1
                name = f"{name}-{row['id']}"
                row["username"] = name
            self._seen.add(name)
            yield row
