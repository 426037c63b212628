"""New passwords for staff and students, who forgot theirs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import Invalid, NotFound
from contracts.users import Person, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import ROLE_LABELS, only
from portal.forms import drafts
from portal.forms.answers import problems_of
from portal.forms.people import PASSWORD_RULES, ResetPasswordForm
from portal.tables import Column, Empty, Filter, ListState, Table

WHO = Filter(
    "who",
    gettext_lazy("Who"),
    ((Role.STAFF.value, gettext_lazy("Staff")), (Role.STUDENT.value, gettext_lazy("Students"))),
)


@dataclass(frozen=True)
class PasswordRow:
    """One line of the list, with its form."""

    person: Person
    errors: tuple[str, ...] = ()

    @property
    def role(self) -> str | Promise:
        return ROLE_LABELS[self.person.role]


@require_safe
@only(Role.HOD)
def manage_passwords(request: HttpRequest) -> HttpResponseBase:
    """Staff and then students, by name, each with a form."""
    actor = actor_of(request)
    state = ListState.from_request(request, filters=(WHO,))
    page = _everybody(actor, state.page_request(), state.active.get(WHO.name))
    table = Table(
        columns=(
            Column("name", _("Name")),
            Column("id", _("ID"), numeric=True),
            Column("email", _("E-mail")),
            Column("role", _("Role")),
            Column("new_password", _("New password")),
        ),
        state=state,
        page=page,
        caption=_("Staff and students"),
        search_label=_("Name, username or e-mail"),
        empty=Empty(_("Nobody yet"), _("Staff and students stand here once they are added."), icon="key"),
    )
    refused = drafts.restore(request, ResetPasswordForm())
    context = {"table": table, "rows": _rows(page.items, refused), "rules": PASSWORD_RULES}
    return state.remember(render(request, "portal/pages/passwords.html", context))


def _everybody(actor: Actor, request: PageRequest, who: str | None) -> Page[Person]:
    """A page of the staff's list followed by the students'."""
    users = services.get(UsersService)
    request = request.model_copy(update={"order": "name"})
    first = (request.number - 1) * request.size
    items: list[Person] = []
    total = 0
    if who != Role.STUDENT:
        staff = users.list_staff(actor=actor, page=request)
        items += staff.items
        total += staff.total
    if who != Role.STAFF:
        # Where the staff ends inside a page, its rest and all later ones straddle two pages of students.
        number, inside = divmod(max(0, first - total), request.size)
        students = users.list_students(actor=actor, page=request.model_copy(update={"number": number + 1}))
        found = students.items[inside:]
        if inside and len(found) < request.size - len(items):
            following = request.model_copy(update={"number": number + 2})
            found += users.list_students(actor=actor, page=following).items
        items += found[: request.size - len(items)]
        total += students.total
    return Page[Person](items=tuple(items), total=total, number=request.number, size=request.size)


def _rows(people: Iterable[Person], refused: ResetPasswordForm) -> list[PasswordRow]:
    asked = refused["user_id"].value() if refused.is_bound else None
    errors = tuple(str(text) for texts in refused.errors.values() for text in texts) if refused.is_bound else ()
    return [PasswordRow(person, errors if str(person.user_id) == asked else ()) for person in people]


@sensitive_post_parameters("new_password")
@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def reset_password(request: HttpRequest) -> HttpResponseBase:
    """Sets the password of a staff member or student, and goes back to the part of the list it was asked from."""
    back = HttpResponseRedirect(_list_url(request.POST.get("list", "")))
    if request.method != "POST":
        return back
    form = ResetPasswordForm(request.POST)
    if form.is_valid():
        try:
            services.get(UsersService).reset_password(
                actor=actor_of(request),
                user_id=form.cleaned_data["user_id"],
                new_password=form.cleaned_data["new_password"],
            )
        except NotFound:
            messages.error(request, _("User not found"))
            return back
        except Invalid as error:
            for text in error.fields.get("new_password", [str(error)]):
                form.add_error("new_password", text)
        else:
            messages.success(request, _("Password reset successful"))
            return back
    elif form.has_error("user_id"):
        messages.error(request, _("User not found"))
        return back
    messages.error(request, _("Error resetting password: %s") % problems_of(form))
    drafts.keep(request, form)
    return back


def _list_url(query: str) -> str:
    """The list, narrowed as a query says; whatever the query is, the address stays this one."""
    narrowed = QueryDict(query.lstrip("?")).urlencode()
    return f"{reverse('manage_passwords')}?{narrowed}" if narrowed else reverse("manage_passwords")
