"""All mappings, in the order in which they are carried out: what others refer to comes first."""

from migrations_legacy import (
    academics,
    assessments,
    attendance,
    feedback,
    finance,
    framework,
    leaves,
    notifications,
    users,
)
from migrations_legacy.mapping import Context

CONTEXTS: tuple[Context, ...] = (
    users.CONTEXT,
    academics.CONTEXT,
    attendance.CONTEXT,
    assessments.CONTEXT,
    leaves.CONTEXT,
    notifications.CONTEXT,
    feedback.CONTEXT,
    finance.CONTEXT,
    framework.CONTEXT,
)
