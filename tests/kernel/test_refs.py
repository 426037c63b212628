"""References between modules: reactions to deletions, what blocks them, and what dangles."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from contracts.base import Actor, utc_now
from contracts.errors import Forbidden
from contracts.leaves import LeavesService
from contracts.users import UsersDeleted
from kernel import refs
from kernel.events import publish
from kernel.models import OutboxEvent
from kernel.refs import ModuleRef, Reaction
from kernel.registry import services
from modules.leaves.models import LeaveDecision, StudentLeave
from modules.notifications.models import StudentNotification
from tests import actors

pytestmark = pytest.mark.django_db


def leave_of(student_id: int) -> StudentLeave:
    return StudentLeave.objects.create(student_id=student_id, reason="Trip")


def test_a_reference_that_blocks_is_named_with_its_number() -> None:
    leave_of(701)
    leave_of(701)
    used = services.get(LeavesService).usages(actor=actors.system(), target="users.StudentProfile", ids=(701, 702))
    assert [(u.entity, u.count) for u in used] == [("leaves.StudentLeave", 2)]


def test_history_that_keeps_its_number_blocks_nothing() -> None:
    LeaveDecision.objects.create(audience="student", leave_id=1, status="approved", decided_by=5)
    assert services.get(LeavesService).usages(actor=actors.system(), target="users.User", ids=(5,)) == ()


@pytest.mark.parametrize("actor", [actors.hod(), actors.student(), actors.anonymous()])
def test_only_the_house_itself_asks_about_references(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        services.get(LeavesService).usages(actor=actor, target="users.StudentProfile", ids=(1,))
    with pytest.raises(Forbidden):
        services.get(LeavesService).existing(actor=actor, entity="leaves.StudentLeave", ids=(1,))


def test_a_module_tells_which_of_its_rows_exist() -> None:
    leave = leave_of(701)
    found = services.get(LeavesService).existing(
        actor=actors.system(), entity="leaves.StudentLeave", ids=(leave.pk, 99)
    )
    assert found == {leave.pk}


def test_blockers_are_collected_over_all_modules() -> None:
    leave_of(701)
    assert refs.blockers(actor=actors.hod(), target="users.StudentProfile", ids=[701]) == {"student leaves": 1}
    assert refs.blockers(actor=actors.hod(), target="users.StudentProfile", ids=[702]) == {}


def test_erasing_tells_which_rows_went() -> None:
    leave = leave_of(701)
    with transaction.atomic():
        erased = refs.erase(StudentLeave.objects.filter(pk=leave.pk))
    assert erased == {"leaves.StudentLeave": (leave.pk,)}
    assert OutboxEvent.objects.get().body["ids"] == [leave.pk]


@pytest.fixture
def notice() -> int:
    return StudentNotification.objects.create(student_id=701, message="Hello").pk


def publish_students_deleted(*ids: int) -> None:
    with transaction.atomic():
        publish(UsersDeleted(entity="users.StudentProfile", ids=ids, at=utc_now()))


def test_rows_that_cascade_go_when_the_event_of_the_deletion_arrives(notice: int, deliver: Callable[[], int]) -> None:
    publish_students_deleted(702)
    deliver()
    assert StudentNotification.objects.filter(pk=notice).exists()
    publish_students_deleted(701)
    deliver()
    assert not StudentNotification.objects.filter(pk=notice).exists()


def test_the_audit_names_dangling_references(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("refs", "audit")
    leave_of(4711)
    LeaveDecision.objects.create(audience="student", leave_id=1, status="approved", decided_by=4712)
    with pytest.raises(CommandError, match="1 dangling"):
        call_command("refs", "audit")
    out = capsys.readouterr().out
    assert "leaves.StudentLeave.student_id → users.StudentProfile (block): 1 missing: 4711" in out
    assert "leaves.LeaveDecision.decided_by → users.User (keep): 1 missing: 4712" in out


def test_a_reference_describes_itself_to_migrations() -> None:
    field = ModuleRef("users.User", reaction=Reaction.KEEP, null=True)
    _name, path, args, options = field.deconstruct()
    assert (path, args, options) == ("kernel.refs.ModuleRef", ["users.User"], {"reaction": "keep", "null": True})
    assert ModuleRef(*args, **options).reaction is Reaction.KEEP
    unindexed = ModuleRef("users.User", reaction=Reaction.KEEP, db_index=False).deconstruct()
    assert unindexed[3]["db_index"] is False
