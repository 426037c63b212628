"""The staff, as the HOD keeps them. Ids in addresses are those of accounts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService
from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import NotFound
from contracts.users import AccountFields, StaffChanges, StaffFields, StaffMember, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import people
from portal.access import only
from portal.components import Meaning
from portal.forms import drafts
from portal.forms.answers import submit
from portal.forms.people import AddStaffForm, CompleteStaffForm, EditStaffForm, PersonForm
from portal.ids import row_id
from portal.listing import all_pages
from portal.people import PROFILE_FILTER, RemovalWords, removal_page
from portal.tables import Column, Empty, ListState, Table, csv_response, wants_csv

CSV_HEADER = (
    *("id", "first_name", "last_name", "username", "email", "address", "subjects", "status", "joined_at"),
    *("employee_number", "department", "designation", "phone", "joining_date"),
)


@dataclass(frozen=True)
class StaffRow:
    """One line of the list."""

    person: StaffMember
    subjects: int

    @property
    def status(self) -> tuple[Meaning, str | Promise]:
        return people.status_of(self.person)


# --- the list ---------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def manage_staff(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    state = ListState.from_request(
        request, sortable=("name", "username", "email", "joined_at"), filters=(PROFILE_FILTER,)
    )
    users = services.get(UsersService)

    def ask(page: PageRequest) -> Page[StaffMember]:
        return users.list_staff(
            actor=actor, page=page, complete=people.complete_of(state), withdrawn=people.withdrawn_of(state)
        )

    if wants_csv(request.GET):
        return csv_response("staff.csv", CSV_HEADER, _csv_rows(actor, all_pages(ask, state.page_request())))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _("Name"), sortable=True),
            Column("email", _("E-mail"), sortable=True),
            Column("address", _("Address")),
            Column("subjects", _("Subjects"), numeric=True),
            Column("joined_at", _("Added"), sortable=True),
            Column("status", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Staff"),
        search_label=_("Name, username or e-mail"),
        exports=True,
        has_actions=True,
        empty=Empty(
            _("No staff yet"),
            _("Teachers take attendance, set assignments and enter results of their subjects."),
            _("Add the first teacher"),
            reverse("add_staff"),
            icon="user-group",
        ),
    )
    context = {"table": table, "rows": _rows(actor, page.items)}
    return state.remember(render(request, "portal/pages/staff.html", context))


def _rows(actor: Actor, staff: Iterable[StaffMember]) -> list[StaffRow]:
    staff = list(staff)
    ids = tuple(person.user_id for person in staff)
    counts: Mapping[int, int] = {}
    if ids:
        counts = services.get(AcademicsService).subject_counts_by_teacher(actor=actor, teacher_ids=ids)
    return [StaffRow(person, counts.get(person.user_id, 0)) for person in staff]


def _csv_rows(actor: Actor, pages: Iterable[tuple[StaffMember, ...]]) -> Iterator[tuple[object, ...]]:
    for staff in pages:
        for row in _rows(actor, staff):
            p = row.person
            yield (
                *(p.user_id, p.first_name, p.last_name, p.username, p.email, p.address, row.subjects, row.status[1]),
                *(p.joined_at, p.employee_number, p.department, p.designation, p.phone, p.joining_date),
            )


# --- adding and completing --------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def add_staff(request: HttpRequest) -> HttpResponseBase:
    """Somebody new; with `?user_id=` the profile of an account that has none."""
    if "user_id" in request.GET:
        return _complete_page(request, actor_of(request), request.GET["user_id"])
    form = drafts.restore(request, AddStaffForm())
    context = {"title": _("Add a teacher"), "save_url": reverse("add_staff_save"), "save_label": _("Add teacher")}
    return _form_page(request, form, context | {"checks": True})


def _complete_page(request: HttpRequest, actor: Actor, user_id: str) -> HttpResponseBase:
    person = _by_text(actor, user_id)
    if person.is_withdrawn:
        return HttpResponseRedirect(reverse("restore_person", args=[person.user_id]))
    if person.profile_id is not None:
        return HttpResponseRedirect(reverse("edit_staff", args=[person.user_id]))
    form = drafts.restore_for(
        request, CompleteStaffForm(initial={"user_id": person.user_id}), "user_id", person.user_id
    )
    context = {
        "title": _("Complete the account of %s") % person.full_name,
        "whose": person,
        "save_url": reverse("add_staff_save"),
        "save_label": _("Complete the account"),
        "delete_url": reverse("delete_incomplete_staff", args=[person.user_id]),
        "delete_label": _("Delete this account"),
    }
    return _form_page(request, form, context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def add_staff_save(request: HttpRequest) -> HttpResponseBase:
    back = HttpResponseRedirect(reverse("add_staff"))
    if request.method != "POST":
        messages.error(request, _("Invalid Method "))
        return back
    actor = actor_of(request)
    if "user_id" in request.POST:
        return _complete(request, actor)
    form = AddStaffForm(request.POST)
    if form.is_valid():
        added = submit(
            form,
            services.get(UsersService).add_staff,
            form.NAMES,
            actor=actor,
            account=AccountFields(**form.values(AccountFields.model_fields)),
            profile=StaffFields(**form.values(StaffFields.model_fields)),
        )
        if added is not None:
            messages.success(request, _("Staff Added Successfully!"))
            return back
    messages.error(request, _("Failed to Add Staff!"))
    drafts.keep(request, form)
    return back


def _complete(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    person = _by_text(actor, request.POST["user_id"])
    form = CompleteStaffForm(request.POST)
    if form.is_valid():
        completed = submit(
            form,
            services.get(UsersService).complete_staff,
            form.NAMES,
            actor=actor,
            user_id=person.user_id,
            profile=StaffFields(**form.values(StaffFields.model_fields)),
        )
        if completed is not None:
            messages.success(request, _("The account of %s is complete.") % completed.full_name)
            return HttpResponseRedirect(reverse("manage_staff"))
    messages.error(request, _("Failed to Add Staff!"))
    drafts.keep(request, form)
    return HttpResponseRedirect(f"{reverse('add_staff')}?{urlencode({'user_id': person.user_id})}")


# --- changing ---------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def edit_staff(request: HttpRequest, user_id: int) -> HttpResponseBase:
    person = _staff_member(actor_of(request), user_id)
    if person.is_withdrawn:
        return HttpResponseRedirect(reverse("restore_person", args=[user_id]))
    if person.profile_id is None:
        return HttpResponseRedirect(f"{reverse('add_staff')}?{urlencode({'user_id': user_id})}")
    form = drafts.restore_for(request, EditStaffForm(initial=_known(person)), "staff_id", user_id)
    context = {
        "title": _("Edit %(name)s (ID %(id)s)") % {"name": person.full_name, "id": user_id},
        "whose": person,
        "save_url": reverse("edit_staff_save"),
        "save_label": _("Save changes"),
        "delete_url": reverse("delete_staff", args=[user_id]),
        "delete_label": _("Delete this teacher"),
    }
    return _form_page(request, form, context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def edit_staff_save(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        messages.error(request, _("Invalid Method!"))
        return HttpResponseRedirect(reverse("manage_staff"))
    if EditStaffForm(request.POST).has_error("staff_id"):
        messages.error(request, _("Failed to Update Staff."))
        return HttpResponseRedirect(reverse("manage_staff"))
    actor = actor_of(request)
    person = _by_text(actor, request.POST["staff_id"])
    form = EditStaffForm(request.POST, initial=_known(person))
    back = HttpResponseRedirect(reverse("edit_staff", args=[person.user_id]))
    if form.is_valid():
        saved = submit(
            form,
            services.get(UsersService).update_staff,
            form.NAMES,
            actor=actor,
            user_id=person.user_id,
            changes=StaffChanges(**form.values(StaffChanges.model_fields)),
        )
        if saved is not None:
            messages.success(request, _("Staff Updated Successfully."))
            return back
    messages.error(request, _("Failed to Update Staff."))
    drafts.keep(request, form)
    return back


# --- taking out -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def delete_staff(request: HttpRequest, user_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    person = _staff_member(actor, user_id)
    words = RemovalWords(
        done=_("Staff Deleted Successfully."), failed=_("Failed to Delete Staff."), list_url=reverse("manage_staff")
    )
    users = services.get(UsersService)
    return removal_page(request, actor, person, words, lambda: users.remove_person(actor=actor, user_id=person.user_id))


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def delete_incomplete_staff(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """An account without profile. What is none leads back to the list, as in the legacy."""
    actor = actor_of(request)
    users = services.get(UsersService)
    person = users.staff_by_user(actor=actor, user_ids=(user_id,)).get(user_id)
    if person is None or person.profile_id is not None:
        complete = _("Cannot delete: Staff has a complete profile")
        messages.error(request, _("Staff not found") if person is None else complete)
        return HttpResponseRedirect(reverse("manage_staff"))
    words = RemovalWords(
        done=_("Incomplete staff account deleted successfully!"),
        failed=_("Failed to Delete Staff."),
        list_url=reverse("manage_staff"),
    )
    return removal_page(request, actor, person, words, lambda: users.remove_incomplete(actor=actor, user_id=user_id))


# --- what they have in common -----------------------------------------------------------------------------------------


def _known(person: StaffMember) -> dict[str, object]:
    return {name: getattr(person, name) for name in StaffChanges.model_fields} | {"staff_id": person.user_id}


def _by_text(actor: Actor, user_id: str) -> StaffMember:
    """Raises NotFound, also for what is no number."""
    try:
        return _staff_member(actor, row_id(user_id))
    except ValueError:
        raise NotFound(entity="users.User", id=user_id) from None


def _staff_member(actor: Actor, user_id: int) -> StaffMember:
    """Raises NotFound."""
    found = services.get(UsersService).staff_by_user(actor=actor, user_ids=(user_id,)).get(user_id)
    if found is None:
        raise NotFound(entity="users.User", id=user_id)
    return found


def _form_page(request: HttpRequest, form: PersonForm, context: Mapping[str, object]) -> HttpResponse:
    parent = {"up_url": reverse("manage_staff"), "up_label": _("Staff")}
    return render(request, "portal/pages/person_form.html", {"form": form, **parent, **context})
