"""The audit log is written with the change or not at all."""

import pytest
from django.db import transaction

from kernel import audit
from kernel.models import AuditEntry
from tests import actors

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_in_which_request() -> None:
    with transaction.atomic():
        audit.record(actor=actors.hod(7), action="leaves.approved", target="StudentLeave:5", note="x")
    entry = AuditEntry.objects.get()
    assert (entry.actor_user_id, entry.actor_role, entry.request_id, entry.detail) == (7, "hod", "test", {"note": "x"})


def test_no_entry_outside_the_transaction_of_the_change() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        audit.record(actor=actors.hod(), action="leaves.approved", target="StudentLeave:5")


def test_the_entry_goes_when_the_change_is_rolled_back() -> None:
    with transaction.atomic():
        audit.record(actor=actors.hod(), action="leaves.approved", target="StudentLeave:5")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
