"""A student is told of a decision exactly once, wherever the process that should tell them is killed."""

import signal

import pytest

from tests.reliability.conftest import School

pytestmark = pytest.mark.slow

KILLED = -signal.SIGKILL
AGREED = "SELECT status FROM leaves_studentleave WHERE id = {}"


@pytest.fixture
def decided(school: School) -> School:
    """The head has approved a request, and the process was killed right after the commit."""
    leave_id = school.pending_leave()
    assert school.run("approve_and_die", school.people.hod.user_id, leave_id) == KILLED
    assert school.place.rows(AGREED.format(leave_id)) == [("approved",)]
    assert school.notices() == []
    assert school.undelivered() > 0
    return school


def told_once(school: School) -> list[tuple[int, int]]:
    return [(school.people.students[0].profile_id, 1)]


def test_killed_between_commit_and_delivery_the_next_process_tells_once(decided: School) -> None:
    assert decided.run("serve_until_done") == 0
    assert decided.notices() == told_once(decided)
    assert decided.undelivered() == 0

    assert decided.run("deliver_later") == 0
    assert decided.notices() == told_once(decided)


def test_killed_before_the_commit_nothing_was_decided_and_nobody_is_told(school: School) -> None:
    leave_id = school.pending_leave()
    assert school.run("die_before_the_commit", school.people.hod.user_id, leave_id) == KILLED
    assert school.place.rows(AGREED.format(leave_id)) == [("pending",)]
    assert school.undelivered() == 0
    assert school.run("approve", school.people.hod.user_id, leave_id) == 0
    assert school.run("deliver") == 0
    assert school.notices() == told_once(school)


@pytest.mark.parametrize("where", ["claim_and_die", "die_inside_the_effect"])
def test_killed_before_the_effect_the_claim_lapses_and_the_next_process_tells_once(decided: School, where: str) -> None:
    deaths = 0
    while decided.run(where) == KILLED:  # a process dies at each delivery that it comes to
        deaths += 1
    assert deaths > 0
    assert decided.notices() == []

    assert decided.run("deliver") == 0
    assert decided.notices() == [], "somebody may still be at work on it"
    assert decided.run("deliver_later") == 0
    assert decided.notices() == told_once(decided)
    assert decided.undelivered() == 0


def test_killed_between_effect_and_mark_the_delivery_is_repeated_and_the_effect_is_not(decided: School) -> None:
    while decided.run("die_after_the_effect") == KILLED:
        pass
    assert decided.notices() == told_once(decided)
    assert decided.undelivered() > 0

    assert decided.run("deliver_later") == 0
    assert decided.notices() == told_once(decided)
    assert decided.undelivered() == 0


def test_killed_again_and_again_it_is_still_once(decided: School) -> None:
    for where in ("claim_and_die", "die_inside_the_effect", "die_after_the_effect"):
        decided.run(where)
    assert decided.run("deliver_later") == 0
    assert decided.notices() == told_once(decided)
    assert decided.undelivered() == 0


def test_two_relays_at_once_after_a_crash_tell_everybody_once(school: School) -> None:
    people = school.people.students
    leaves = [school.pending_leave(n) for n in range(len(people))]
    assert school.run("approve_and_die", school.people.hod.user_id, *leaves) == KILLED
    relays = [school.start("serve_until_done") for _ in range(2)]
    for process in relays:
        assert process.wait() == 0
    assert school.notices() == [(person.profile_id, 1) for person in people]
    assert school.undelivered() == 0
