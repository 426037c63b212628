"""Running totals: kept with the change, and checked against a count."""

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from kernel.totals import RunningTotal, derived_models
from modules.leaves.models import LeaveTotal, StudentLeave

changes = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(-5, 5)), max_size=8)


class AddingUp(TestCase):
    """A test case of Django's, since each example needs its own transaction."""

    @given(changes)
    @settings(max_examples=30, deadline=None)
    def test_totals_are_the_sum_of_all_changes(self, history: list[dict[str, int]]) -> None:
        for change in history:
            LeaveTotal.add(change)
        assert LeaveTotal.read("abc") == {n: sum(change.get(n, 0) for change in history) for n in "abc"}


@pytest.mark.django_db
def test_many_totals_are_added_to_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    LeaveTotal.add({"kept": 2})
    with django_assert_num_queries(1):
        LeaveTotal.add({"kept": 3, "new": 1, "untouched": 0})
    with django_assert_num_queries(0):
        LeaveTotal.add({"untouched": 0})
    assert dict(LeaveTotal.objects.values_list("name", "value")) == {"kept": 5, "new": 1}


@pytest.mark.django_db
def test_a_wrong_total_is_named_and_rebuilt(capsys: pytest.CaptureFixture[str]) -> None:
    StudentLeave.objects.create(student_id=701, reason="entered behind the service's back")
    with pytest.raises(CommandError, match="2 totals are wrong"):
        call_command("totals", "check")
    assert "student:701:pending: kept 0, counted 1" in capsys.readouterr().out
    call_command("totals", "rebuild")
    call_command("totals", "check")
    assert LeaveTotal.read(["student:all:pending"]) == {"student:all:pending": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [m for m in derived_models() if issubclass(m, RunningTotal)], ids=lambda m: m.__name__
)
def test_every_modules_totals_can_be_counted_anew(model: type[RunningTotal]) -> None:
    assert model.differences() == {}
