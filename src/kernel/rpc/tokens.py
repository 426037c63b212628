"""Service tokens: how a process shows another that a call comes from the house, and on whose behalf.

Short-lived, for one module only, and the sole source of the actor: nothing in a request's body says who asks. Signing
and checking cost more than the rest of a call, so a token serves all calls of an actor for some seconds.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from pydantic import ValidationError

from contracts.base import Actor

ALGORITHM = "HS256"
LIFETIME = 60
"""Seconds; longer than any call waits, its retries included."""
SERVES = 20
"""Seconds of its life during which a token is used for new calls."""
LEEWAY = 10
"""Seconds by which the clocks of two machines may differ."""
KNOWN = 4096
"""Tokens that are remembered on either side."""


class TokenRefused(Exception):
    """The token is missing, forged, outlived, or meant for another module."""


@dataclass(frozen=True)
class Caller:
    name: str
    """The module whose code called, "portal", or "house" for work that belongs to none."""
    actor: Actor
    """For whom. Its request id is empty: that one changes with every call, and travels apart."""


def sign(actor: Actor, *, caller: str, module: str) -> str:
    """A token with which `caller` may ask `module` something for `actor`, now."""
    issued = int(time.time()) // SERVES * SERVES
    return _sign(actor.model_copy(update={"request_id": ""}), caller, module, issued, settings.SERVICE_SECRETS[0])


@lru_cache(maxsize=KNOWN)
def _sign(actor: Actor, caller: str, module: str, issued: int, secret: str) -> str:
    claims = {
        "iss": caller,
        "aud": module,
        "iat": issued,
        "exp": issued + LIFETIME,
        "actor": actor.model_dump(mode="json"),
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def verify(token: str, *, module: str) -> Caller:
    """Who asks `module`. Any of the secrets will do, so that they can be changed one process after the other."""
    caller, expires = _verify(token, module, tuple(settings.SERVICE_SECRETS))
    if time.time() > expires + LEEWAY:
        raise TokenRefused("outlived")
    return caller


@lru_cache(maxsize=KNOWN)
def _verify(token: str, module: str, secrets: tuple[str, ...]) -> tuple[Caller, int]:
    """The caller, and when the token expires; what is refused is not remembered."""
    for secret in secrets:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=module,
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "iat", "exp", "actor"]},
            )
            return Caller(name=claims["iss"], actor=Actor.model_validate(claims["actor"])), claims["exp"]
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValidationError) as error:
            raise TokenRefused(str(error)) from None
    raise TokenRefused("signed with another secret")
