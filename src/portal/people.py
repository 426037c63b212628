"""What the pages about staff and students have in common: who is complete, and taking people out and back in."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.base import Actor, Role
from contracts.errors import Conflict, NotFound
from contracts.users import Person, Removal, StaffMember, UsersService
from kernel.refs import blockers
from kernel.registry import services
from portal.components import Meaning
from portal.tables import Filter, ListState

COMPLETE, MISSING, WITHDRAWN = "complete", "missing", "withdrawn"

PROFILE_FILTER = Filter(
    "profile",
    gettext_lazy("Profile"),
    (
        (COMPLETE, gettext_lazy("Complete")),
        (MISSING, gettext_lazy("Without profile")),
        (WITHDRAWN, gettext_lazy("Withdrawn")),
    ),
)


def complete_of(state: ListState) -> bool | None:
    """What the filter means for the contract's `complete`."""
    return {COMPLETE: True, MISSING: False}.get(state.active.get(PROFILE_FILTER.name, ""))


def withdrawn_of(state: ListState) -> bool:
    return state.active.get(PROFILE_FILTER.name) == WITHDRAWN


def status_of(person: Person) -> tuple[Meaning, str | Promise]:
    if person.is_withdrawn:
        return Meaning.NEUTRAL, gettext_lazy("Withdrawn")
    if person.profile_id is None:
        return Meaning.WARNING, gettext_lazy("Incomplete")
    if not person.is_active:
        return Meaning.NEUTRAL, gettext_lazy("Cannot log in")
    return Meaning.GOOD, gettext_lazy("Complete")


def person(actor: Actor, user_id: int) -> Person:
    """Anybody with an account. Raises NotFound."""
    found = services.get(UsersService).people(actor=actor, user_ids=(user_id,)).get(user_id)
    if found is None:
        raise NotFound(entity="users.User", id=user_id)
    return found


def edit_url(person: Person) -> str:
    """The HOD's page about a teacher or student; empty for others, who have none."""
    page = {Role.STAFF: "edit_staff", Role.STUDENT: "edit_student"}.get(person.role)
    return reverse(page, args=[person.user_id]) if page else ""


def initials(name: str) -> str:
    """Of the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True)
class RemovalWords:
    """What is said about taking somebody out; `done` and `failed` are the legacy's."""

    done: str
    failed: str
    list_url: str


def removal_page(
    request: HttpRequest, actor: Actor, person: Person, words: RemovalWords, remove: Callable[[], Removal]
) -> HttpResponseBase:
    """By GET the question, with what will become of the person; by POST the deed. The service has the last word."""
    if request.method == "POST":
        try:
            removal = remove()
        except Conflict as error:
            messages.error(request, f"{words.failed} {error}")
        else:
            messages.success(request, words.done)
            if not removal.erased:
                text = _("%s has history, which is kept: the account is withdrawn and can be restored.")
                messages.info(request, text % person.full_name)
        return HttpResponseRedirect(words.list_url)
    history = _history(actor, person)
    return render(
        request,
        "portal/confirm.html",
        {
            "title": (_("Withdraw %s?") if history else _("Delete %s?")) % person.full_name,
            "consequences": _withdrawal(person, history) if history else _erasure(person),
            "confirm_label": _("Withdraw this person") if history else _("Delete for good"),
            "cancel_url": words.list_url,
            "danger": True,
        },
    )


def _history(actor: Actor, person: Person) -> dict[str, int]:
    """What refers to the person, over all modules: kind in words → number of rows."""
    found = blockers(actor=actor, target="users.User", ids=(person.user_id,))
    if person.profile_id is not None:
        profile = "users.StaffProfile" if isinstance(person, StaffMember) else "users.StudentProfile"
        for kind, count in blockers(actor=actor, target=profile, ids=(person.profile_id,)).items():
            found[kind] = found.get(kind, 0) + count
    return {kind: count for kind, count in found.items() if count}


def _withdrawal(person: Person, history: dict[str, int]) -> list[str]:
    kept = ", ".join(f"{kind}: {count}" for kind, count in history.items())
    rows = sum(history.values())
    consequences = [
        ngettext(
            "%(rows)d record refers to this person and is kept (%(kept)s).",
            "%(rows)d records refer to this person and are kept (%(kept)s).",
            rows,
        )
        % {"rows": rows, "kept": kept},
        _("The person can no longer log in, and is in no list and no class any more."),
    ]
    if isinstance(person, StaffMember):
        consequences.append(_("Subjects stay with this teacher until you give them to somebody else."))
    return [*consequences, _("You can restore the person at any time: filter the list by “Withdrawn”.")]


def _erasure(person: Person) -> list[str]:
    return [
        _("No attendance, marks, fines, leave or feedback refer to this person."),
        _("The account %s is erased for good, with everything that was entered about the person.") % person.username,
    ]
