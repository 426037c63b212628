"""Work that goes on while things break: students ask for leave and the head approves, over REST, until it is done.

Whoever gets no answer, or is told to come back, looks for what has become of it, and sends the same again. So each
request is made and approved once, whatever happened in between.
"""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Self
from urllib.parse import urlencode

import urllib3

from tests.portal.school import Somebody
from tests.topologies.houses import PATIENCE, House, wait_for
from tests.topologies.visitors import Program

THREADS = 3
PAUSE = 0.1  # seconds, before the next request, and before somebody tries again


@dataclass
class Load:
    """Requests for leave, as long as the block runs: each of a student for one day, the first ones for today."""

    house: House
    students: list[Somebody]
    approved: int = 0
    repeated: int = 0
    """Attempts that had to be repeated, since no answer came, or none that counts."""
    _failures: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._head = self.house.program(self.house.school.hod)
        self._programs = {person.user_id: self.house.program(person) for person in self.students}
        self._given_up = Counter[str]()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(THREADS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Lets everybody finish what they have begun."""
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not self._failures, self._failures

    def wait_for(self, more: int) -> None:
        """Until so many more were approved."""
        wanted = self.approved + more

        def are_approved() -> bool:
            assert not self._failures, self._failures
            return self.approved >= wanted

        wait_for(are_approved)

    def _work(self) -> None:
        try:
            while not self._over.wait(PAUSE):
                with self._lock:
                    number = next(self._numbers)
                self._ask_and_approve(number)
                with self._lock:
                    self.approved += 1
        except BaseException as error:  # noqa: BLE001 - raised by whoever waits for this thread
            self._failures.append(error)

    def _ask_and_approve(self, number: int) -> None:
        student = self._programs[self.students[number % len(self.students)].user_id]
        days = number // len(self.students)
        day = (self.house.school.today + timedelta(days=days and 40 + days)).isoformat()
        wish = {"first_day": day, "last_day": day, "reason": f"Journey {number}."}
        leave_id = self._insist(lambda: self._asked(student, wish))
        self._insist(lambda: self._approved(f"/leaves/requests/student/{leave_id}/"))

    def _insist(self, attempt: Callable[[], int | None]) -> int:
        """Again and again, until something has come of it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                found = attempt()
            except urllib3.exceptions.HTTPError:
                found = None
            if found is not None:
                return found
            assert time.monotonic() < deadline, "nobody answers"
            with self._lock:
                self.repeated += 1
            time.sleep(PAUSE)

    def _asked(self, student: Program, wish: dict[str, str]) -> int | None:
        """The id of the request, which an earlier attempt may have got through without an answer."""
        reason = wish["reason"]
        own = student.ask("GET", f"/leaves/own/?{urlencode({'search': reason})}")
        if own.status != HTTPStatus.OK:
            _check_that_it_passes(own)
            return None
        for leave in own.json()["items"]:
            if leave["reason"] == reason:
                return int(leave["ref"]["id"])
        answer = student.ask("POST", "/leaves/own/", wish, {"Idempotency-Key": f"{reason} {self._given_up[reason]}"})
        if answer.status != HTTPStatus.CREATED:
            if answer.json().get("may_have_executed"):  # the next look says whether it was; if not, by another key
                self._given_up[reason] += 1
            _check_that_it_passes(answer)
            return None
        return int(answer.json()["ref"]["id"])

    def _approved(self, address: str) -> int | None:
        answer = self._head.ask("POST", f"{address}approve/", {})
        if answer.status == HTTPStatus.CONFLICT:  # an earlier attempt got through
            answer = self._head.ask("GET", address)
        if answer.status != HTTPStatus.OK:
            _check_that_it_passes(answer)
            return None
        leave = answer.json()
        assert leave["status"] == "approved", leave
        return int(leave["ref"]["id"])


def _check_that_it_passes(answer: urllib3.BaseHTTPResponse) -> None:
    """Nothing came of an attempt: that it may, another time."""
    passes = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.CONFLICT
    assert passes, f"{answer.status} {answer.data!r}"
