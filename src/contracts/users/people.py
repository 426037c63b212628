"""People as DTOs: what is known about accounts and persons, and what may be said when adding or changing them."""

from datetime import date

from pydantic import Field

from contracts.base import DTO, Instant, Role

PHOTO_MAX_BYTES = 5 * 1024 * 1024


class Person(DTO):
    """An account and the name behind it."""

    user_id: int
    role: Role
    profile_id: int | None
    """StaffProfile's, StudentProfile's or HodProfile's id; None for an incomplete account."""
    username: str
    email: str
    first_name: str
    last_name: str
    is_active: bool
    is_withdrawn: bool = False
    """Removed, with `restore_person` to undo it."""
    joined_at: Instant

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username


class StaffMember(Person):
    """A teacher. Without profile (`profile_id` None) the profile's fields are empty."""

    address: str
    employee_number: str
    department: str
    designation: str
    phone: str
    joining_date: date | None


class Student(Person):
    """A student; without profile (`profile_id` None) its fields are empty. Course and year are academics' to tell."""

    gender: str
    address: str
    has_photo: bool
    student_number: str
    birth_date: date | None
    guardian_name: str
    guardian_phone: str
    phone: str


class HeadOfDepartment(Person):
    department: str
    phone: str


class PeopleCounts(DTO):
    """Members of the school by role, able to log in or not, and accounts without profile. Not those withdrawn."""

    students: int
    staff: int
    hods: int
    incomplete: int


class AccountFields(DTO):
    """What every account needs. `password` is checked against the rules and never returned."""

    username: str
    email: str
    password: str = Field(repr=False)
    first_name: str
    last_name: str


class StaffFields(DTO):
    address: str = ""
    employee_number: str = ""
    department: str = ""
    designation: str = ""
    phone: str = ""
    joining_date: date | None = None


class StudentFields(DTO):
    gender: str = ""
    address: str = ""
    student_number: str = ""
    birth_date: date | None = None
    guardian_name: str = ""
    guardian_phone: str = ""
    phone: str = ""


class AccountChanges(DTO):
    """Fields that are None stay as they are."""

    username: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class StaffChanges(AccountChanges):
    address: str | None = None
    employee_number: str | None = None
    department: str | None = None
    designation: str | None = None
    phone: str | None = None
    joining_date: date | None = None


class StudentChanges(AccountChanges):
    gender: str | None = None
    address: str | None = None
    student_number: str | None = None
    birth_date: date | None = None
    guardian_name: str | None = None
    guardian_phone: str | None = None
    phone: str | None = None


class OwnChanges(DTO):
    """What people may change about themselves. An empty or missing password keeps the old one."""

    first_name: str | None = None
    last_name: str | None = None
    address: str | None = None
    phone: str | None = None
    password: str = Field(default="", repr=False)


class Removal(DTO):
    """How a person was removed: `erased` when nothing referred to the account, otherwise withdrawn and restorable."""

    user_id: int
    erased: bool
