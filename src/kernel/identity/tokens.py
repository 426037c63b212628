"""Access tokens: who is behind one, found out by whoever gets it.

The signature is checked here, against the public keys of users: asked of its contract where it is local, fetched from
its JWKS where it is not. That its session has not ended, only users knows: there at once, elsewhere within a minute.
"""

import time
from collections.abc import Mapping
from datetime import timedelta

import jwt
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from contracts.base import Actor
from contracts.errors import ModuleUnavailable, Unauthenticated
from contracts.users import Identity, UsersService
from kernel import context
from kernel.identity.remembering import is_local, remembered
from kernel.registry import services

ALGORITHM = "ES256"
ISSUER, AUDIENCE = "users", "school"
LEEWAY = timedelta(seconds=10)
"""By how much the clocks of two machines may differ."""
CLAIMS = ("iss", "aud", "sub", "sid", "jti", "iat", "exp")
JWKS_PATH = "/.well-known/jwks.json"
SCHEME = "bearer"
KEEP_KEYS_SECONDS, ASK_AGAIN_SECONDS = 300, 5


def bearer_of(request: HttpRequest) -> str | None:
    """The token that a request brings; None when it brings none. Pages know people by their cookie alone."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME and request.path.startswith("/api/") else None


def identity_from_bearer(token: str) -> Identity:
    """Whom a token stands for at this moment; role and profile are what they are now, not when it was made.

    Raises Unauthenticated for a token that is not ours, has expired, or whose session has ended, and ModuleUnavailable
    when users is out of reach.
    """
    if not token.isascii():
        raise _not_good()
    try:
        claims = jwt.decode(
            token,
            _keys.find(str(jwt.get_unverified_header(token).get("kid"))),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=LEEWAY,
            options={"require": list(CLAIMS)},
        )
    except jwt.PyJWTError:
        raise _not_good() from None
    session_id = str(claims["sid"])
    found = remembered(f"program:{session_id}", lambda: _ask(session_id))
    if found is None or str(found.user_id) != claims["sub"]:
        raise _not_good()
    return found


def _ask(session_id: str) -> Identity | None:
    return services.get(UsersService).identify_program(actor=_house(), session_id=session_id)


def _not_good() -> Unauthenticated:
    return Unauthenticated(message=_("This token is not good, or not any more. Get a new one."))


class PublicKeys:
    """The keys of users by name, asked for again when they are old, or when one is missing: then not at every
    request, since anybody can name a key that does not exist.
    """

    def __init__(self) -> None:
        self._known: Mapping[str, jwt.PyJWK] = {}
        self._asked_at = float("-inf")

    def find(self, kid: str) -> jwt.PyJWK:
        """Raises InvalidKeyError for a key that users does not have."""
        age = time.monotonic() - self._asked_at
        if age > KEEP_KEYS_SECONDS or (kid not in self._known and age > ASK_AGAIN_SECONDS):
            self._known = {str(key.key_id): key for key in fetch().keys}
            self._asked_at = time.monotonic()
        if kid not in self._known:
            raise jwt.InvalidKeyError(f"there is no key {kid!r}")
        return self._known[kid]


_keys = PublicKeys()


def fetch() -> jwt.PyJWKSet:
    """The public keys, from the one who has them. Raises ModuleUnavailable."""
    if is_local():
        return jwt.PyJWKSet.from_dict(jwks())
    url = settings.MODULE_URLS["users"].rstrip("/") + JWKS_PATH
    try:
        return jwt.PyJWKClient(url, cache_jwk_set=False, timeout=3).get_jwk_set(refresh=True)
    except jwt.PyJWKClientError as error:
        raise ModuleUnavailable(module="users") from error


def jwks() -> dict[str, list[dict[str, str]]]:
    """The public keys, as RFC 7517 writes them."""
    found = services.get(UsersService).public_keys(actor=_house())
    return {"keys": [key.model_dump() for key in found]}


def _house() -> Actor:
    return Actor.system(request_id=context.request_id())
