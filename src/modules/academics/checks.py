"""What must hold before academics writes: each check raises the contract's error, in words for the person who asked."""

from datetime import date
from typing import TypeVar

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.academics import EnrollmentStatus
from contracts.base import Actor, Role
from contracts.errors import Forbidden, InUse, Invalid, NotFound
from contracts.users import UsersService
from kernel.databases import serialize
from kernel.permissions import require
from kernel.refs import entity
from kernel.registry import services
from modules.academics import rules
from modules.academics.models import Course, Enrollment, SessionYear, Subject

M = TypeVar("M", bound=Model)


def existing(model: type[M], row_id: int) -> M:
    """The row, as it is now. Raises NotFound."""
    row = model._default_manager.filter(pk=row_id).first()
    if row is None:
        raise NotFound(entity=entity(model), id=row_id, message=_("It does not exist, or does not exist any more."))
    return row


def held(model: type[M], row_id: int) -> M:
    """The row, held until the transaction ends. Raises NotFound."""
    row = model._default_manager.select_for_update().filter(pk=row_id).first()
    return row or existing(model, row_id)


def require_choice(model: type[Course] | type[SessionYear], field: str, row_id: int) -> None:
    """Raises Invalid for the field unless the row is there; it then stays until the transaction ends."""
    if not model._default_manager.select_for_update(no_key=True).filter(pk=row_id).first():
        raise Invalid(fields={field: [_("This choice does not exist any more. Choose another one.")]})


def trimmed_name(name: str) -> str:
    """The name without blanks around it. Raises Invalid when it cannot be one."""
    name = name.strip()
    problem = rules.name_problem(name)
    if problem == "blank":
        raise Invalid(fields={"name": [_("Enter a name.")]})
    if problem == "too_long":
        text = _("The name is too long: at most %(limit)d characters.") % {"limit": rules.LONGEST_NAME}
        raise Invalid(fields={"name": [text]})
    if problem:
        raise Invalid(fields={"name": [_("The name holds characters that cannot be stored.")]})
    return name


def refuse_used_course_name(name: str, *, but: int = 0) -> None:
    """Inside a transaction: raises Invalid when another course has the name, in whatever case."""
    serialize("academics", "course_names")
    if Course.objects.filter(name__iexact=name).exclude(pk=but).exists():
        raise Invalid(fields={"name": [_("There is already a course with this name.")]})


def check_session_year(first_day: date, last_day: date) -> None:
    """Inside a transaction: raises Invalid when the days are reversed, or already those of a session year."""
    if rules.days_are_reversed(first_day, last_day):
        raise Invalid(fields={"last_day": [_("The last day is before the first day.")]})
    serialize("academics", "session_years")
    if SessionYear.objects.filter(first_day=first_day, last_day=last_day).exists():
        raise Invalid(fields={"first_day": [_("There is already a session year with these days.")]})


def check_start(student_id: int, session_year_id: int, started_on: date) -> None:
    """Raises Invalid unless an enrolment in this session year can have begun on that day.

    Call it while the student is held, and before the present enrolment ends.
    """
    year = existing(SessionYear, session_year_id)
    if started_on > timezone.localdate():
        raise Invalid(fields={"started_on": [_("This day is still to come.")]})
    if not year.first_day <= started_on <= year.last_day:
        raise Invalid(fields={"started_on": [_("This day is outside of the session year.")]})
    later = Q(ended_on__isnull=True) | Q(ended_on__gt=started_on)
    if Enrollment.objects.filter(later, student_id=student_id).exists():
        raise Invalid(fields={"started_on": [_("The student was enrolled elsewhere on this day.")]})


def require_teacher(actor: Actor, user_id: int) -> None:
    """Raises Invalid unless this is an active account of role staff, with or without profile."""
    found = services.get(UsersService).staff_by_user(actor=actor, user_ids=(user_id,)).get(user_id)
    if found is None or found.role is not Role.STAFF or not found.is_active:
        raise Invalid(fields={"teacher_id": [_("Choose a member of staff whose account is active.")]})


def require_student(actor: Actor, student_id: int) -> None:
    """Raises Invalid unless there is such a student."""
    system = Actor.system(request_id=actor.request_id)
    if not services.get(UsersService).existing(actor=system, entity="users.StudentProfile", ids=(student_id,)):
        raise Invalid(fields={"student_id": [_("There is no such student.")]})


def require_staff_or_self(actor: Actor, student_ids: tuple[int, ...]) -> None:
    """Raises Forbidden for students who ask about anybody but themselves."""
    if actor.role is Role.STUDENT:
        if set(student_ids) - {actor.student_id}:
            raise Forbidden(message=_("You can only see your own enrolment."))
    else:
        require(actor, Role.HOD, Role.STAFF)


def uses_inside(row: Model) -> dict[str, int]:
    """What inside academics stands in the way of erasing a row: kind in words → number."""
    if isinstance(row, Subject):
        return {}
    field = "course" if isinstance(row, Course) else "session_year"
    enrollments = Enrollment.objects.filter(**{field: row.pk})
    current = enrollments.filter(status=EnrollmentStatus.ACTIVE).count()
    uses = {
        _("subjects"): Subject.objects.filter(course=row.pk).count() if field == "course" else 0,
        _("students"): current,
        _("earlier enrolments"): enrollments.count() - current,
    }
    return {kind: count for kind, count in uses.items() if count}


def refuse_used(row: Model, uses: dict[str, int]) -> None:
    """Raises InUse when there are uses."""
    if uses:
        kinds = ", ".join(f"{count} {kind}" for kind, count in uses.items())
        raise InUse(
            used_by=uses,
            message=_("“%(name)s” is in use and stays: %(uses)s.") % {"name": row, "uses": kinds},
        )
