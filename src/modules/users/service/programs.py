"""Logging in with tokens, for programs."""

from django.db.models import Q
from django.utils.translation import gettext as _

from contracts.base import Actor
from contracts.errors import Forbidden, Unauthenticated
from contracts.users import NOWHERE, Identity, Origin, PublicKey, SessionKind, Tokens, UsersService
from kernel.databases import atomic
from kernel.permissions import require_system
from modules.users import credentials, queries, sessions, signing_keys, tokens
from modules.users.service.login import login_of, proven


class Programs(UsersService):
    def log_in_for_tokens(self, *, actor: Actor, username: str, password: str, origin: Origin = NOWHERE) -> Tokens:
        accounts = credentials.able_to_log_in().filter(Q(username=username) | Q(email=username))
        user = proven(username, password, accounts, origin)
        with atomic(self.module):
            credentials.note_login(user)
            session = sessions.begin(user, SessionKind.API, origin)
        identity = login_of(user.pk, session_id=session.public_id).identity
        return tokens.issue(identity, session)

    def refresh_tokens(self, *, actor: Actor, refresh_token: str, origin: Origin = NOWHERE) -> Tokens:
        session = tokens.exchange(actor, refresh_token)
        identity = tokens.identity_in(session.public_id) if session else None
        if session is None or identity is None:
            raise Unauthenticated(message=_("This refresh token is not good any more. Log in again."))
        sessions.note_seen(session.public_id, origin)
        return tokens.issue(identity, session)

    def identify_program(self, *, actor: Actor, session_id: str) -> Identity | None:
        require_system(actor)
        return tokens.identity_in(session_id) if "\0" not in session_id else None

    def own_identity(self, *, actor: Actor) -> Identity:
        rows = queries.identity_rows(queries.visible().filter(credentials.ABLE, pk=actor.user_id or 0))
        if not rows:
            raise Forbidden(message=_("You do not have permission to do this."))
        return queries.to_identity(rows[0], session_id=actor.session_id)

    def public_keys(self, *, actor: Actor) -> tuple[PublicKey, ...]:
        return signing_keys.published()
