"""Users: who may log in, who they are in the school, and what is known about them as persons."""

from abc import ABC
from datetime import date

from pydantic import Field

from contracts.base import (
    DTO,
    Actor,
    Download,
    Event,
    Instant,
    Page,
    PageRequest,
    Role,
    RowsDeleted,
    Service,
    Upload,
    command,
    query,
)
from contracts.errors import Conflict, Invalid, LimitReached, NotFound, Unauthenticated

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


class Identity(DTO):
    """What a login stands for at this moment."""

    user_id: int
    role: Role
    profile_id: int | None
    name: str
    email: str


class LoggedIn(DTO):
    identity: Identity
    session_hash: str
    """Goes into the session; a later change of the password makes it stale and ends the session."""


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
    password: str
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


class UsersService(Service, ABC, name="users"):
    # Identity

    @command(errors=(Unauthenticated, LimitReached))
    def log_in(self, *, actor: Actor, email: str, password: str) -> LoggedIn:
        """The first active account, by id, whose e-mail is exactly this and whose password fits; old hashes are
        upgraded.

        Accounts of no role are refused. LimitReached after too many failures for the e-mail.
        """

    @query()
    def identify(self, *, actor: Actor, user_id: int, session_hash: str) -> Identity | None:
        """Whose session it is; None when the account is gone, inactive, or its password changed. For the house only."""

    # People

    @query()
    def people(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, Person]:
        """Accounts by user id; unknown ids are left out, and for students everybody but staff and themselves."""

    @query()
    def students(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Student]:
        """Students by StudentProfile's id; unknown ids are left out. HOD and staff; students for themselves."""

    @query()
    def students_by_user(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, Student]:
        """By user id, with or without profile; unknown ids are left out. HOD and staff; students for themselves."""

    @query()
    def staff(self, *, actor: Actor, staff_ids: tuple[int, ...]) -> dict[int, StaffMember]:
        """Staff by StaffProfile's id; unknown ids are left out. HOD and staff."""

    @query()
    def staff_by_user(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, StaffMember]:
        """Staff by user id, with or without profile; unknown ids are left out. HOD and staff."""

    @query()
    def list_students(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        student_ids: tuple[int, ...] | None = None,
        complete: bool | None = None,
        withdrawn: bool = False,
    ) -> Page[Student]:
        """Students, newest account first; search in names, username and e-mail; order: name, username, email,
        joined_at.

        `student_ids`: only these profiles; `complete`: only accounts with, or without, profile; `withdrawn`: those who
        were withdrawn, instead of those who were not. HOD and staff.
        """

    @query()
    def list_staff(
        self, *, actor: Actor, page: PageRequest, complete: bool | None = None, withdrawn: bool = False
    ) -> Page[StaffMember]:
        """Staff, newest account first; search, order, `complete` and `withdrawn` as for students. HOD only."""

    @query()
    def list_hods(self, *, actor: Actor, page: PageRequest) -> Page[HeadOfDepartment]:
        """Heads of department. HOD only."""

    @query()
    def counts(self, *, actor: Actor) -> PeopleCounts:
        """HOD only."""

    @query()
    def username_taken(self, *, actor: Actor, username: str) -> bool:
        """HOD only."""

    @query()
    def email_taken(self, *, actor: Actor, email: str) -> bool:
        """Whether any account has this e-mail, in whatever case. HOD only."""

    @query(errors=(NotFound,))
    def photo(self, *, actor: Actor, student_id: int) -> Download:
        """A student's picture. Anyone logged in."""

    @query(errors=(NotFound,))
    def photo_at(self, *, actor: Actor, path: str) -> Download:
        """A student's picture by its path below the media folder, as the legacy's pages name it. Anyone logged in."""

    # The HOD's work

    @command(errors=(Invalid,))
    def add_staff(self, *, actor: Actor, account: AccountFields, profile: StaffFields) -> StaffMember:
        """Create a login with its profile. HOD only. Publishes UserCreated."""

    @command(errors=(Invalid,))
    def admit_student(
        self,
        *,
        actor: Actor,
        account: AccountFields,
        profile: StudentFields,
        course_id: int,
        session_year_id: int,
        photo: Upload | None = None,
    ) -> Student:
        """Create login and profile and have academics enrol the student: all of it, or nothing that anybody sees. HOD
        only.

        While academics enrols, the student is left out of every answer but `existing`. ModuleUnavailable with
        `may_have_executed`: the admission will be completed or undone without further doing; do not repeat it. Without:
        nothing is left of it. Publishes StudentAdmissionStarted, then UserCreated when the enrolment stands.
        """

    @command(errors=(Invalid, NotFound))
    def update_staff(self, *, actor: Actor, user_id: int, changes: StaffChanges) -> StaffMember:
        """HOD only. Publishes UserUpdated."""

    @command(errors=(Invalid, NotFound))
    def update_student(
        self, *, actor: Actor, user_id: int, changes: StudentChanges, photo: Upload | None = None
    ) -> Student:
        """HOD only. Course and session year are changed through academics. Publishes UserUpdated."""

    @command(errors=(NotFound, Invalid, Conflict))
    def complete_staff(self, *, actor: Actor, user_id: int, profile: StaffFields) -> StaffMember:
        """Give a staff account without profile its profile. Conflict("complete") when it has one. HOD only."""

    @command(errors=(NotFound, Invalid, Conflict))
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
        """Give a student account without profile its profile and enrolment. HOD only.

        Conflict("complete") when it has one, Conflict("pending") while that is under way. Otherwise as `admit_student`.
        """

    @command(errors=(NotFound, Conflict))
    def remove_incomplete(self, *, actor: Actor, user_id: int) -> Removal:
        """As `remove_person`, for an account without profile; Conflict("complete") when it has one. HOD only."""

    @command(errors=(NotFound, Conflict))
    def remove_person(self, *, actor: Actor, user_id: int) -> Removal:
        """Remove a staff member or student. History is kept: who has any is withdrawn, unable to log in and
        restorable. HOD only.

        Conflict("withdrawn") when removed before, Conflict("pending") while an enrolment is under way. Publishes
        UserWithdrawn or, when erased, UsersDeleted.
        """

    @command(errors=(NotFound,))
    def restore_person(self, *, actor: Actor, user_id: int) -> Person:
        """Undo a withdrawal: back in the lists, and able to log in. HOD only. Publishes UserRestored when it did."""

    @command(errors=(NotFound, Conflict))
    def set_active(self, *, actor: Actor, user_id: int, active: bool) -> Person:
        """Let an account log in or not. HOD only; Conflict("self") for one's own account."""

    @command(errors=(NotFound, Invalid))
    def reset_password(self, *, actor: Actor, user_id: int, new_password: str) -> None:
        """Set the password of a staff member or student; HODs are not found here. HOD only. Ends all their sessions."""

    # One's own account

    @query(errors=(NotFound,))
    def own_profile(self, *, actor: Actor) -> StaffMember | Student | HeadOfDepartment:
        """Whoever is logged in, as the kind of person that they are."""

    @command(errors=(Invalid,))
    def update_own_profile(self, *, actor: Actor, changes: OwnChanges) -> LoggedIn:
        """Returns the login as it is after the change, since a new password makes the session's hash stale."""

    @command(errors=(Invalid,))
    def change_own_password(self, *, actor: Actor, old_password: str, new_password: str) -> LoggedIn:
        """Invalid when the old password is wrong or the new one breaks the rules."""


class UserEvent(Event):
    user_id: int
    role: Role
    profile_id: int | None
    at: Instant

    def aggregate(self) -> str:
        return f"user:{self.user_id}"


class UserCreated(UserEvent, name="users.created", version=1):
    """A complete person joined the school."""


class UserUpdated(UserEvent, name="users.updated", version=1):
    """Names, e-mail or profile changed."""


class UserWithdrawn(UserEvent, name="users.withdrawn", version=1):
    """Left the lists and cannot log in; history stays."""


class UserRestored(UserEvent, name="users.restored", version=1):
    """A withdrawal was undone."""


class StudentAdmissionStarted(Event, name="users.student_admission_started", version=1):
    """A student was entered and waits, unseen, to be enrolled. Users itself listens, and finishes or undoes what a
    crash left.
    """

    user_id: int
    student_id: int
    course_id: int
    session_year_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"user:{self.user_id}"


class UsersDeleted(RowsDeleted, name="users.deleted", version=1):
    """Accounts or profiles that were erased."""
