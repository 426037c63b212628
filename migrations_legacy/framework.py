"""Django's own tables. The legacy's pages never used groups, permissions or the admin: each is left out by a rule."""

from migrations_legacy.mapping import Context, SkippedTable

_INTERNAL = "Django's own bookkeeping: made anew by this installation"
_PERMISSIONS = "groups and permissions of Django's admin: nobody could use them, rights follow from the role"
_SESSIONS = "sessions: everybody logs in once"
_ADMIN_LOG = "log of Django's admin: it tells of tables that no longer exist"

CONTEXT = Context(
    name="framework",
    tables=(),
    skipped=(
        SkippedTable("django_content_type", _INTERNAL),
        SkippedTable("django_migrations", _INTERNAL),
        SkippedTable("auth_permission", _PERMISSIONS),
        SkippedTable("auth_group", _PERMISSIONS),
        SkippedTable("auth_group_permissions", _PERMISSIONS),
        SkippedTable("customuser_groups", _PERMISSIONS),
        SkippedTable("customuser_user_permissions", _PERMISSIONS),
        SkippedTable("django_session", _SESSIONS),
        SkippedTable("django_admin_log", _ADMIN_LOG),
    ),
)
