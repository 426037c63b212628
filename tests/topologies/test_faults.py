"""A lifted house under load, while its processes and servers are killed: nothing is lost, nothing doubled, and pages
say what is out of order until they work again by themselves.
"""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.plugins.topologies import Note
from tests.portal.school import Somebody
from tests.servers import valkey
from tests.topologies.houses import House, running, wait_for
from tests.topologies.load import Load

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]

SEED = int(os.environ.get("FAULTS_SEED", "6"))
"""Of the order in which things break."""
BETWEEN = 5
"""Requests that are approved before the next thing breaks."""
WORKER, SERVER = "celery --app config.celery --quiet worker", "granian"
"""Of a unit's processes, by their command lines; the server's process is also the relay's."""
LEAVE_PAGE, ROLL_PAGE = "/student_leave_view/", "/staff_take_attendance/"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running("lifted:attendance", tmp_path) as house:
        yield house


def test_nothing_is_lost_or_doubled_while_things_break_under_load(house: House, note: Note) -> None:
    absent = house.school.classmates
    take_the_roll(house, absent)
    house.browser(house.school.hod)
    faults = [worker_is_killed, server_is_killed, lifted_module_is_killed, redis_is_killed, postgres_crashes]
    random.Random(SEED).shuffle(faults)
    with engine(house) as restarted:
        with Load(house, house.school.students) as load:
            for fault in faults:
                load.wait_for(BETWEEN)
                fault(house)
                keys_lapse(house)
            load.wait_for(BETWEEN)
        everything_arrives(house)
        house.wait_until_up()

    approved = load.approved
    assert count(house, "leaves", "leaves_studentleave WHERE reason LIKE 'Journey%'") == approved
    assert (
        count(house, "leaves", "leaves_studentleave WHERE status = 'approved' AND reason LIKE 'Journey%'") == approved
    )
    assert count(house, "attendance", "kernel_inboxentry WHERE consumer = 'attendance.follow_leave'") == approved
    assert [mark_of(house, person) for person in absent] == ["excused"] * len(absent)
    assert notices(house, "student") == (approved, approved)
    assert notices(house, "hod") == (approved, approved)
    assert all(module["healthy"] for module in house.status().values())
    ((events,),) = house.rows("leaves", "SELECT count(*) FROM kernel_outboxevent")
    deliveries = house.deliveries("state = 'done'")
    note(
        f"Faults under load in lifted:attendance, seed {SEED} ({', '.join(fault.__name__ for fault in faults)}):"
        f" {approved} requests approved, {load.repeated} attempts repeated, {len(restarted) + 1} units restarted,"
        f" {events} events, {deliveries} deliveries, none lost, none taken in twice"
    )


# --- what breaks ------------------------------------------------------------------------------------------------------


def worker_is_killed(house: House) -> None:
    """Its unit starts another, and goes on serving meanwhile."""
    os.kill(house.pid_of(house.topology.home_of("leaves"), WORKER), signal.SIGKILL)
    works_again(house)


def server_is_killed(house: House) -> None:
    """And with it the relay that hands over what was published; the server starts another by itself."""
    os.kill(house.pid_of(house.topology.home_of("leaves"), SERVER), signal.SIGKILL)
    works_again(house)


def lifted_module_is_killed(house: House) -> None:
    """Its pages say so, and all others are as they were."""
    unit = house.topology.home_of("attendance")
    house.kill(unit)
    teacher, head = house.browser(house.school.teacher), house.browser(house.school.hod)
    page = teacher.get(ROLL_PAGE, lesson(house))
    assert (page.status, "out of order just now" in page.text) == (503, True)
    assert head.get(LEAVE_PAGE).status == 200
    assert house.status()["attendance"] == {"binding": "http", "healthy": False}
    house.start(unit)
    wait_for(lambda: house.is_up(unit))
    wait_for(lambda: teacher.get(ROLL_PAGE, lesson(house)).status == 200)


def redis_is_killed(house: House) -> None:
    """Nobody notices: what was to be handed over waits in the outbox."""
    valkey.kill(house.redis)
    for person, page in ((house.school.hod, LEAVE_PAGE), (house.school.teacher, "/staff_home/")):
        answer = house.browser(person).get(page)
        assert answer.status == 200, answer.location
    assert house.log_in(house.school.other_teacher).get("/staff_home/").status == 200
    house.redis.start()


def postgres_crashes(house: House) -> None:
    house.postgres.crash()
    page = house.browser(house.school.hod).get(LEAVE_PAGE)
    assert page.status == 503
    assert "again" in page.text
    house.postgres.start()
    works_again(house)


# --- what is looked at ------------------------------------------------------------------------------------------------


@contextmanager
def engine(house: House) -> Iterator[list[str]]:
    """What runs containers starts those again that have ended; yields the names of the units, as they are restarted."""
    over, restarted = Event(), list[str]()

    def look() -> None:
        while not over.wait(0.1):
            for unit in house.topology.units:
                if unit.name in house.processes and house.has_ended(unit):
                    house.start(unit)
                    restarted.append(unit.name)

    thread = Thread(target=look)
    thread.start()
    try:
        yield restarted
    finally:
        over.set()
        thread.join()


def works_again(house: House) -> None:
    head = house.browser(house.school.hod)
    wait_for(lambda: head.get(LEAVE_PAGE).status == 200)


def keys_lapse(house: House) -> None:
    """An Idempotency-Key whose request was killed is free again after ten minutes, which are not waited for here."""
    house.everywhere(
        "UPDATE kernel_keptresponse SET begun_at = begun_at - interval '1 hour' WHERE status IS NULL RETURNING id"
    )


def everything_arrives(house: House) -> None:
    """What a killed process or server held is sent again when its claim lapses, which is not waited for here."""
    looks = 0

    def nothing_is_left() -> bool:
        nonlocal looks
        looks += 1
        if looks % 60 == 0:
            house.everywhere(
                "UPDATE kernel_delivery SET due_at = now() - interval '1 second' WHERE state = 'claimed' RETURNING id"
            )
        return house.deliveries("state <> 'done'") == 0

    wait_for(nothing_is_left)


def lesson(house: House) -> dict[str, Any]:
    """Today's Botany."""
    school = house.school
    return {
        "subject": school.subjects["Botany"],
        "session_year": school.year_id,
        "attendance_date": school.today.isoformat(),
    }


def take_the_roll(house: House, absent: list[Somebody]) -> None:
    teacher = house.browser(house.school.teacher)
    form = teacher.get(ROLL_PAGE, lesson(house)).form()
    answer = teacher.send(ROLL_PAGE, form | {f"status_{person.profile_id}": "absent" for person in absent})
    assert answer.status == 302, answer.text


def mark_of(house: House, person: Somebody) -> str:
    """What the teacher's page shows of today."""
    page = house.browser(house.school.teacher).get(ROLL_PAGE, lesson(house))
    return page.form()[f"status_{person.profile_id}"]


def count(house: House, module: str, rows: str) -> int:
    ((number,),) = house.rows(module, f"SELECT count(*) FROM {rows}")
    return int(number)


def notices(house: House, inbox: str) -> tuple[int, int]:
    """How many there are about leave since the load began, and of how many occasions."""
    ((number, occasions),) = house.rows(
        "notifications",
        f"SELECT count(*), count(DISTINCT occasion) FROM notifications_{inbox}notification"
        " WHERE kind = 'leave' AND occasion IS NOT NULL",
    )
    return int(number), int(occasions)
