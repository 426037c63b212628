"""Access tokens, which any module can check by itself, and refresh tokens, of which each is good once."""

import secrets
from hashlib import sha256
from uuid import uuid4

import jwt
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from contracts.base import Actor
from contracts.users import Identity, SessionKind, Tokens
from kernel import audit
from kernel.databases import atomic
from kernel.identity.tokens import ALGORITHM, AUDIENCE, ISSUER
from modules.users import credentials, queries, sessions, signing_keys
from modules.users.models import EndReason, RefreshToken, UserSession

MODULE = "users"


def issue(identity: Identity, session: UserSession) -> Tokens:
    """A fresh pair for a session."""
    refresh = secrets.token_urlsafe(32)
    RefreshToken.objects.create(session=session, digest=_digest(refresh), issued_at=timezone.now())
    lifetime = settings.ACCESS_TOKEN_LIFETIME
    return Tokens(
        access_token=_access_token(identity, session),
        expires_in=int(min(lifetime, session.expires_at - timezone.now()).total_seconds()),
        refresh_token=refresh,
        refresh_expires_at=session.expires_at,
        identity=identity,
    )


def exchange(actor: Actor, refresh: str) -> UserSession | None:
    """Use a refresh token up; returns its session, None when it was not good.

    Of a token that was used before there are two owners, and one of them stole it: the session ends.
    """
    with atomic(MODULE):
        token = RefreshToken.objects.select_for_update().filter(digest=_digest(refresh)).first()
        if token is None:
            return None
        if token.used_at is None:
            token.used_at = timezone.now()
            token.save(update_fields=["used_at"])
            return token.session
        if sessions.end(UserSession.objects.filter(pk=token.session_id), EndReason.REUSED):
            target = f"User:{token.session.user_id}"
            audit.record(actor=actor, action="users.refresh_token_reused", target=target)
    return None


def identity_in(public_id: str) -> Identity | None:
    """Who speaks in a session of a program; None when it, its account or its password is no longer what it was."""
    rows = queries.identity_rows_in_session(
        queries.visible().filter(credentials.ABLE), public_id=public_id, kind=SessionKind.API
    )
    if not rows or not credentials.is_session_of(queries.account_of(rows[0]), rows[0]["credential"]):
        return None
    return queries.to_identity(rows[0])


def forget() -> None:
    """Delete the refresh tokens of sessions that are over."""
    over = Q(session__expires_at__lt=timezone.now()) | Q(session__ended_at__isnull=False)
    RefreshToken.objects.filter(over).delete()


def _access_token(identity: Identity, session: UserSession) -> str:
    kid, key = signing_keys.current()
    now = timezone.now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(identity.user_id),
        "role": identity.role.value,
        "profile": identity.profile_id,
        "sid": session.public_id,
        "jti": uuid4().hex,
        "iat": now,
        "exp": min(now + settings.ACCESS_TOKEN_LIFETIME, session.expires_at),
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})


def _digest(token: str) -> str:
    """What is stored of a token, which is long and random: nothing that could be guessed or used."""
    return sha256(token.encode()).hexdigest()
