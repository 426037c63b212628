"""Users over REST: people below /api/v1/users/, logging in and out below /api/v1/auth/."""

from contracts.base import Actor, Upload
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.users import (
    HeadOfDepartment,
    LoggedIn,
    OwnChanges,
    StaffMember,
    Student,
    StudentChanges,
    UsersService,
)
from kernel.registry import services
from kernel.rest import ANYONE, HOD, TEACHING, Api, Keep, composed, creates, does, one, reads

users = Api(UsersService)
auth = Api(UsersService, "auth")

ORDERS = ("name", "username", "email", "joined_at")
SESSION_ORDERS = ("last_seen_at", "created_at")

PERSON = one(UsersService.people, "user_id", "users.User")
STUDENT = one(UsersService.students_by_user, "user_id", "users.User")
STUDENT_BY_PROFILE = one(UsersService.students, "student_id", "users.StudentProfile")
STAFF = one(UsersService.staff_by_user, "user_id", "users.User")
STAFF_BY_PROFILE = one(UsersService.staff, "staff_id", "users.StaffProfile")

Own = StaffMember | Student | HeadOfDepartment


def no_browser(login: LoggedIn) -> None:
    """Nothing is to be kept."""


@composed("command", errors=(NotFound,))
def log_out(*, actor: Actor) -> None:
    """End the session of the token or cookie that this is asked with. Anyone logged in."""
    if actor.session_id is not None:
        services.get(UsersService).end_session(actor=actor, session_id=actor.session_id)


@composed("command", errors=(Invalid, Forbidden))
def change_password(*, actor: Actor, old_password: str, new_password: str, keep: Keep = no_browser) -> None:
    """Ends all other sessions. Invalid when the old password is wrong or the new one breaks the rules."""
    known = services.get(UsersService)
    keep(known.change_own_password(actor=actor, old_password=old_password, new_password=new_password))


@composed("command", errors=(Invalid, NotFound, Forbidden))
def update_profile(*, actor: Actor, changes: OwnChanges, keep: Keep = no_browser) -> Own:
    """Fields that are left out stay as they are; a password, too, may be given. Anyone, about themselves."""
    known = services.get(UsersService)
    keep(known.update_own_profile(actor=actor, changes=changes))
    return known.own_profile(actor=actor)


@composed("command", errors=(Invalid, NotFound))
def update_student(*, actor: Actor, user_id: int, changes: StudentChanges) -> Student:
    """Fields that are left out stay as they are. Course and session year are changed through academics. HOD only."""
    return services.get(UsersService).update_student(actor=actor, user_id=user_id, changes=changes)


@composed("command", errors=(Invalid, NotFound))
def set_photo(*, actor: Actor, user_id: int, photo: Upload) -> Student:
    """A picture of at most 5 MB, whose metadata is removed. HOD only."""
    return services.get(UsersService).update_student(
        actor=actor, user_id=user_id, changes=StudentChanges(), photo=photo
    )


urlpatterns = [
    # Logging in and out
    auth.path("login/", post=does("Log in", UsersService.log_in_for_tokens, ())),
    auth.path("refresh/", post=does("Get new tokens", UsersService.refresh_tokens, ())),
    auth.path("logout/", post=does("Log out", log_out, ANYONE)),
    auth.path("password/", post=does("Change one's password", change_password, ANYONE)),
    auth.path("password-reset/", post=does("Have a mail sent", UsersService.request_password_reset, ())),
    auth.path(
        "password-reset/confirm/",
        post=does("Choose a new password", UsersService.reset_forgotten_password, ()),
    ),
    auth.path(
        "sessions/",
        get=reads("List where one is logged in", UsersService.own_sessions, ANYONE, orders=SESSION_ORDERS),
    ),
    auth.path(
        "sessions/end-others/",
        post=does("Log out everywhere else", UsersService.end_other_sessions, ANYONE, named="ended"),
    ),
    auth.path("sessions/<session_id>/", delete=does("Log out there", UsersService.end_session, ANYONE)),
    # Oneself
    users.path("validate-token/", get=reads("Ask who one is", UsersService.own_identity, ANYONE)),
    users.path(
        "profile/",
        get=reads("Get one's own profile", UsersService.own_profile, ANYONE),
        patch=does("Change one's own profile", update_profile, ANYONE, edits=UsersService.own_profile, own=True),
    ),
    # Students
    users.path(
        "students/",
        get=reads("List students", UsersService.list_students, TEACHING, orders=ORDERS, searched=True),
        post=creates("Admit a student", UsersService.admit_student, HOD, location="students/{user_id}/"),
    ),
    users.path(
        "students/<user_id>/",
        get=reads("Get a student", STUDENT, ANYONE),
        patch=does("Change a student", update_student, HOD, edits=STUDENT),
    ),
    users.path("students/<user_id>/photo/", put=does("Set a student's picture", set_photo, HOD)),
    users.path(
        "students/<user_id>/complete/", post=does("Complete a student's account", UsersService.complete_student, HOD)
    ),
    users.path("students/by-profile/<student_id>/", get=reads("Get a student by profile", STUDENT_BY_PROFILE, ANYONE)),
    users.path(
        "students/by-profile/<student_id>/photo/", get=reads("Get a student's picture", UsersService.photo, ANYONE)
    ),
    # Staff and heads
    users.path(
        "staff/",
        get=reads("List staff", UsersService.list_staff, HOD, orders=ORDERS, searched=True),
        post=creates("Add a teacher", UsersService.add_staff, HOD, location="staff/{user_id}/"),
    ),
    users.path(
        "staff/<user_id>/",
        get=reads("Get a teacher", STAFF, TEACHING),
        patch=does("Change a teacher", UsersService.update_staff, HOD, edits=STAFF),
    ),
    users.path(
        "staff/<user_id>/complete/", post=does("Complete a teacher's account", UsersService.complete_staff, HOD)
    ),
    users.path("staff/by-profile/<staff_id>/", get=reads("Get a teacher by profile", STAFF_BY_PROFILE, TEACHING)),
    users.path("hods/", get=reads("List heads", UsersService.list_hods, HOD, orders=ORDERS, searched=True)),
    # Accounts of any role
    users.path("counts/", get=reads("Count people", UsersService.counts, HOD)),
    users.path(
        "availability/username/",
        get=reads("Ask whether a username is taken", UsersService.username_taken, HOD, named="taken"),
    ),
    users.path(
        "availability/email/",
        get=reads("Ask whether an e-mail is taken", UsersService.email_taken, HOD, named="taken"),
    ),
    users.path(
        "accounts/<user_id>/",
        get=reads("Get a person", PERSON, ANYONE),
        delete=does("Remove a person", UsersService.remove_person, HOD),
    ),
    users.path(
        "accounts/<user_id>/incomplete/",
        delete=does("Remove an account without profile", UsersService.remove_incomplete, HOD),
    ),
    users.path("accounts/<user_id>/restore/", post=does("Bring a person back", UsersService.restore_person, HOD)),
    users.path("accounts/<user_id>/active/", put=does("Open or close an account", UsersService.set_active, HOD)),
    users.path("accounts/<user_id>/password/", put=does("Set a person's password", UsersService.reset_password, HOD)),
    users.path(
        "accounts/<user_id>/sessions/",
        get=reads("List where a person is logged in", UsersService.sessions_of, HOD, orders=SESSION_ORDERS),
        delete=does("Log a person out everywhere", UsersService.end_sessions_of, HOD, named="ended"),
    ),
]
