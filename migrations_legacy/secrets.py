"""Which values of a source are secrets, and how they are kept: sealed with this installation's key, never in clear."""

import base64
import re
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_NAMES = re.compile(
    r"pass(?!ed|ing|_?mark|port_?(?:no|num))|pwd|secret|token|otp(?:$|_)|api_?key|private_?key|access_?key|auth_?key|credential"
    r"|session_(?:data|key)|salt|hash|(?:^|_)pin(?:$|_|code)|cvv|signature",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:pbkdf2|argon2|bcrypt|scrypt|sha1|md5|crypt)\w*\$[^\s$]+\$|\$2[abxy]\$\d\d\$|\$argon2"  # hashes of passwords
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.|-----BEGIN [A-Z ]*PRIVATE|AKIA[0-9A-Z]{16}"  # tokens and keys
    r"|(?:sk|rk|pk|rzp|whsec|ghp|xox[bp])_?(?:live|test)?_?[A-Za-z0-9]{16,}"
    r"|://[^/\s:@]+:[^/\s@]+@"  # addresses with a password inside
    r"|(?<![\w-])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?![\w-])",
    re.IGNORECASE,
)
_PURPOSE = b"migrations_legacy: what is archived of a legacy\x00"


@lru_cache(maxsize=1024)
def names_a_secret(column: str) -> bool:
    """Whether a column's name says that it holds secrets."""
    return _NAMES.search(column) is not None


def is_secret(column: str, value: object) -> bool:
    """Whether a value is a secret, by its column's name or by what it looks like."""
    if value is None or value == "" or isinstance(value, bool):
        return False
    if names_a_secret(column):
        return True
    return isinstance(value, str) and len(value) >= 16 and _CONTENTS.search(value) is not None


def seal(text: str) -> str:
    """The text, readable only with this installation's SECRET_KEY."""
    return _box().encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")


def unseal(sealed: str) -> str | None:
    """What `seal` was given; None when it was sealed with a key that is no longer known."""
    try:
        return _box().decrypt(sealed.encode("ascii")).decode("utf-8", "surrogatepass")
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    return _box_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(sha256(_PURPOSE + key.encode()).digest())) for key in keys])
