"""Reactions to the module's own events: an admission survives a crash, and mails are sent apart from requests."""

from contracts.users import PasswordResetAsked, StudentAdmissionStarted
from kernel.events import Effect, subscribe
from modules.users import forgotten
from modules.users.admissions import Admission, Place, settle
from modules.users.models import PasswordReset


@subscribe(StudentAdmissionStarted)
def settle_admission(event: StudentAdmissionStarted, effect: Effect) -> None:
    """Idempotent by itself: a repeated delivery finds nothing half made."""
    place = Place(course_id=event.course_id, session_year_id=event.session_year_id, started_on=event.started_on)
    settle(effect.actor, Admission(user_id=event.user_id, student_id=event.student_id, place=place))


@subscribe(PasswordResetAsked)
def write_about_forgotten_password(event: PasswordResetAsked, effect: Effect) -> None:
    """A mail has no exactly-once: killed in between, it is sent twice, and both are good until one is used."""
    asked = PasswordReset.objects.filter(pk=event.request_id).first()
    if asked is None:
        return
    for user in forgotten.accounts_of(asked.email):
        forgotten.write_to(user)
    with effect.once():
        asked.delete()
