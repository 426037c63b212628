"""Reads of people, straight from rows to DTOs. Half-made accounts are left out of all of them."""

from collections.abc import Callable
from typing import Any

from django.db.models import BooleanField, Case, CharField, F, FilteredRelation, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from pydantic import TypeAdapter

from contracts.base import Role
from contracts.users import HeadOfDepartment, Identity, Person, SessionKind, StaffMember, Student
from kernel.paging import Orders
from modules.users.models import StudentProfile, User
from modules.users.rules import USER_TYPES

Rows = QuerySet[User, Any]

ORDER: Orders = {
    "name": (Lower("first_name"), Lower("last_name")),
    "username": "username",
    "email": "email",
    "joined_at": "date_joined",
}
PROFILE_NAMES = {Role.HOD: "hod_profile", Role.STAFF: "staff_profile", Role.STUDENT: "whole_profile"}
SEARCH = ("first_name", "last_name", "username", "email")

_ROLE = Case(
    *(When(user_type=user_type, then=Value(role.value)) for role, user_type in USER_TYPES.items()),
    default=Value(Role.NONE.value),
    output_field=CharField(),
)
_PROFILE_ID = Case(
    When(user_type=USER_TYPES[Role.HOD], then=F("hod_profile__id")),
    When(user_type=USER_TYPES[Role.STAFF], then=F("staff_profile__id")),
    When(user_type=USER_TYPES[Role.STUDENT], then=F("whole_profile__id")),
)
_PLAIN = ("username", "email", "first_name", "last_name", "is_active")
_CREDENTIALS = ("password", "sessions_before_renewal")
_IDENTITY = ("id", *_CREDENTIALS, *_PLAIN)
_IS_WITHDRAWN = Case(
    When(withdrawn_at=None, then=Value(False)),
    default=Value(True),
    output_field=BooleanField(),
)
_COMMON: dict[str, Any] = {
    "user_id": F("id"),
    "role": _ROLE,
    "joined_at": F("date_joined"),
    "is_withdrawn": _IS_WITHDRAWN,
}

_people = TypeAdapter(tuple[Person, ...])
_students = TypeAdapter(tuple[Student, ...])
_staff = TypeAdapter(tuple[StaffMember, ...])
_hods = TypeAdapter(tuple[HeadOfDepartment, ...])


def visible() -> Rows:
    """Accounts that anybody may come to see. `whole_profile` is a student's profile, unless it is half made."""
    return User.objects.filter(half_made=False).annotate(
        whole_profile=FilteredRelation("student_profile", condition=Q(student_profile__half_made=False))
    )


def of_role(role: Role) -> Rows:
    return visible().filter(user_type=USER_TYPES[role])


def listed(role: Role, *, complete: bool | None = None, withdrawn: bool = False) -> Rows:
    """Those of a role who were (not) withdrawn; `complete`: with profile, or without."""
    rows = of_role(role).filter(withdrawn_at__isnull=not withdrawn)
    if complete is not None:
        rows = rows.filter(**{f"{PROFILE_NAMES[role]}__isnull": not complete})
    return rows


def with_student_ids(rows: Rows, student_ids: tuple[int, ...]) -> Rows:
    """By way of their accounts: through the outer join alone, a database would look at every student."""
    accounts = StudentProfile.objects.filter(pk__in=student_ids).values("user_id")
    return rows.filter(Q(("whole_profile__id__in", student_ids)), pk__in=accounts)


def build_people(rows: Rows) -> tuple[Person, ...]:
    """The rows as DTOs, in one query."""
    return _people.validate_python(list(rows.values(*_PLAIN, **_COMMON, profile_id=_PROFILE_ID)))


def build_students(rows: Rows) -> tuple[Student, ...]:
    """The rows, which are students', as DTOs, in one query."""
    texts = ("gender", "address", "student_number", "guardian_name", "guardian_phone", "phone")
    return _students.validate_python(
        list(
            rows.values(
                *_PLAIN,
                **_COMMON,
                **_texts("whole_profile", texts),
                profile_id=F("whole_profile__id"),
                birth_date=F("whole_profile__birth_date"),
                has_photo=Case(
                    When(whole_profile__profile_pic__gt="", then=Value(True)),
                    default=Value(False),
                    output_field=BooleanField(),
                ),
            )
        )
    )


def build_staff(rows: Rows) -> tuple[StaffMember, ...]:
    """The rows, which are teachers', as DTOs, in one query."""
    texts = ("address", "employee_number", "department", "designation", "phone")
    return _staff.validate_python(
        list(
            rows.values(
                *_PLAIN,
                **_COMMON,
                **_texts("staff_profile", texts),
                profile_id=F("staff_profile__id"),
                joining_date=F("staff_profile__joining_date"),
            )
        )
    )


def build_hods(rows: Rows) -> tuple[HeadOfDepartment, ...]:
    """The rows, which are HODs', as DTOs, in one query."""
    return _hods.validate_python(
        list(
            rows.values(
                *_PLAIN,
                **_COMMON,
                **_texts("hod_profile", ("department", "phone")),
                profile_id=F("hod_profile__id"),
            )
        )
    )


def _texts(profile: str, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: Coalesce(F(f"{profile}__{field}"), Value(""), output_field=TextField()) for field in fields}


BUILDERS: dict[Role, Callable[[Rows], tuple[StaffMember | Student | HeadOfDepartment, ...]]] = {
    Role.HOD: build_hods,
    Role.STAFF: build_staff,
    Role.STUDENT: build_students,
}


def identity_rows(rows: Rows) -> list[dict[str, Any]]:
    """What an identity is made of, and the password's hash, in one query."""
    return list(rows.values(*_IDENTITY, role=_ROLE, profile_id=_PROFILE_ID))


def identity_rows_in_session(rows: Rows, *, public_id: str, kind: SessionKind) -> list[dict[str, Any]]:
    """As `identity_rows`, with the session on which it rests; none unless that lives. In one query as well."""
    rows = rows.filter(
        sessions__public_id=public_id,
        sessions__kind=kind,
        sessions__ended_at=None,
        sessions__expires_at__gt=timezone.now(),
    )
    session = {"session_id": F("sessions__public_id"), "session_seen_at": F("sessions__last_seen_at")}
    return list(
        rows.values(*_IDENTITY, **session, credential=F("sessions__credential"), role=_ROLE, profile_id=_PROFILE_ID)
    )


def account_of(row: dict[str, Any]) -> User:
    """Of the account of such a row, what tells whose a session is."""
    return User(**{field: row[field] for field in _CREDENTIALS})


def to_identity(row: dict[str, Any], *, session_id: str | None = None) -> Identity:
    """As an actor, only staff and students go by the id of their profile."""
    role = Role(row["role"])
    return Identity(
        user_id=row["id"],
        role=role,
        profile_id=row["profile_id"] if role in (Role.STAFF, Role.STUDENT) else None,
        name=f"{row['first_name']} {row['last_name']}".strip() or row["username"],
        email=row["email"],
        session_id=row.get("session_id", session_id),
        session_seen_at=row.get("session_seen_at"),
    )


def username_taken(username: str, *, besides: int | None = None) -> bool:
    """Whether another account has this username, in whatever case."""
    return _taken("username", username, besides)


def email_taken(email: str, *, besides: int | None = None) -> bool:
    """Whether another account has this e-mail, in whatever case."""
    return _taken("email", email, besides)


def _taken(field: str, value: str, besides: int | None) -> bool:
    if "\0" in value:  # no stored text holds it, and PostgreSQL refuses to be asked
        return False
    # Both sides are folded by the database, so that its idea of lower case is the same on both.
    rows = User.objects.annotate(folded=Lower(field)).filter(folded=Lower(Value(value)))
    return rows.exclude(pk=besides or 0).exists()
