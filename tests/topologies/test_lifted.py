"""Attendance in a process and a database of its own, alone or as all modules are, and a school that does not notice.

The roll is taken through the portal, by way of HTTP; leave is approved, and an event excuses the absence; the process
is killed, its pages say so while all others go on, and it comes back to what it has missed.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.portal.school import Somebody
from tests.topologies.houses import House, form_of, running, wait_for

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]


TOPOLOGIES = os.environ.get("TOPOLOGIES", "lifted:attendance").split()
"""`make test-topologies` adds microservices, which are nine servers with their workers."""


@pytest.fixture(scope="module", params=TOPOLOGIES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(request.param, tmp_path_factory.mktemp("house")) as house:
        yield house


def lesson(house: House) -> dict[str, Any]:
    """Today's Botany."""
    school = house.school
    return {
        "subject": school.subjects["Botany"],
        "session_year": school.year_id,
        "attendance_date": school.today.isoformat(),
    }


def take_the_roll(house: House, absent: Somebody) -> None:
    teacher = house.browser(house.school.teacher)
    form = form_of(teacher.get("/staff_take_attendance/", lesson(house)))
    answer = teacher.send("/staff_take_attendance/", form | {f"status_{absent.profile_id}": "absent"})
    assert answer.status == 302, answer.content


def mark_of(house: House, person: Somebody) -> str:
    """What the teacher's page shows of today."""
    page = house.browser(house.school.teacher).get("/staff_take_attendance/", lesson(house))
    return form_of(page)[f"status_{person.profile_id}"] if page.status == 200 else f"status {page.status}"


def be_excused(house: House, person: Somebody) -> None:
    """The student asks for leave today, and the head approves."""
    student, head = house.browser(person), house.browser(house.school.hod)
    today = house.school.today.isoformat()
    form = form_of(student.get("/student_apply_leave/"), "/student_apply_leave_save/")
    asked = form | {"leave_date": today, "leave_until": today, "leave_message": "At the dentist"}
    assert student.send("/student_apply_leave_save/", asked).status == 302
    ((leave_id,),) = house.rows(
        "leaves",
        "SELECT id FROM leaves_studentleave WHERE reason = 'At the dentist' AND status = 'pending'"
        f" AND student_id = {person.profile_id}",
    )
    address = f"/student_leave_approve/{leave_id}/"
    assert head.send(address, {"csrfmiddlewaretoken": form_of(head.get(address))["csrfmiddlewaretoken"]}).status == 302


def undelivered(house: House) -> int:
    """Of all that the rest of the house has published."""
    ((number,),) = house.rows("leaves", "SELECT count(*) FROM kernel_delivery WHERE state <> 'done'")
    return int(number)


def handled(house: House) -> int:
    """How many approvals have taken effect in attendance."""
    ((number,),) = house.rows(
        "attendance", "SELECT count(*) FROM kernel_inboxentry WHERE consumer = 'attendance.follow_leave'"
    )
    return int(number)


def test_the_roll_is_taken_over_http_and_an_event_excuses_across_processes(house: House) -> None:
    absent = house.school.classmates[0]
    before = handled(house)
    assert house.status()["attendance"] == {"binding": "http", "healthy": True}
    with_the_pages = house.topology.home_of("leaves").serves_pages
    assert house.status()["leaves"]["binding"] == ("local" if with_the_pages else "http")
    take_the_roll(house, absent)
    assert mark_of(house, absent) == "absent"
    be_excused(house, absent)
    wait_for(lambda: mark_of(house, absent) == "excused")
    wait_for(lambda: undelivered(house) == 0)
    assert handled(house) == before + 1
    ((registers,),) = house.rows("attendance", "SELECT count(*) FROM attendance_attendance")
    assert registers > 0
    assert house.rows("leaves", "SELECT to_regclass('attendance_attendance')") in (
        [(None,)],
        [("attendance_attendance",)],
    )


def test_while_it_is_killed_its_pages_say_so_and_it_comes_back_to_what_it_has_missed(house: House) -> None:
    absent = house.school.classmates[1]
    attendance = house.topology.home_of("attendance")
    take_the_roll(house, absent)
    before = handled(house)

    house.kill(attendance)
    assert house.status()["attendance"] == {"binding": "http", "healthy": False}
    page = house.browser(house.school.teacher).get("/staff_take_attendance/", lesson(house))
    assert page.status == 503
    assert house.browser(house.school.hod).get("/student_leave_view/").status == 200
    be_excused(house, absent)
    assert undelivered(house) > 0

    house.start(attendance)
    wait_for(lambda: house.is_up(attendance))
    wait_for(lambda: mark_of(house, absent) == "excused")
    wait_for(lambda: undelivered(house) == 0)
    assert handled(house) == before + 1
