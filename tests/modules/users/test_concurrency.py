"""Two heads at work at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from contracts.errors import Invalid
from contracts.users import StaffFields, UsersService
from modules.users import admissions, checks
from modules.users.models import User, UserTotal
from tests import actors
from tests.modules.users.conftest import Published
from tests.modules.users.fakes import FakeAcademics
from tests.modules.users.people import account, make_student

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """The results of calls that run in threads of their own; of those that fail, the errors."""

    def run(call: Callable[[], object]) -> object:
        try:
            return call()
        except Invalid as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_new_accounts_with_one_e_mail_one_is_made(users: UsersService, monkeypatch: pytest.MonkeyPatch) -> None:
    both_checked = Barrier(2)

    def find_nothing_wrong(account: object) -> checks.Problems:
        both_checked.wait(timeout=10)
        return {}

    monkeypatch.setattr(checks, "new_account_problems", find_nothing_wrong)

    def add(username: str, email: str) -> Callable[[], object]:
        asked = account(username, email=email)
        return lambda: users.add_staff(actor=actors.hod(), account=asked, profile=StaffFields())

    results = at_once(add("ann", "Same@school.example"), add("bob", "same@school.example"))
    refused = [r for r in results if isinstance(r, Invalid)]
    assert [set(error.fields) for error in refused] == [{"email"}]
    assert User.objects.count() == 1
    assert UserTotal.differences() == {}


def test_an_admission_settled_twice_at_once_is_finished_once(academics: FakeAcademics, published: Published) -> None:
    user = make_student(profile=None)
    place = admissions.Place(course_id=1, session_year_id=1)
    admission = admissions.enter_profile(actors.hod(), user.pk, {}, place, picture="")
    both_at_work = Barrier(2)

    def wait_for_the_other() -> None:
        both_at_work.wait(timeout=10)

    academics.before_enrolling = wait_for_the_other

    def settle() -> None:
        admissions.settle(actors.system(), admission)

    assert at_once(settle, settle) == [None, None]
    assert published() == ["student_admission_started.v1", "created.v1"]
    assert UserTotal.differences() == {}
