"""Users: CustomUser → User, AdminHOD → HodProfile, Staffs → StaffProfile, Students → StudentProfile.

Every account comes over, whatever its type and whether it has a profile or not, with its id and its password's hash as
they are: whoever could log in still can.
"""

from migrations_legacy.convert import boolean, instant, integer, picture_path, text, text_or_blank
from migrations_legacy.mapping import Column, Context, Reference, TableMapping, column, same

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
                *same(text, "username", "password"),
                *same(text_or_blank, "email", "first_name", "last_name", "user_type"),
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
