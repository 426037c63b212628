"""The service interface of users."""

from abc import ABC
from datetime import date

from contracts.base import Actor, Download, Page, PageRequest, Service, Upload, command, query
from contracts.errors import Conflict, Invalid, LimitReached, NotFound, Unauthenticated
from contracts.users.identity import NOWHERE, Identity, LoggedIn, Origin, PublicKey, SessionInfo, Tokens
from contracts.users.people import (
    AccountFields,
    HeadOfDepartment,
    OwnChanges,
    PeopleCounts,
    Person,
    Removal,
    StaffChanges,
    StaffFields,
    StaffMember,
    Student,
    StudentChanges,
    StudentFields,
)


class UsersService(Service, ABC, name="users"):
    # Logins and sessions

    @command(errors=(Unauthenticated, LimitReached))
    def log_in(self, *, actor: Actor, email: str, password: str, origin: Origin = NOWHERE) -> LoggedIn:
        """The first active account, by id, whose e-mail is exactly this and whose password fits; old hashes are
        upgraded. Begins a session of a page, coming from `origin`.

        Accounts of no role are refused. LimitReached after too many failures for the e-mail or from the address.
        """

    @query()
    def identify(self, *, actor: Actor, user_id: int, session_hash: str, session_id: str) -> Identity | None:
        """Whose session of a page it is; None when it has ended or expired, or when the account is gone, inactive, or
        its password changed. For the house only.
        """

    @command(idempotent=True)
    def adopt_session(
        self, *, actor: Actor, user_id: int, session_hash: str, session_id: str, origin: Origin
    ) -> Identity | None:
        """Take in a page's session that was begun elsewhere (by the legacy, by the admin site's own login), so that it
        can be listed and ended like all others. None as for `identify`. For the house only.

        `session_id` is chosen by the caller, the same each time for the same session: what has ended stays so.
        """

    @command(idempotent=True)
    def note_session_seen(self, *, actor: Actor, session_id: str, origin: Origin) -> None:
        """The session is in use, now and from there. For the house only, at most once a minute or so."""

    @query()
    def own_sessions(self, *, actor: Actor, page: PageRequest) -> Page[SessionInfo]:
        """Where one is logged in, last seen first; order: last_seen_at, created_at."""

    @query(errors=(NotFound,))
    def sessions_of(self, *, actor: Actor, user_id: int, page: PageRequest) -> Page[SessionInfo]:
        """Where a person is logged in, as `own_sessions`. HOD only."""

    @command(idempotent=True, errors=(NotFound,))
    def end_session(self, *, actor: Actor, session_id: str) -> None:
        """Log out there: one's own session, or, as HOD, anybody's. One that has ended stays so."""

    @command(idempotent=True)
    def end_other_sessions(self, *, actor: Actor) -> int:
        """Log out everywhere but in the actor's own session; returns in how many places."""

    @command(idempotent=True, errors=(NotFound,))
    def end_sessions_of(self, *, actor: Actor, user_id: int) -> int:
        """Log a person out everywhere, but for the actor's own session; returns in how many places. HOD only."""

    # Programs

    @command(errors=(Unauthenticated, LimitReached))
    def log_in_for_tokens(self, *, actor: Actor, username: str, password: str, origin: Origin = NOWHERE) -> Tokens:
        """As `log_in`, by username or e-mail, for a program: begins a session of its own."""

    @command(errors=(Unauthenticated,))
    def refresh_tokens(self, *, actor: Actor, refresh_token: str, origin: Origin = NOWHERE) -> Tokens:
        """A new pair for a refresh token, which is used up by it; used a second time it ends the session, since one of
        its two owners stole it. Anyone who has one.
        """

    @query()
    def identify_program(self, *, actor: Actor, session_id: str) -> Identity | None:
        """Whose session of a program it is; None when it has ended or expired, or when the account is gone, inactive,
        or its password changed. For the house only.
        """

    @query()
    def own_identity(self, *, actor: Actor) -> Identity:
        """Who one is. Anyone logged in."""

    @query()
    def public_keys(self, *, actor: Actor) -> tuple[PublicKey, ...]:
        """The keys by which access tokens are checked. Anyone."""

    # Forgotten passwords

    @command(errors=(LimitReached,))
    def request_password_reset(self, *, actor: Actor, email: str, origin: Origin = NOWHERE) -> None:
        """Have a mail sent to this address, with a link for each account that has it. Anyone.

        What is answered, and when, is the same whether there is one. LimitReached when it is asked too often.
        """

    @command(errors=(Invalid,))
    def reset_forgotten_password(self, *, actor: Actor, token: str, new_password: str) -> None:
        """Set a new password by the token of such a mail, which is good once, for a while, and until the password is
        changed. Ends all sessions. Anyone who has one.

        Invalid names `token` when it is not good, and `new_password` when that breaks the rules.
        """

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
    def photo(self, *, actor: Actor, student_id: int, small: bool = False) -> Download:
        """A student's picture, or a small square of it for lists. Anyone logged in."""

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
        started_on: date | None = None,
    ) -> Student:
        """Create login and profile and have academics enrol the student: all of it, or nothing that anybody sees. HOD
        only. The enrolment begins today, or has begun on `started_on`, if academics accepts that (Invalid otherwise).

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
        """Let an account log in or not. HOD only; Conflict("self") for one's own account. Closing it ends all its
        sessions.
        """

    @command(errors=(NotFound, Invalid))
    def reset_password(self, *, actor: Actor, user_id: int, new_password: str) -> None:
        """Set the password of a staff member or student; HODs are not found here. HOD only. Ends all their sessions."""

    # One's own account

    @query(errors=(NotFound,))
    def own_profile(self, *, actor: Actor) -> StaffMember | Student | HeadOfDepartment:
        """Whoever is logged in, as the kind of person that they are."""

    @command(errors=(Invalid,))
    def update_own_profile(self, *, actor: Actor, changes: OwnChanges) -> LoggedIn:
        """Returns the login as it is after the change: a new password makes the session's hash stale, and ends all
        other sessions.
        """

    @command(errors=(Invalid,))
    def change_own_password(self, *, actor: Actor, old_password: str, new_password: str) -> LoggedIn:
        """Invalid when the old password is wrong or the new one breaks the rules. Ends all other sessions."""
