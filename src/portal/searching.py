"""What one search over the whole school finds: of every kind that a person has a list of, the first few, and the way to
all of them in that list. Whose rows are found is decided by the services, as for the lists.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from contracts.academics import AcademicsService, Course, Subject
from contracts.assessments import AssessmentsService, Assignment
from contracts.base import Actor, Page, PageRequest, Role
from contracts.finance import FinanceService, Fine
from contracts.notifications import Notice, NotificationsService
from contracts.users import StaffMember, Student, UsersService
from kernel.money import money
from kernel.registry import services
from portal.navigation import PARTS, NavItem, items_for
from portal.tables import SEARCH, Text

FIRST_FEW = 5
SHORTEST_WORD = 3
"""Letters of a word that can stand for the name of a page."""


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of one kind: the first few of `total`; `list_url` has all of them."""

    title: Text
    icon: str
    hits: tuple[Hit, ...]
    total: int
    list_url: str


@dataclass(frozen=True)
class Kind:
    """What can be found: the list that holds it, how it is asked for, and how one of it is shown."""

    title: Text
    icon: str
    list_name: str
    ask: Callable[[Actor, PageRequest], Page[Any]]
    show: Callable[[Any], Hit]
    filters: Mapping[str, str] = field(default_factory=dict)
    """What else the list's address says, so that it shows the same."""
    for_profiles: bool = False
    """Whether only people with a complete profile have any."""


def search(actor: Actor, words: str) -> tuple[Found, ...]:
    """Pages by their names, then the kinds of which something was found, in the order of the navigation."""
    page = PageRequest(size=FIRST_FEW, search=words)
    kinds = [kind for kind in KINDS.get(actor.role, ()) if actor.profile_id is not None or not kind.for_profiles]
    found = [(kind, kind.ask(actor, page)) for kind in kinds]
    return (
        *_pages(actor.role, words),
        *(
            Found(kind.title, kind.icon, tuple(map(kind.show, of.items)), of.total, _listed(kind, words))
            for kind, of in found
            if of.total
        ),
    )


def _pages(role: Role, words: str) -> tuple[Found, ...]:
    """The pages in whose names every word begins a word."""
    wanted = words.casefold().split()
    if min(map(len, wanted), default=0) < SHORTEST_WORD:
        return ()
    hits = tuple(
        Hit(str(item.label), str(item.group), reverse(item.url_name))
        for item in (*items_for(role), *PARTS.get(role, ()))
        if all(any(known.startswith(word) for known in _names(item)) for word in wanted)
    )
    return (Found(_("Pages"), "window", hits, len(hits), reverse("search")),) if hits else ()


def _names(item: NavItem) -> list[str]:
    return f"{item.label} {item.words}".casefold().split()


def _listed(kind: Kind, words: str) -> str:
    return f"{reverse(kind.list_name)}?{urlencode({SEARCH: words, **kind.filters})}"


# --- how each is asked for and shown ----------------------------------------------------------------------------------


def _students(actor: Actor, page: PageRequest) -> Page[Student]:
    return services.get(UsersService).list_students(actor=actor, page=page)


def _staff(actor: Actor, page: PageRequest) -> Page[StaffMember]:
    return services.get(UsersService).list_staff(actor=actor, page=page)


def _courses(actor: Actor, page: PageRequest) -> Page[Course]:
    return services.get(AcademicsService).list_courses(actor=actor, page=page)


def _subjects(actor: Actor, page: PageRequest) -> Page[Subject]:
    return services.get(AcademicsService).list_subjects(actor=actor, page=page)


def _taught(actor: Actor, page: PageRequest) -> Page[Subject]:
    return services.get(AcademicsService).list_subjects(actor=actor, page=page, teacher_id=actor.user_id)


def _assignments(actor: Actor, page: PageRequest) -> Page[Assignment]:
    return services.get(AssessmentsService).list_assignments(actor=actor, page=page)


def _fines(actor: Actor, page: PageRequest) -> Page[Fine]:
    return services.get(FinanceService).own_fines(actor=actor, page=page)


def _notices(actor: Actor, page: PageRequest) -> Page[Notice]:
    return services.get(NotificationsService).inbox(actor=actor, page=page)


def _student(found: Student) -> Hit:
    return Hit(found.full_name, found.email, reverse("edit_student", args=(found.user_id,)))


def _staff_member(found: StaffMember) -> Hit:
    return Hit(found.full_name, found.email, reverse("edit_staff", args=(found.user_id,)))


def _course(found: Course) -> Hit:
    return Hit(found.name, "", reverse("edit_course", args=(found.id,)))


def _subject(found: Subject) -> Hit:
    return Hit(found.name, found.course_name, reverse("edit_subject", args=(found.id,)))


def _lesson(found: Subject) -> Hit:
    return Hit(found.name, found.course_name, f"{reverse('staff_take_attendance')}?subject={found.id}")


def _handed_in(found: Assignment) -> Hit:
    return Hit(found.title, "", reverse("staff_view_submissions", args=(found.id,)))


def _own_assignment(found: Assignment) -> Hit:
    return Hit(found.title, "", f"{reverse('student_view_assignments')}?{urlencode({SEARCH: found.title})}")


def _own_fine(found: Fine) -> Hit:
    address = f"{reverse('student_view_fines')}?{urlencode({SEARCH: found.reason, 'show': 'all'})}"
    return Hit(found.reason, money(found.amount), address)


def _notice(found: Notice) -> Hit:
    return Hit(found.message, "", f"{reverse('inbox')}?{urlencode({SEARCH: found.message})}")


NOTICES = Kind(_("Notices"), "bell", "inbox", _notices, _notice)
KINDS: dict[Role, tuple[Kind, ...]] = {
    Role.HOD: (
        Kind(_("Students"), "academic-cap", "manage_student", _students, _student),
        Kind(_("Staff"), "user-group", "manage_staff", _staff, _staff_member),
        Kind(_("Courses"), "book-open", "manage_course", _courses, _course),
        Kind(_("Subjects"), "bookmark", "manage_subject", _subjects, _subject),
        NOTICES,
    ),
    Role.STAFF: (
        Kind(_("Your subjects"), "bookmark", "staff_home", _taught, _lesson),
        Kind(_("Assignments"), "document-text", "staff_manage_assignments", _assignments, _handed_in),
        NOTICES,
    ),
    Role.STUDENT: (
        Kind(_("Assignments"), "document-text", "student_view_assignments", _assignments, _own_assignment),
        Kind(_("Fines"), "banknotes", "student_view_fines", _fines, _own_fine, {"show": "all"}, for_profiles=True),
        NOTICES,
    ),
}
