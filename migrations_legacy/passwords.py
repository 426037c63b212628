"""Passwords as the legacy and its variants stored them: hashes stay what they are, and clear text is hashed at once."""

import re
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from migrations_legacy.convert import text
from migrations_legacy.reading.defaults import UNUSABLE

_ITERATIONS = 260_000
"""As many as the legacy's own hashes have. The next login hashes anew with today's."""
_HASHED = re.compile(
    r"[a-z0-9_]+\$[^$\s]*\$\S+"  # Django's: algorithm$...$hash
    r"|\$\w+\$\S+|\{\w+\}\S+"  # crypt's and LDAP's
    r"|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}",  # bare digests
    re.IGNORECASE,
)


def is_hashed(stored: str) -> bool:
    """Whether this is no password in clear: a hash, or one that never matches, or none."""
    return not stored or stored.startswith("!") or _HASHED.fullmatch(stored.strip()) is not None


def password(value: object) -> str:
    """The hash to store. The same clear text always gives the same one, so that a repeated move finds nothing changed;
    its salt is a secret of this installation, and the next login gives it one of its own.
    """
    stored = text(value)
    if stored is None:
        return UNUSABLE
    if is_hashed(stored):
        # Imports from spreadsheets left line ends, with which no hash ever matches.
        return stored.strip()
    return _hashed(stored)


@lru_cache(maxsize=65536)
def _hashed(clear: str) -> str:
    key = settings.SECRET_KEY.encode()[:64]
    salt = blake2b(clear.encode(), key=key, person=b"legacy-password", digest_size=12).hexdigest()
    return PBKDF2PasswordHasher().encode(clear, salt, _ITERATIONS)
