"""Two at work at the same moment."""

from collections.abc import Callable
from threading import Barrier

import pytest

from contracts.errors import Invalid
from contracts.users import NOWHERE, Identity, StaffFields, Tokens, UsersService
from modules.users import admissions, checks, forgotten, signing_keys
from modules.users.models import SigningKey, User, UserSession, UserTotal
from tests import actors
from tests.modules.races import at_once
from tests.modules.users.conftest import Published
from tests.modules.users.fakes import FakeAcademics
from tests.modules.users.people import PASSWORD, account, make_student

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


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


def test_of_one_refresh_token_used_twice_at_once_one_is_reuse_and_ends_the_session(users: UsersService) -> None:
    user = make_student()
    tokens = users.log_in_for_tokens(actor=actors.anonymous(), username=user.username, password=PASSWORD)

    def refresh() -> Tokens:
        return users.refresh_tokens(actor=actors.anonymous(), refresh_token=tokens.refresh_token)

    results = at_once(*[refresh] * 4)
    assert sum(isinstance(result, Tokens) for result in results) <= 1
    assert UserSession.objects.get().end_reason == "reused"


def test_a_session_of_the_legacy_that_is_first_seen_twice_at_once_is_taken_in_once(users: UsersService) -> None:
    user = make_student()

    def adopt() -> Identity | None:
        return users.adopt_session(
            actor=actors.system(),
            user_id=user.pk,
            session_hash=user.get_session_auth_hash(),
            session_id="carried over",
            origin=NOWHERE,
        )

    results = at_once(*[adopt] * 4)
    assert all(isinstance(result, Identity) for result in results)
    assert UserSession.objects.count() == 1


def test_the_first_signing_key_is_made_once(db: None) -> None:
    results = at_once(*[lambda: signing_keys.current()[0]] * 4)
    assert set(results) == {SigningKey.objects.get().kid}


def test_a_mailed_token_used_twice_at_once_is_good_once(users: UsersService) -> None:
    token = forgotten.token_for(make_student())

    def choose(password: str) -> Callable[[], object]:
        return lambda: users.reset_forgotten_password(actor=actors.anonymous(), token=token, new_password=password)

    results = at_once(choose("quite another one"), choose("and yet another one"))
    assert [result for result in results if result is None] == [None]
