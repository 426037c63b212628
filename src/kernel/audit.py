"""The audit log: written in the transaction of the change itself, so that neither exists without the other."""

from typing import Any

from contracts.base import Actor
from kernel.databases import alias_of, in_transaction
from kernel.models import AuditEntry


def record(*, actor: Actor, action: str, target: str, **detail: Any) -> None:
    """Note what an actor did. `action` is "<module>.<verb>", `target` "<Entity>:<id>"; `detail` must be JSON, and
    never a secret.

    Raises RuntimeError outside a transaction on the module's database.
    """
    alias = alias_of(action.partition(".")[0])
    if not in_transaction(alias):
        raise RuntimeError(f"audit entry {action} outside a transaction")
    AuditEntry.objects.using(alias).create(
        action=action,
        target=target,
        actor_user_id=actor.user_id,
        actor_role=actor.role,
        request_id=actor.request_id,
        detail=detail,
    )
