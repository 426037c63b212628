"""Accounts for the tests, and inputs that are accepted."""

from io import BytesIO
from typing import Any

from PIL import Image

from contracts.base import Role, Upload
from contracts.users import NOWHERE, AccountFields, SessionKind
from modules.users import sessions
from modules.users.models import PROFILES, StudentProfile, User, UserTotal
from modules.users.rules import USER_TYPES

PASSWORD = "correct horse battery"


def make_person(role: Role, username: str, *, profile: dict[str, Any] | None = None, **fields: Any) -> User:
    """An account as the legacy may have left it; `profile` None: without one."""
    password = fields.pop("password", PASSWORD)
    user = User(
        username=username,
        **{
            "email": f"{username}@school.example",
            "user_type": USER_TYPES.get(role, "9"),
            "first_name": username.title(),
            "last_name": "Person",
        }
        | fields,
    )
    user.set_password(password)
    user.save()
    if profile is not None:
        PROFILES[role]._default_manager.create(user=user, **profile)
    UserTotal.rebuild()
    return user


def make_teacher(username: str = "teacher", **fields: Any) -> User:
    return make_person(Role.STAFF, username, **{"profile": {}} | fields)


def make_student(username: str = "student", **fields: Any) -> User:
    return make_person(Role.STUDENT, username, **{"profile": {}} | fields)


def make_hod(username: str = "head", **fields: Any) -> User:
    return make_person(Role.HOD, username, **{"profile": {}} | fields)


def begin_session(user: User) -> str:
    """A browser of this person, logged in; returns the session's id."""
    return sessions.begin(user, SessionKind.PAGE, NOWHERE).public_id


def student_id(user: User) -> int:
    return StudentProfile.objects.get(user=user).pk


def account(username: str = "newcomer", **fields: str) -> AccountFields:
    values = {
        "username": username,
        "email": f"{username}@school.example",
        "password": PASSWORD,
        "first_name": "New",
        "last_name": "Comer",
    }
    return AccountFields(**values | fields)


def picture(kind: str = "PNG", *, name: str = "me.png", size: tuple[int, int] = (4, 4)) -> Upload:
    content = BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(content, kind)
    return Upload(name=name, content=content.getvalue())
