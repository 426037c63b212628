"""What users tells the house."""

from datetime import date

from contracts.base import Event, Instant, Role, RowsDeleted


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
    started_on: date | None = None
    """Since when the student attends; None: since the day of the enrolment."""
    at: Instant

    def aggregate(self) -> str:
        return f"user:{self.user_id}"


class PasswordResetAsked(Event, name="users.password_reset_asked", version=1):
    """Somebody forgot a password, or says so. Users itself listens, and sends the mail."""

    request_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"password_reset:{self.request_id}"


class UsersDeleted(RowsDeleted, name="users.deleted", version=1):
    """Accounts or profiles that were erased."""
