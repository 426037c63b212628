"""Where people are logged in: one's own places, and for the HOD anybody's."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.base import MAX_PAGE_SIZE, Page, PageRequest, Role
from contracts.errors import NotFound
from contracts.users import SessionInfo, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import people
from portal.access import everybody, only
from portal.devices import device_name
from portal.tables import Column, Empty, ListState, Table


@dataclass(frozen=True)
class SessionRow:
    """One line of a list, with where it is ended."""

    session: SessionInfo
    end_url: str

    @property
    def device(self) -> str:
        return device_name(self.session.agent)


# --- one's own --------------------------------------------------------------------------------------------------------


@require_safe
@everybody
def own_sessions(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    users = services.get(UsersService)

    def end_url(session: SessionInfo) -> str:
        return reverse("logout_user") if session.is_current else reverse("end_session", args=[session.id])

    return _list(
        request,
        lambda page: users.own_sessions(actor=actor, page=page),
        end_url,
        {
            "title": _("Where you are logged in"),
            "lead": _("Log out wherever you do not know the device, and change your password."),
            "end_all_url": reverse("end_other_sessions"),
            "end_all_label": _("Log out everywhere else"),
        },
    )


@require_http_methods(["GET", "POST"])
@everybody
def end_session(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """One of one's own; the present one is ended by logging out."""
    actor = actor_of(request)
    users = services.get(UsersService)
    session = _find(lambda page: users.own_sessions(actor=actor, page=page), session_id)
    if session.is_current:
        return HttpResponseRedirect(reverse("logout_user"))
    return _ending(
        request,
        lambda: users.end_session(actor=actor, session_id=session_id),
        title=_("Log out there?"),
        consequences=[_place(session), _("Whoever uses it has to log in again.")],
        label=_("Log out there"),
        back=reverse("sessions"),
        done=_("You are logged out there."),
    )


@require_http_methods(["GET", "POST"])
@everybody
def end_other_sessions(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    users = services.get(UsersService)
    return _ending(
        request,
        lambda: users.end_other_sessions(actor=actor),
        title=_("Log out everywhere else?"),
        consequences=[_("You stay logged in here."), _("Everywhere else your password is needed again.")],
        label=_("Log out everywhere else"),
        back=reverse("sessions"),
        done=_("You are logged out everywhere else."),
    )


# --- the HOD's --------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def person_sessions(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Whether a person can log in, and where they are."""
    actor = actor_of(request)
    users = services.get(UsersService)
    person = people.person(actor, user_id)
    return _list(
        request,
        lambda page: users.sessions_of(actor=actor, user_id=user_id, page=page),
        lambda session: reverse("end_person_session", args=[user_id, session.id]),
        {
            "title": _("Logins of %s") % person.full_name,
            "whose": person,
            "is_self": person.user_id == actor.user_id,
            "up_url": people.edit_url(person),
            "end_all_url": reverse("end_person_sessions", args=[user_id]),
            "end_all_label": _("Log out everywhere"),
        },
    )


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def end_person_session(request: HttpRequest, user_id: int, session_id: str) -> HttpResponseBase:
    actor = actor_of(request)
    users = services.get(UsersService)
    person = people.person(actor, user_id)
    session = _find(lambda page: users.sessions_of(actor=actor, user_id=user_id, page=page), session_id)
    if session.is_current:
        return HttpResponseRedirect(reverse("logout_user"))
    return _ending(
        request,
        lambda: users.end_session(actor=actor, session_id=session_id),
        title=_("Log %s out there?") % person.full_name,
        consequences=[_place(session), _("Whoever uses it has to log in again.")],
        label=_("Log out there"),
        back=reverse("person_sessions", args=[user_id]),
        done=_("%s is logged out there.") % person.full_name,
    )


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def end_person_sessions(request: HttpRequest, user_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    users = services.get(UsersService)
    person = people.person(actor, user_id)
    return _ending(
        request,
        lambda: users.end_sessions_of(actor=actor, user_id=user_id),
        title=_("Log %s out everywhere?") % person.full_name,
        consequences=[
            _("The password is needed again on every device."),
            _("Who knows the password can log in again: reset it when a stranger may know it."),
        ],
        label=_("Log out everywhere"),
        back=reverse("person_sessions", args=[user_id]),
        done=_("%s is logged out everywhere.") % person.full_name,
    )


# --- what they have in common -----------------------------------------------------------------------------------------

Ask = Callable[[PageRequest], Page[SessionInfo]]


def _list(
    request: HttpRequest, ask: Ask, end_url: Callable[[SessionInfo], str], context: dict[str, object]
) -> HttpResponseBase:
    state = ListState.from_request(request, sortable=("last_seen_at", "created_at"), default_sort="-last_seen_at")
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("device", _("Device")),
            Column("address", _("Address")),
            Column("created_at", _("Since"), sortable=True),
            Column("last_seen_at", _("Last seen"), sortable=True),
        ),
        state=state,
        page=page,
        caption=str(context["title"]),
        empty=Empty(_("Logged in nowhere"), icon="computer-desktop"),
        has_actions=True,
    )
    rows = [SessionRow(session, end_url(session)) for session in page.items]
    has_others = page.total > sum(session.is_current for session in page.items)
    context |= {"table": table, "rows": rows, "has_others": has_others}
    return state.remember(render(request, "portal/pages/sessions.html", context))


def _find(ask: Ask, session_id: str) -> SessionInfo:
    """Raises NotFound, also for one that has ended."""
    for session in ask(PageRequest(size=MAX_PAGE_SIZE)).items:
        if session.id == session_id:
            return session
    raise NotFound(entity="users.UserSession", id=session_id)


def _place(session: SessionInfo) -> str:
    """Which one it is, in words."""
    where = device_name(session.agent)
    return f"{where}, {session.address}" if session.address else where


def _ending(
    request: HttpRequest,
    end: Callable[[], object],
    *,
    title: str,
    consequences: list[str],
    label: str,
    back: str,
    done: str,
) -> HttpResponseBase:
    """By GET the question, by POST the deed."""
    if request.method == "POST":
        end()
        messages.success(request, done)
        return HttpResponseRedirect(back)
    context = {"title": title, "consequences": consequences, "confirm_label": label, "cancel_url": back}
    return render(request, "portal/confirm.html", context | {"danger": True})
