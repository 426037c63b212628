"""Where people are logged in, and logging out there."""

from django.utils.translation import gettext as _

from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import Forbidden, NotFound
from contracts.users import SessionInfo, UsersService
from kernel import audit
from kernel.databases import atomic
from kernel.paging import page_of
from kernel.permissions import require
from modules.users import accounts, sessions
from modules.users.models import EndReason, User, UserSession

ORDER = {"last_seen_at": "last_seen_at", "created_at": "created_at"}


class Sessions(UsersService):
    def own_sessions(self, *, actor: Actor, page: PageRequest) -> Page[SessionInfo]:
        return _page(_own_id(actor), actor, page)

    def sessions_of(self, *, actor: Actor, user_id: int, page: PageRequest) -> Page[SessionInfo]:
        require(actor, Role.HOD)
        _require_account(user_id)
        return _page(user_id, actor, page)

    def end_session(self, *, actor: Actor, session_id: str) -> None:
        found = UserSession.objects.filter(public_id=session_id).first() if "\0" not in session_id else None
        own = found is not None and found.user_id == actor.user_id
        if found is None or not (own or actor.role in (Role.HOD, Role.SYSTEM)):
            raise NotFound(entity="users.UserSession", id=session_id, message=_("There is no such session."))
        with atomic(self.module):
            by_head = actor.role is Role.HOD and not own
            reason = EndReason.REVOKED if by_head else EndReason.LOGOUT
            if sessions.end(UserSession.objects.filter(pk=found.pk), reason) and by_head:
                _record(actor, found.user_id, 1)

    def end_other_sessions(self, *, actor: Actor) -> int:
        return sessions.end_all(_own_id(actor), EndReason.LOGOUT, besides=actor.session_id)

    def end_sessions_of(self, *, actor: Actor, user_id: int) -> int:
        require(actor, Role.HOD)
        _require_account(user_id)
        with atomic(self.module):
            ended = sessions.end_all(user_id, EndReason.REVOKED, besides=actor.session_id)
            if ended:
                _record(actor, user_id, ended)
        return ended


def _own_id(actor: Actor) -> int:
    """Whoever has an account, also one of no role. Raises Forbidden for everybody else."""
    if actor.user_id is None:
        raise Forbidden(message=_("You do not have permission to do this."))
    return actor.user_id


def _require_account(user_id: int) -> None:
    if not User.objects.filter(pk=user_id, half_made=False).exists():
        raise accounts.missing(user_id)


def _page(user_id: int, actor: Actor, page: PageRequest) -> Page[SessionInfo]:
    return page_of(
        sessions.live().filter(user_id=user_id),
        page,
        build=lambda rows: tuple(sessions.info(session, actor) for session in rows),
        order=ORDER,
        default_order="-last_seen_at",
    )


def _record(actor: Actor, user_id: int, ended: int) -> None:
    audit.record(actor=actor, action="users.sessions_ended", target=f"User:{user_id}", sessions=ended)
