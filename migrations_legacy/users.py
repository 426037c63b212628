"""Users: CustomUser → User, AdminHOD → HodProfile, Staffs → StaffProfile, Students → StudentProfile.

Every account comes over, whatever its type and whether it has a profile or not, with its id and its password's hash as
they are: whoever could log in still can.
"""

from migrations_legacy.convert import as_is, boolean, instant, integer, picture_path, text_or_blank, tidy, tidy_or_blank
from migrations_legacy.errors import Doubtful
from migrations_legacy.mapping import Column, Context, Reference, TableMapping, column, same
from migrations_legacy.passwords import password

_ROLES = {"hod": "1", "head": "1", "admin": "1", "staff": "2", "teacher": "2", "faculty": "2", "student": "3"}


def user_type(value: object) -> str:
    """The legacy's "1", "2" or "3". Variants wrote the role in words; other texts are kept, and open no page."""
    written = text_or_blank(value)
    bare = written.strip()
    if (meant := _ROLES.get(bare.lower(), bare)) == written:
        return written
    raise Doubtful(meant, f"{written!r} is the user type {meant!r}", rule="user types in words or with blanks around")


_PROFILE: tuple[Column, ...] = (
    *same(integer, "id"),
    column("user_id", "admin_id", integer),
    *same(instant, "created_at", "updated_at"),
)
_STAMPS = ("updated_at",)
_OWNER = (Reference("admin_id", "customuser"),)

CONTEXT = Context(
    name="users",
    tables=(
        TableMapping(
            source="customuser",
            target="users.User",
            columns=(
                *same(integer, "id"),
                *same(tidy, "username"),
                *same(password, "password"),
                *same(tidy_or_blank, "email"),
                *same(text_or_blank, "first_name", "last_name"),
                column("user_type", "user_type", user_type, back=as_is),
                *same(boolean, "is_active", "is_staff", "is_superuser"),
                *same(instant, "date_joined", "last_login"),
            ),
            merged=True,
            latest=("last_login",),
        ),
        TableMapping(
            source="adminhod",
            target="users.HodProfile",
            columns=_PROFILE,
            references=_OWNER,
            merged=True,
            latest=_STAMPS,
        ),
        TableMapping(
            source="staffs",
            target="users.StaffProfile",
            columns=(*_PROFILE, *same(text_or_blank, "address")),
            references=_OWNER,
            merged=True,
            latest=_STAMPS,
        ),
        TableMapping(
            source="students",
            target="users.StudentProfile",
            columns=(
                *_PROFILE,
                *same(text_or_blank, "gender", "address"),
                column("profile_pic", "profile_pic", picture_path, is_file=True),
            ),
            references=_OWNER,
            merged=True,
            latest=_STAMPS,
        ),
    ),
)
