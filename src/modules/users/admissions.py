"""Admitting a student: login and profile here, enrolment in academics. A process: no transaction spans two modules.

1. Everything is checked first.
2. Account and profile are entered half made, seen by nobody, together with StudentAdmissionStarted.
3. Academics is asked to enrol the student: idempotent, so it may be asked again.
4. Account and profile become whole, or, when academics refuses, are erased.

Whoever pressed the button gets one answer: when academics cannot be reached, the admission is undone at once; only when
nobody can say whether the enrolment happened does it stay half made. The module's own subscriber then settles it, as it
does after a crash: it asks again until academics answers, and finishes or undoes. Both may be at work at the same time;
steps 3 and 4 are idempotent, and whoever comes to the enrolment of a student already erased ends it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService
from contracts.base import Actor, Role, utc_now
from contracts.errors import Conflict, Forbidden, Invalid, ModuleUnavailable
from contracts.users import StudentAdmissionStarted
from kernel import audit
from kernel.databases import atomic
from kernel.events import publish
from kernel.refs import erase
from kernel.registry import services
from modules.users import accounts
from modules.users.models import StudentProfile, User


@dataclass(frozen=True)
class Place:
    """Where a student is to be enrolled."""

    course_id: int
    session_year_id: int
    started_on: date | None = None
    """Since when the student attends; None: from today."""

    def problems(self, actor: Actor) -> dict[str, list[str]]:
        """Whether course and session year exist; academics is asked."""
        academics = services.get(AcademicsService)
        text = _("Select a valid choice. %(value)d is not one of the available choices.")
        problems = {}
        if self.course_id not in academics.courses(actor=actor, ids=(self.course_id,)):
            problems["course_id"] = [text % {"value": self.course_id}]
        if self.session_year_id not in academics.session_years(actor=actor, ids=(self.session_year_id,)):
            problems["session_year_id"] = [text % {"value": self.session_year_id}]
        return problems


@dataclass(frozen=True)
class Admission:
    user_id: int
    student_id: int
    place: Place


def enter(
    actor: Actor,
    account: Mapping[str, Any],
    profile: Mapping[str, Any],
    place: Place,
    *,
    password_hash: str,
    picture: str,
) -> Admission:
    """Step 2 for somebody new. Raises Invalid when the name or e-mail was taken meanwhile."""
    with atomic(accounts.MODULE):
        user = accounts.create_account(Role.STUDENT, account, password_hash=password_hash, half_made=True)
        return _enter_profile(actor, user, profile, place, picture)


def enter_profile(actor: Actor, user_id: int, profile: Mapping[str, Any], place: Place, *, picture: str) -> Admission:
    """Step 2 for an account without profile. Raises NotFound, Conflict("complete") and Conflict("pending")."""
    with atomic(accounts.MODULE):
        user = accounts.locked(user_id, Role.STUDENT)
        if accounts.settled_profile_of(user):
            raise Conflict(reason="complete", message=_("This account has a complete profile."))
        return _enter_profile(actor, user, profile, place, picture)


def _enter_profile(actor: Actor, user: User, values: Mapping[str, Any], place: Place, picture: str) -> Admission:
    profile = StudentProfile.objects.create(user=user, **values, profile_pic=picture, half_made=True)
    audit.record(actor=actor, action="users.admission_started", target=f"User:{user.pk}")
    publish(
        StudentAdmissionStarted(
            user_id=user.pk,
            student_id=profile.pk,
            course_id=place.course_id,
            session_year_id=place.session_year_id,
            started_on=place.started_on,
            at=utc_now(),
        )
    )
    return Admission(user_id=user.pk, student_id=profile.pk, place=place)


def carry_out(actor: Actor, admission: Admission) -> None:
    """Steps 3 and 4 for the person who waits. Returns when the student is whole.

    Raises Invalid when academics refuses; ModuleUnavailable when it cannot be reached: with `may_have_executed` False
    nothing is left of the admission, with True it will be settled later.
    """
    try:
        _enroll(actor, admission)
    except (Invalid, Forbidden):
        if undo(actor, admission):
            raise
        return
    except ModuleUnavailable as error:
        if not (error.may_have_executed and _is_enrolled(actor, admission)):
            if undo(actor, admission):
                text = _("The student was not admitted, since academics cannot be reached. Try again later.")
                raise ModuleUnavailable(module=error.module, message=text) from error
            return
    if not finish(actor, admission):
        _withdraw(actor, admission)
        text = _("Course or session year changed at this very moment. Nothing was kept; try again.")
        raise Invalid(fields={"course_id": [text]})


def settle(actor: Actor, admission: Admission) -> None:
    """Steps 3 and 4 for what a crash or an outage left behind; nothing when it is settled already.

    Raises ModuleUnavailable while academics cannot be reached: try again later.
    """
    if not StudentProfile.objects.filter(pk=admission.student_id, half_made=True).exists():
        return
    try:
        _enroll(actor, admission)
    except (Invalid, Forbidden):
        undo(actor, admission)
        return
    if not finish(actor, admission):
        _withdraw(actor, admission)


def finish(actor: Actor, admission: Admission) -> bool:
    """Make the student whole, once. False when account or profile are gone."""
    with atomic(accounts.MODULE):
        user, profile = _held(admission)
        if user is None or profile is None:
            return False
        if profile.half_made:
            was_incomplete = not user.half_made
            user.half_made = profile.half_made = False
            user.save(update_fields=["half_made"])
            profile.save(update_fields=["half_made"])
            accounts.welcome(actor, user, profile, was_incomplete=was_incomplete)
        return True


def undo(actor: Actor, admission: Admission) -> bool:
    """Erase what is half made: account and profile, or the profile of an account that was there before.

    False when all is whole.
    """
    with atomic(accounts.MODULE):
        user, profile = _held(admission)
        if user is None or profile is None:
            return True
        if not profile.half_made:
            return False
        audit.record(actor=actor, action="users.admission_undone", target=f"User:{user.pk}")
        if user.half_made:
            accounts.erase_account(user, profile)
        else:
            accounts.forget_picture(profile)
            erase(StudentProfile.objects.filter(pk=profile.pk))
        return True


def _held(admission: Admission) -> tuple[User | None, StudentProfile | None]:
    user = User.objects.select_for_update().filter(pk=admission.user_id).first()
    return user, StudentProfile.objects.select_for_update().filter(pk=admission.student_id).first()


def _enroll(actor: Actor, admission: Admission) -> None:
    services.get(AcademicsService).enroll(
        actor=actor,
        student_id=admission.student_id,
        course_id=admission.place.course_id,
        session_year_id=admission.place.session_year_id,
        started_on=admission.place.started_on,
    )


def _is_enrolled(actor: Actor, admission: Admission) -> bool:
    """Asked after an enrolment of which nobody knows whether it happened. Raises ModuleUnavailable if it stays so."""
    try:
        found = services.get(AcademicsService).current_enrollments(actor=actor, student_ids=(admission.student_id,))
    except ModuleUnavailable as error:
        text = _(
            "Academics does not answer. The admission goes on by itself and will be completed or undone within "
            "minutes; do not enter the student again before that."
        )
        raise ModuleUnavailable(module=error.module, may_have_executed=True, message=text) from error
    return admission.student_id in found


def _withdraw(actor: Actor, admission: Admission) -> None:
    services.get(AcademicsService).withdraw(actor=actor, student_id=admission.student_id)
