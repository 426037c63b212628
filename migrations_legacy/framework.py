"""Django's own tables. The legacy's pages never used groups, permissions or the admin: each is left out by a rule.

Sessions go on where the legacy's key is known (LEGACY_SECRET_KEY): cookie, user ids and password hashes are the same.
"""

from django.conf import settings
from django.utils import timezone

from migrations_legacy.convert import instant, text
from migrations_legacy.mapping import Context, SkippedTable, SkipRule, TableMapping, same
from migrations_legacy.sources.base import Row

_INTERNAL = "Django's own bookkeeping: made anew by this installation"
_PERMISSIONS = "groups and permissions of Django's admin: nobody could use them, rights follow from the role"
_ADMIN_LOG = "log of Django's admin: it tells of tables that no longer exist"


def _unreadable(row: Row) -> bool:
    return not settings.LEGACY_SECRET_KEY


def _ended(row: Row) -> bool:
    ends = instant(row["expire_date"])
    return ends is not None and ends <= timezone.now()


CONTEXT = Context(
    name="framework",
    tables=(
        TableMapping(
            source="django_session",
            target="sessions.Session",
            key="session_key",
            columns=(*same(text, "session_key", "session_data"), *same(instant, "expire_date")),
            skips=(
                SkipRule("sessions without LEGACY_SECRET_KEY: everybody logs in once", _unreadable),
                SkipRule("sessions that have ended", _ended),
            ),
        ),
    ),
    skipped=(
        SkippedTable("django_content_type", _INTERNAL, kept=True),
        SkippedTable("django_migrations", _INTERNAL, kept=True),
        SkippedTable("auth_permission", _PERMISSIONS, kept=True),
        SkippedTable("auth_group", _PERMISSIONS, kept=True),
        SkippedTable("auth_group_permissions", _PERMISSIONS, kept=True),
        SkippedTable("customuser_groups", _PERMISSIONS, kept=True),
        SkippedTable("customuser_user_permissions", _PERMISSIONS, kept=True),
        SkippedTable("django_admin_log", _ADMIN_LOG, kept=True),
    ),
)
