"""What each role finds in the navigation, by task; the names are those of the legacy's URLs.

A page that is not routed (yet, or in this container) is left out, so that nothing leads nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracts.base import Role

BOTTOM_BAR_SIZE = 4


@dataclass(frozen=True, slots=True)
class NavItem:
    """A task. `also` names pages that belong to it, so that it stays marked while one of them is open."""

    url_name: str
    label: str | Promise
    icon: str
    """A heroicon, as in "home"."""
    group: str | Promise = ""
    short: str | Promise = ""
    """A label of one word for the phone's bottom bar; items that have one are candidates for it, in order."""
    also: tuple[str, ...] = ()
    words: str | Promise = ""
    """Further words by which the search finds it."""
    current: bool = False


@dataclass(frozen=True, slots=True)
class NavGroup:
    title: str | Promise
    items: tuple[NavItem, ...]


PEOPLE = _("People")
TEACHING = _("Teaching")
REQUESTS = _("Requests")
STUDIES = _("My studies")
SELF = _("My requests")

ITEMS: dict[Role, tuple[NavItem, ...]] = {
    Role.HOD: (
        NavItem("admin_home", _("Home"), "home", short=_("Home")),
        NavItem(
            "manage_student",
            _("Students"),
            "academic-cap",
            PEOPLE,
            short=_("Students"),
            also=("add_student", "edit_student", "delete_student", "delete_incomplete_student", "students_selected"),
        ),
        NavItem(
            "manage_staff",
            _("Staff"),
            "user-group",
            PEOPLE,
            also=("add_staff", "edit_staff", "delete_staff", "delete_incomplete_staff"),
        ),
        NavItem("manage_passwords", _("Passwords"), "key", PEOPLE),
        NavItem(
            "manage_course", _("Courses"), "book-open", TEACHING, also=("add_course", "edit_course", "delete_course")
        ),
        NavItem(
            "manage_subject",
            _("Subjects"),
            "bookmark",
            TEACHING,
            also=("add_subject", "edit_subject", "delete_subject"),
        ),
        NavItem(
            "manage_session",
            _("Session years"),
            "calendar",
            TEACHING,
            also=("add_session", "edit_session", "delete_session"),
        ),
        NavItem(
            "manage_fines",
            _("Fines"),
            "banknotes",
            TEACHING,
            also=(
                "add_fine",
                "delete_fine",
                "fines_selected",
                "record_payment",
                "waive_fine",
                "fines_report",
                "student_statement",
            ),
        ),
        NavItem("admin_view_attendance", _("Attendance"), "clipboard-document-check", TEACHING, short=_("Attendance")),
        NavItem("attendance_report", _("Reports"), "chart-bar-square", TEACHING),
        NavItem(
            "semester_results",
            _("Results"),
            "chart-bar",
            TEACHING,
            also=(
                *("semester_results_selected", "subject_results", "subject_results_selected"),
                *("assignment_figures", "grading_policy"),
            ),
            words=_("semester grades GPA CGPA rank promotion publish"),
        ),
        NavItem(
            "student_leave_view",
            _("Student leave"),
            "calendar-days",
            REQUESTS,
            short=_("Leave"),
            also=("student_leave_approve", "student_leave_reject", "student_leave_selected"),
        ),
        NavItem(
            "staff_leave_view",
            _("Staff leave"),
            "briefcase",
            REQUESTS,
            also=("staff_leave_approve", "staff_leave_reject", "staff_leave_selected"),
        ),
        NavItem("student_feedback_message", _("Student feedback"), "chat-bubble-left-right", REQUESTS),
        NavItem("staff_feedback_message", _("Staff feedback"), "chat-bubble-bottom-center-text", REQUESTS),
        NavItem("send_notice", _("Send a notice"), "megaphone", REQUESTS),
    ),
    Role.STAFF: (
        NavItem("staff_home", _("Home"), "home", short=_("Home")),
        NavItem(
            "staff_take_attendance",
            _("Take attendance"),
            "clipboard-document-check",
            TEACHING,
            short=_("Attendance"),
        ),
        NavItem("staff_update_attendance", _("Correct attendance"), "pencil-square", TEACHING),
        NavItem("attendance_report", _("Reports"), "chart-bar-square", TEACHING),
        NavItem(
            "staff_manage_assignments",
            _("Assignments"),
            "document-text",
            TEACHING,
            short=_("Assignments"),
            also=(
                "staff_add_assignment",
                "staff_edit_assignment",
                "staff_delete_assignment",
                "staff_view_submissions",
                "staff_grade_class",
                "assignment_figures",
            ),
        ),
        NavItem(
            "staff_add_result",
            _("Results"),
            "chart-bar",
            TEACHING,
            short=_("Results"),
            also=("subject_results", "subject_results_selected"),
        ),
        NavItem("manage_fines", _("Fines"), "banknotes", TEACHING, also=("add_fine", "delete_fine", "fines_selected")),
        NavItem("send_notice", _("Send a notice"), "megaphone", TEACHING),
        NavItem("staff_apply_leave", _("Leave"), "calendar-days", SELF),
        NavItem("staff_feedback", _("Feedback"), "chat-bubble-left-right", SELF),
    ),
    Role.STUDENT: (
        NavItem("student_home", _("Home"), "home", short=_("Home")),
        NavItem(
            "student_view_attendance",
            _("Attendance"),
            "clipboard-document-check",
            STUDIES,
            short=_("Attendance"),
            also=("student_view_attendance_post",),
        ),
        NavItem(
            "student_view_assignments",
            _("Assignments"),
            "document-text",
            STUDIES,
            short=_("Assignments"),
            also=("student_submit_assignment",),
        ),
        NavItem("student_view_result", _("Results"), "chart-bar", STUDIES, short=_("Results")),
        NavItem(
            "student_view_fines",
            _("Fines"),
            "banknotes",
            STUDIES,
            also=("initialize_payment", "payment_callback", "own_statement"),
        ),
        NavItem("student_apply_leave", _("Leave"), "calendar-days", SELF),
        NavItem("student_feedback", _("Feedback"), "chat-bubble-left-right", SELF),
    ),
}

PARTS: dict[Role, tuple[NavItem, ...]] = {
    Role.HOD: (
        NavItem(
            "grading_policy", _("Grading policy"), "chart-bar", TEACHING, words=_("grade scale weight pass points")
        ),
        NavItem("fines_report", _("Report on fines"), "banknotes", TEACHING),
    )
}
"""Pages that belong to a task, which the search finds by themselves."""


PROFILE: dict[Role, str] = {Role.HOD: "admin_profile", Role.STAFF: "staff_profile", Role.STUDENT: "student_profile"}
"""Where people look after their own account."""


def is_routed(url_name: str) -> bool:
    """Whether a URL of this name without parameters is served here."""
    try:
        reverse(url_name)
    except NoReverseMatch:
        return False
    return True


def items_for(role: Role, *, routed: Callable[[str], bool] = is_routed) -> tuple[NavItem, ...]:
    """The role's tasks that lead somewhere; none for roles without a part in the school."""
    return tuple(item for item in ITEMS.get(role, ()) if routed(item.url_name))


def navigation(
    role: Role, *, current: str | None = None, routed: Callable[[str], bool] = is_routed
) -> tuple[NavGroup, ...]:
    """The role's tasks in groups, in order; `current` is the URL name of the page being shown."""
    groups: dict[str | Promise, list[NavItem]] = {}
    for item in items_for(role, routed=routed):
        is_current = current is not None and current in (item.url_name, *item.also)
        groups.setdefault(item.group, []).append(replace(item, current=is_current))
    return tuple(NavGroup(title=title, items=tuple(items)) for title, items in groups.items())


def bottom_bar(groups: tuple[NavGroup, ...]) -> tuple[NavItem, ...]:
    """The few tasks used most, for a phone; the others are behind "More"."""
    candidates = (item for group in groups for item in group.items if item.short)
    return tuple(candidates)[:BOTTOM_BAR_SIZE]
