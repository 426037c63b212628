"""The HOD's work on people: adding, admitting, changing, completing."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from contracts.base import Actor, Role, Upload
from contracts.errors import Conflict, Invalid
from contracts.users import (
    AccountFields,
    Person,
    StaffChanges,
    StaffFields,
    StaffMember,
    Student,
    StudentChanges,
    StudentFields,
    UsersService,
)
from kernel import audit
from kernel.databases import atomic
from kernel.permissions import require
from modules.users import accounts, admissions, checks, photos, queries, sessions
from modules.users.models import EndReason, StaffProfile, StudentProfile, User


class Administration(UsersService):
    def add_staff(self, *, actor: Actor, account: AccountFields, profile: StaffFields) -> StaffMember:
        require(actor, Role.HOD)
        values, kept = checks.given(account), checks.given(profile)
        _refuse(checks.new_account_problems(account) | checks.field_problems(StaffProfile, kept))
        password_hash = make_password(account.password)
        with atomic(self.module):
            user = accounts.create_account(Role.STAFF, values, password_hash=password_hash)
            accounts.welcome(actor, user, StaffProfile.objects.create(user=user, **kept))
        return _teacher(user.pk)

    def admit_student(
        self,
        *,
        actor: Actor,
        account: AccountFields,
        profile: StudentFields,
        course_id: int,
        session_year_id: int,
        photo: Upload | None = None,
        started_on: date | None = None,
    ) -> Student:
        require(actor, Role.HOD)
        values, kept = checks.given(account), checks.given(profile)
        place = admissions.Place(course_id=course_id, session_year_id=session_year_id, started_on=started_on)
        picture, problems = _checked(photo)
        _refuse(
            checks.new_account_problems(account)
            | checks.field_problems(StudentProfile, kept)
            | place.problems(actor)
            | problems
        )
        password_hash = make_password(account.password)
        with photos.stored(picture) as path:
            admission = admissions.enter(actor, values, kept, place, password_hash=password_hash, picture=path)
        admissions.carry_out(actor, admission)
        return _student(admission.user_id)

    def update_staff(self, *, actor: Actor, user_id: int, changes: StaffChanges) -> StaffMember:
        require(actor, Role.HOD)
        with atomic(self.module):
            accounts.hold_names()
            user = accounts.locked(user_id, Role.STAFF)
            accounts.change(actor, user, accounts.whole_profile_of(user), checks.given(changes))
        return _teacher(user_id)

    def update_student(
        self, *, actor: Actor, user_id: int, changes: StudentChanges, photo: Upload | None = None
    ) -> Student:
        require(actor, Role.HOD)
        picture, problems = _checked(photo)
        _refuse(problems)
        with photos.stored(picture) as path, atomic(self.module):
            accounts.hold_names()
            user = accounts.locked(user_id, Role.STUDENT)
            accounts.change(actor, user, accounts.whole_profile_of(user), checks.given(changes), picture=path)
        return _student(user_id)

    def complete_staff(self, *, actor: Actor, user_id: int, profile: StaffFields) -> StaffMember:
        require(actor, Role.HOD)
        kept = checks.given(profile)
        with atomic(self.module):
            user = accounts.locked(user_id, Role.STAFF)
            if accounts.profile_of(user):
                raise Conflict(reason="complete", message=_("This account has a complete profile."))
            _refuse(checks.field_problems(StaffProfile, kept))
            made = StaffProfile.objects.create(user=user, **kept)
            accounts.welcome(actor, user, made, was_incomplete=True)
        return _teacher(user_id)

    def complete_student(
        self,
        *,
        actor: Actor,
        user_id: int,
        profile: StudentFields,
        course_id: int,
        session_year_id: int,
        photo: Upload | None = None,
    ) -> Student:
        require(actor, Role.HOD)
        if not queries.listed(Role.STUDENT).filter(pk=user_id).exists():
            raise accounts.missing(user_id)
        kept = checks.given(profile)
        place = admissions.Place(course_id=course_id, session_year_id=session_year_id)
        picture, problems = _checked(photo)
        _refuse(checks.field_problems(StudentProfile, kept) | place.problems(actor) | problems)
        with photos.stored(picture) as path:
            admission = admissions.enter_profile(actor, user_id, kept, place, picture=path)
        admissions.carry_out(actor, admission)
        return _student(user_id)

    def set_active(self, *, actor: Actor, user_id: int, active: bool) -> Person:
        require(actor, Role.HOD)
        if user_id == actor.user_id:
            raise Conflict(reason="self", message=_("You cannot close your own account."))
        with atomic(self.module):
            user = accounts.locked(user_id)
            if user.is_active != active:
                user.is_active = active
                user.save(update_fields=["is_active"])
                if not active:
                    sessions.end_all(user_id, EndReason.CLOSED)
                action = "users.activated" if active else "users.deactivated"
                audit.record(actor=actor, action=action, target=f"User:{user_id}")
        return person(user_id)

    def reset_password(self, *, actor: Actor, user_id: int, new_password: str) -> None:
        require(actor, Role.HOD)
        people = (Role.STAFF, Role.STUDENT)
        user = User.objects.filter(pk=user_id, half_made=False, withdrawn_at=None).first()
        if user is None or user.role not in people:
            raise accounts.missing(user_id)
        _refuse(checks.password_problems(new_password, user, field="new_password"))
        password_hash = make_password(new_password)
        with atomic(self.module):
            user = accounts.locked(user_id, *people)
            accounts.set_password(actor, user, password_hash, action="users.password_reset")


def _checked(photo: Upload | None) -> tuple[bytes | None, checks.Problems]:
    """The picture, or what is wrong with it, to be told together with the other fields."""
    try:
        return photos.checked(photo), {}
    except Invalid as error:
        return None, error.fields


def _refuse(problems: checks.Problems) -> None:
    if problems:
        raise Invalid(fields=problems)


def person(user_id: int) -> Person:
    return queries.build_people(queries.visible().filter(pk=user_id))[0]


def _teacher(user_id: int) -> StaffMember:
    return queries.build_staff(queries.of_role(Role.STAFF).filter(pk=user_id))[0]


def _student(user_id: int) -> Student:
    return queries.build_students(queries.of_role(Role.STUDENT).filter(pk=user_id))[0]
