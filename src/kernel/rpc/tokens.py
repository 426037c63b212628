"""Service tokens: how a process shows another that a call comes from the house, and on whose behalf.

Short-lived, for one module only, and the sole source of the actor: nothing in a request's body says who asks.
"""

import time
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from pydantic import ValidationError

from contracts.base import Actor

ALGORITHM = "HS256"
LIFETIME = 60
"""Seconds; longer than any call waits, its retries included."""
LEEWAY = 10
"""Seconds by which the clocks of two machines may differ."""


class TokenRefused(Exception):
    """The token is missing, forged, outlived, or meant for another module."""


@dataclass(frozen=True)
class Caller:
    name: str
    """The module whose code called, "portal", or "house" for work that belongs to none."""
    actor: Actor


def sign(actor: Actor, *, caller: str, module: str) -> str:
    """A token with which `caller` may ask `module` something for `actor`, now."""
    now = int(time.time())
    claims = {"iss": caller, "aud": module, "iat": now, "exp": now + LIFETIME, "actor": actor.model_dump(mode="json")}
    return jwt.encode(claims, settings.SERVICE_SECRETS[0], algorithm=ALGORITHM)


def verify(token: str, *, module: str) -> Caller:
    """Who asks `module`. Any of the secrets will do, so that they can be changed one process after the other."""
    for secret in settings.SERVICE_SECRETS:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=module,
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "iat", "exp", "actor"]},
            )
            return Caller(name=claims["iss"], actor=Actor.model_validate(claims["actor"]))
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValidationError) as error:
            raise TokenRefused(str(error)) from None
    raise TokenRefused("signed with another secret")
