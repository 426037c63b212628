"""The students, as the HOD sees, changes and takes them out. Ids in addresses are those of accounts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contracts.academics import AcademicsService, Enrollment
from contracts.base import Actor, Page, PageRequest, Role
from contracts.users import Student, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import people
from portal.access import only
from portal.classes import Places
from portal.components import Meaning
from portal.listing import all_pages
from portal.people import PROFILE_FILTER
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv
from portal.views.selected_students import is_member

CSV_HEADER = (
    *("id", "first_name", "last_name", "username", "email", "course", "session_year", "gender", "address", "status"),
    *("joined_at", "student_number", "birth_date", "phone", "guardian_name", "guardian_phone"),
)


@dataclass(frozen=True)
class StudentRow:
    """One line of the list."""

    person: Student
    course: str
    session_year: str

    @property
    def status(self) -> tuple[Meaning, str | Promise]:
        return people.status_of(self.person)

    @property
    def initials(self) -> str:
        return people.initials(self.person.full_name)


@require_safe
@only(Role.HOD)
def manage_student(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    places = Places(actor)
    state = ListState.from_request(
        request, sortable=("name", "username", "email", "joined_at"), filters=(*_place_filters(places), PROFILE_FILTER)
    )
    users = services.get(UsersService)
    student_ids = _in_class(actor, state)

    def ask(page: PageRequest) -> Page[Student]:
        return users.list_students(
            actor=actor,
            page=page,
            student_ids=student_ids,
            complete=people.complete_of(state),
            withdrawn=people.withdrawn_of(state),
        )

    if wants_csv(request.GET):
        rows = _csv_rows(actor, places, all_pages(ask, state.page_request()))
        return csv_response("students.csv", CSV_HEADER, rows)
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _("Name"), sortable=True),
            Column("email", _("E-mail"), sortable=True),
            Column("course", _("Course and year")),
            Column("address", _("Address")),
            Column("status", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Students"),
        search_label=_("Name, username or e-mail"),
        exports=True,
        has_actions=True,
        bulk_action_url=reverse("students_selected") if any(map(is_member, page.items)) else "",
        empty=Empty(
            _("No students yet"),
            _("A student has a login, a course and a session year."),
            _("Add the first student"),
            reverse("add_student"),
            icon="academic-cap",
        ),
    )
    context = {
        "table": table,
        "rows": _rows(actor, places, page.items),
        "shows_incomplete": people.complete_of(state) is False,
    }
    return state.remember(render(request, "portal/pages/students.html", context))


def _place_filters(places: Places) -> tuple[Filter, Filter]:
    return (
        Filter("course", _("Course"), tuple((str(i), label) for i, label in places.courses)),
        Filter("session_year", _("Session year"), tuple((str(i), label) for i, label in places.years)),
    )


def _in_class(actor: Actor, state: ListState) -> tuple[int, ...] | None:
    """Profile ids of the students of the chosen course and session year; None when neither is chosen."""
    course, year = state.active.get("course"), state.active.get("session_year")
    if course is None and year is None:
        return None
    return services.get(AcademicsService).student_ids(
        actor=actor, course_id=int(course) if course else None, session_year_id=int(year) if year else None
    )


def _rows(actor: Actor, places: Places, students: Iterable[Student]) -> list[StudentRow]:
    students = list(students)
    ids = tuple(s.profile_id for s in students if s.profile_id is not None)
    enrolled: Mapping[int, Enrollment] = {}
    if ids:
        enrolled = services.get(AcademicsService).current_enrollments(actor=actor, student_ids=ids)
    return [_row(student, places, enrolled) for student in students]


def _row(student: Student, places: Places, enrolled: Mapping[int, Enrollment]) -> StudentRow:
    enrollment = enrolled.get(student.profile_id) if student.profile_id is not None else None
    if enrollment is None:
        return StudentRow(student, "", "")
    return StudentRow(student, places.course_name(enrollment.course_id), places.year_label(enrollment.session_year_id))


def _csv_rows(actor: Actor, places: Places, pages: Iterable[tuple[Student, ...]]) -> Iterator[tuple[object, ...]]:
    for students in pages:
        for row in _rows(actor, places, students):
            p = row.person
            yield (
                *(p.user_id, p.first_name, p.last_name, p.username, p.email, row.course, row.session_year, p.gender),
                *(p.address, row.status[1], p.joined_at, p.student_number, p.birth_date, p.phone),
                *(p.guardian_name, p.guardian_phone),
            )
