"""Several students, moved to another class or taken out at once. Ids are those of accounts."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.academics import AcademicsService
from contracts.base import Actor, Role
from contracts.users import Student, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.bulk import BulkAction, Selection, bulk_page
from portal.classes import Places
from portal.forms.classes import ClassForm

MOVE, REMOVE = "move", "remove"


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def students_selected(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    selection = Selection.from_request(request, reverse("manage_student"))
    found = services.get(UsersService).students_by_user(actor=actor, user_ids=selection.ids)
    students = {user_id: found[user_id] for user_id in selection.ids if user_id in found and is_member(found[user_id])}
    return (_move if selection.action == MOVE else _remove)(request, actor, selection, students)


def is_member(student: Student) -> bool:
    """Neither withdrawn nor an account without profile: who can be in a class."""
    return student.profile_id is not None and not student.is_withdrawn


def _rows(students: Mapping[int, Student]) -> dict[int, str]:
    return {user_id: f"{student.full_name} ({student.username})" for user_id, student in students.items()}


def _move(
    request: HttpRequest, actor: Actor, selection: Selection, students: Mapping[int, Student]
) -> HttpResponseBase:
    places, count = Places(actor), len(students)
    profiles = {user_id: s.profile_id for user_id, s in students.items() if s.profile_id is not None}
    academics = services.get(AcademicsService)
    form = ClassForm(request.POST if request.method == "POST" else None, courses=places.courses, years=places.years)
    action = BulkAction(
        ngettext("Move %(n)d student?", "Move %(n)d students?", count) % {"n": count},
        ngettext("Move %(n)d student", "Move %(n)d students", count) % {"n": count},
        [
            _("Their present course and session year end today, and the new ones begin."),
            _("Attendance, marks and everything else that was recorded stays."),
        ],
        lambda n: ngettext("%(n)d student moved.", "%(n)d students moved.", n) % {"n": n},
    )

    def move(user_id: int) -> object:
        return academics.enroll(actor=actor, student_id=profiles[user_id], **form.cleaned_data)

    return bulk_page(request, selection, action, _rows(students), move, form=form)


def _remove(
    request: HttpRequest, actor: Actor, selection: Selection, students: Mapping[int, Student]
) -> HttpResponseBase:
    count = len(students)
    action = BulkAction(
        ngettext("Delete %(n)d student?", "Delete %(n)d students?", count) % {"n": count},
        ngettext("Delete %(n)d student", "Delete %(n)d students", count) % {"n": count},
        [
            _("They can no longer log in, and are in no list and no class any more."),
            _(
                "Whoever has attendance, marks, fines, leave or feedback keeps it, and can be restored at any time: "
                "filter the list by “Withdrawn”."
            ),
            _("Whoever has nothing of that is erased for good."),
        ],
        lambda n: ngettext("%(n)d student deleted.", "%(n)d students deleted.", n) % {"n": n},
        danger=True,
    )
    users = services.get(UsersService)
    return bulk_page(
        request,
        selection,
        action if selection.action == REMOVE else None,
        _rows(students),
        lambda user_id: users.remove_person(actor=actor, user_id=user_id),
    )
