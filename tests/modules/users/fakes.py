"""The other modules, as far as users speaks to them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any

from contracts.academics import AcademicsService, Course, Enrollment, EnrollmentStatus, SessionYear
from contracts.base import Actor, Service, Usage, utc_now
from contracts.users import UsersService
from kernel.registry import services


class Referring:
    """The part of every module that is asked what refers to a row. `used` maps targets to what stands in the way."""

    def __init__(self) -> None:
        self.used: dict[str, int] = {}

    def usages(self, *, actor: Actor, target: str, ids: tuple[int, ...]) -> tuple[Usage, ...]:
        if target in self.used:
            return (Usage(entity="other.Row", label=f"rows of {target}", count=self.used[target]),)
        return ()


class FakeAcademics(Referring):
    """Knows course 1 and session year 1. `before_enrolling` and `after_enrolling` may raise what goes wrong there."""

    def __init__(self) -> None:
        super().__init__()
        self.enrolled: dict[int, tuple[int, int]] = {}
        self.started: dict[int, date | None] = {}
        self.before_enrolling: Callable[[], None] = lambda: None
        self.after_enrolling: Callable[[], None] = lambda: None
        self.answers = True

    def courses(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Course]:
        now = utc_now()
        made = Course(id=1, name="Physics", subject_count=0, student_count=0, created_at=now, updated_at=now)
        return {1: made} if 1 in ids else {}

    def session_years(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, SessionYear]:
        made = SessionYear(id=1, first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
        return {1: made} if 1 in ids else {}

    def enroll(
        self, *, actor: Actor, student_id: int, course_id: int, session_year_id: int, started_on: date | None = None
    ) -> Enrollment:
        self.before_enrolling()
        self.enrolled[student_id] = (course_id, session_year_id)
        self.started[student_id] = started_on
        self.after_enrolling()
        return self._enrollment(student_id)

    def withdraw(self, *, actor: Actor, student_id: int) -> None:
        self.enrolled.pop(student_id, None)

    def current_enrollments(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Enrollment]:
        if not self.answers:
            raise ConnectionError("academics is away")
        return {i: self._enrollment(i) for i in student_ids if i in self.enrolled}

    def _enrollment(self, student_id: int) -> Enrollment:
        course_id, session_year_id = self.enrolled[student_id]
        return Enrollment(
            id=student_id,
            student_id=student_id,
            course_id=course_id,
            session_year_id=session_year_id,
            status=EnrollmentStatus.ACTIVE,
            started_on=date(2026, 1, 1),
            ended_on=None,
        )


def provider_of(interface: type[Service], part: type[Any]) -> Any:
    """An instance of `part` that passes for a provider of the interface; what `part` does not define is not called."""
    made: Any = type(f"Fake{interface.__name__}", (part, interface), {})
    made.__abstractmethods__ = frozenset()
    return made()


@contextmanager
def the_others() -> Iterator[tuple[FakeAcademics, Referring]]:
    """In place of all other modules: academics, and one that stands for the rest."""
    academics = provider_of(AcademicsService, FakeAcademics)
    rest: Referring | None = None
    with ExitStack() as stack:
        for interface in Service.interfaces.values():
            if interface is not UsersService:
                provider = academics if interface is AcademicsService else provider_of(interface, Referring)
                rest = rest if provider is academics else rest or provider
                stack.enter_context(services.override(interface, provider))
        assert rest is not None
        yield academics, rest
