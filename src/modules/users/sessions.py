"""Sessions: where an account is logged in, and how that ends."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from contracts.base import Actor
from contracts.users import Origin, SessionInfo, SessionKind
from modules.users import credentials
from modules.users.models import EndReason, User, UserSession

LONGEST_AGENT = 300

KEPT_FOR = timedelta(days=90)
"""How long it is known where somebody was logged in, after that ended."""


def begin(user: User, kind: SessionKind, origin: Origin) -> UserSession:
    """A new session; it lasts as long as its kind does, however much it is used."""
    return UserSession.objects.create(public_id=secrets.token_urlsafe(16), **_new(user, kind, origin))


def begin_once(user: User, kind: SessionKind, origin: Origin, *, public_id: str) -> UserSession:
    """As `begin`, unless there is one of this id, in whatever state."""
    session, _is_new = UserSession.objects.get_or_create(public_id=public_id, defaults=_new(user, kind, origin))
    return session


def _new(user: User, kind: SessionKind, origin: Origin) -> dict[str, Any]:
    now = timezone.now()
    return {
        "user": user,
        "kind": kind,
        "credential": credentials.session_hash(user.password),
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + lifetime(kind),
        **_place(origin),
    }


def lifetime(kind: SessionKind) -> timedelta:
    """A browser's is over when its cookie is; a program's, when its last refresh token is."""
    if kind is SessionKind.PAGE:
        return timedelta(seconds=settings.SESSION_COOKIE_AGE)
    lifetime: timedelta = settings.REFRESH_TOKEN_LIFETIME
    return lifetime


def live() -> QuerySet[UserSession]:
    """Sessions that have neither ended nor expired."""
    return UserSession.objects.filter(ended_at=None, expires_at__gt=timezone.now())


def note_seen(public_id: str, origin: Origin) -> None:
    live().filter(public_id=public_id).update(last_seen_at=timezone.now(), **_place(origin))


def end(sessions: QuerySet[UserSession], reason: EndReason) -> int:
    """End those of them that live; returns how many."""
    now = timezone.now()
    return sessions.filter(ended_at=None, expires_at__gt=now).update(ended_at=now, end_reason=reason)


def end_all(user_id: int, reason: EndReason, *, besides: str | None = None) -> int:
    """End a person's sessions, but for the one with this id; returns how many."""
    return end(UserSession.objects.filter(user_id=user_id).exclude(public_id=besides or ""), reason)


def follow_password(user: User, actor: Actor) -> None:
    """After a change of the password: all sessions end, but for the one in which people changed their own."""
    own = actor.session_id if actor.user_id == user.pk else None
    end_all(user.pk, EndReason.CHANGED, besides=own)
    if own:
        kept = UserSession.objects.filter(user=user, public_id=own)
        kept.update(credential=credentials.session_hash(user.password))


def forget() -> int:
    """Forget sessions that ended or expired long ago; returns how many."""
    deleted, _by_table = UserSession.objects.filter(expires_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


def info(session: UserSession, actor: Actor) -> SessionInfo:
    return SessionInfo(
        id=session.public_id,
        user_id=session.user_id,
        kind=SessionKind(session.kind),
        address=session.address,
        agent=session.agent,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        is_current=session.public_id == actor.session_id,
    )


def _place(origin: Origin) -> dict[str, str]:
    """What is kept of an origin: programs call themselves what they like, at any length."""
    agent = "".join(sign for sign in origin.agent if sign.isprintable())
    return {"address": origin.address, "agent": agent[:LONGEST_AGENT]}
