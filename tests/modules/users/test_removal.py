"""Who is erased, who is withdrawn, and the way back."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from contracts.base import PageRequest, Role
from contracts.errors import Conflict, ModuleUnavailable, NotFound
from contracts.leaves import LeavesService
from contracts.users import UsersService
from kernel.models import AuditEntry, OutboxEvent
from kernel.registry import services
from modules.users.models import StaffProfile, StudentProfile, User, UserTotal
from tests import actors
from tests.modules.users.conftest import Published
from tests.modules.users.fakes import FakeAcademics, Referring
from tests.modules.users.people import make_hod, make_person, make_student, make_teacher, picture, student_id

pytestmark = pytest.mark.django_db

HEAD = actors.hod(user_id=900)


def test_a_person_without_history_is_erased_with_profile_and_picture(
    users: UsersService,
    rest: Referring,
    published: Published,
    media: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    (media / "me.png").write_bytes(picture().content)
    user = make_student(profile={"profile_pic": "me.png"})
    profile_id = student_id(user)
    with django_capture_on_commit_callbacks(execute=True):
        removal = users.remove_person(actor=HEAD, user_id=user.pk)
    assert (removal.user_id, removal.erased) == (user.pk, True)
    assert not User.objects.exists()
    assert not StudentProfile.objects.exists()
    assert not (media / "me.png").exists()
    deleted = OutboxEvent.objects.filter(type_id="users.deleted.v1").values_list("body", flat=True)
    assert {(b["entity"], *b["ids"]) for b in deleted} == {
        ("users.StudentProfile", profile_id),
        ("users.User", user.pk),
    }
    assert published() == ["deleted.v1", "deleted.v1"]
    assert UserTotal.differences() == {}


def test_a_picture_that_others_show_too_stays(
    users: UsersService, rest: Referring, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (media / "shared.png").write_bytes(picture().content)
    user = make_student(profile={"profile_pic": "shared.png"})
    make_student("other", profile={"profile_pic": "shared.png"})
    with django_capture_on_commit_callbacks(execute=True):
        users.remove_person(actor=HEAD, user_id=user.pk)
    assert (media / "shared.png").exists()


@pytest.mark.parametrize("target", ["users.StudentProfile", "users.User"])
def test_a_student_with_history_is_withdrawn(
    users: UsersService, rest: Referring, published: Published, target: str
) -> None:
    rest.used[target] = 3
    user = make_student()
    removal = users.remove_person(actor=HEAD, user_id=user.pk)
    user.refresh_from_db()
    assert not removal.erased
    assert user.withdrawn_at is not None
    assert not user.is_active
    assert student_id(user)
    assert published() == ["withdrawn.v1"]
    assert AuditEntry.objects.get(action="users.withdrawn").detail == {"used_by": {f"rows of {target}": 3}}
    assert users.list_students(actor=HEAD, page=PageRequest()).total == 0
    assert users.counts(actor=HEAD).students == 0
    assert UserTotal.differences() == {}


def test_a_teacher_of_subjects_is_withdrawn(users: UsersService, academics: FakeAcademics) -> None:
    academics.used["users.User"] = 1
    user = make_teacher()
    assert not users.remove_person(actor=HEAD, user_id=user.pk).erased
    assert StaffProfile.objects.filter(user=user).exists()


def test_what_somebody_did_in_the_admin_site_is_history_too(users: UsersService, rest: Referring) -> None:
    user = make_teacher()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(user=user, content_type=kind, object_id="1", object_repr="x", action_flag=1)
    assert not users.remove_person(actor=HEAD, user_id=user.pk).erased


def test_a_withdrawal_is_undone(users: UsersService, rest: Referring, published: Published) -> None:
    rest.used["users.User"] = 1
    user = make_student()
    users.remove_person(actor=HEAD, user_id=user.pk)
    restored = users.restore_person(actor=HEAD, user_id=user.pk)
    assert (restored.user_id, restored.is_active) == (user.pk, True)
    assert published() == ["withdrawn.v1", "restored.v1"]
    assert users.list_students(actor=HEAD, page=PageRequest()).total == 1
    assert UserTotal.differences() == {}
    users.restore_person(actor=HEAD, user_id=user.pk)
    assert published() == ["withdrawn.v1", "restored.v1"]


def test_who_was_removed_is_not_removed_again(users: UsersService, rest: Referring) -> None:
    rest.used["users.User"] = 1
    user = make_student()
    users.remove_person(actor=HEAD, user_id=user.pk)
    with pytest.raises(Conflict) as caught:
        users.remove_person(actor=HEAD, user_id=user.pk)
    assert caught.value.reason == "withdrawn"


def test_only_staff_and_students_are_removed_and_restored(users: UsersService, rest: Referring) -> None:
    for user_id in (make_hod().pk, make_person(Role.NONE, "odd").pk, 999):
        for operation in (users.remove_person, users.remove_incomplete, users.restore_person):
            with pytest.raises(NotFound):
                operation(actor=HEAD, user_id=user_id)


def test_an_incomplete_account_is_erased_unless_something_refers_to_it(
    users: UsersService, academics: FakeAcademics
) -> None:
    assert users.remove_incomplete(actor=HEAD, user_id=make_student(profile=None).pk).erased
    academics.used["users.User"] = 2
    teacher = make_teacher(profile=None)
    assert not users.remove_incomplete(actor=HEAD, user_id=teacher.pk).erased
    assert users.counts(actor=HEAD).incomplete == 0
    assert UserTotal.differences() == {}


def test_a_complete_account_is_not_removed_as_incomplete(users: UsersService, rest: Referring) -> None:
    for user in (make_teacher(), make_student()):
        with pytest.raises(Conflict) as caught:
            users.remove_incomplete(actor=HEAD, user_id=user.pk)
        assert caught.value.reason == "complete"


def test_nothing_is_erased_on_a_guess(users: UsersService, rest: Referring) -> None:
    user = make_student()
    bound = services._bound.pop(LeavesService)
    try:
        with pytest.raises(ModuleUnavailable):
            users.remove_person(actor=HEAD, user_id=user.pk)
    finally:
        services._bound[LeavesService] = bound
    assert User.objects.filter(pk=user.pk, withdrawn_at=None).exists()
