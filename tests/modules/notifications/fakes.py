"""Stand-ins for users and academics, with as much of a school as notices need."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from contracts.academics import AcademicsService, Subject
from contracts.base import Actor, Page, PageRequest, Role
from contracts.users import HeadOfDepartment, Person, StaffMember, Student, UsersService
from kernel.registry import services
from tests.modules.standing_in import standing_in

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPTICS, COURSE, FIRST_YEAR = 3, 1, 2
FORMER_HOD = 3
NO_ADDRESS, ODD_ADDRESS = 702, 703


def account(user_id: int, role: Role, profile_id: int | None, name: str, email: str) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "role": role,
        "profile_id": profile_id,
        "username": name.lower(),
        "email": email,
        "first_name": name,
        "last_name": "Rao",
        "is_active": user_id != FORMER_HOD,
        "joined_at": MOMENT,
    }


def student(student_id: int) -> Student:
    email = {NO_ADDRESS: "", ODD_ADDRESS: "asha at home"}.get(student_id, f"s{student_id}@school.example")
    return Student(
        **account(student_id - 670, Role.STUDENT, student_id, "Asha", email),
        gender="",
        address="",
        has_photo=False,
        student_number="",
        birth_date=None,
        guardian_name="",
        guardian_phone="",
        phone="",
    )


def teacher(staff_id: int) -> StaffMember:
    return StaffMember(
        **account(staff_id - 491, Role.STAFF, staff_id, "Devi", ""),
        address="",
        employee_number="",
        department="",
        designation="",
        phone="",
        joining_date=None,
    )


def hod(user_id: int) -> HeadOfDepartment:
    return HeadOfDepartment(**account(user_id, Role.HOD, None, "Meera", ""), department="", phone="")


class FakeUsers:
    """Students 701 to 799, staff 501 to 520, heads of department 1 to 3, of whom 3 has left."""

    def students(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Student]:
        return {i: student(i) for i in student_ids if 701 <= i <= 799}

    def staff(self, *, actor: Actor, staff_ids: tuple[int, ...]) -> dict[int, StaffMember]:
        return {i: teacher(i) for i in staff_ids if 501 <= i <= 520}

    def list_staff(
        self, *, actor: Actor, page: PageRequest, complete: bool | None = None, withdrawn: bool = False
    ) -> Page[StaffMember]:
        assert (actor.role, complete, withdrawn) == (Role.SYSTEM, True, False)
        return Page(items=tuple(teacher(i) for i in range(501, 521)), total=20, number=page.number, size=page.size)

    def list_hods(self, *, actor: Actor, page: PageRequest) -> Page[HeadOfDepartment]:
        assert actor.role is Role.SYSTEM
        return Page(items=tuple(hod(i) for i in (1, 2, 3)), total=3, number=page.number, size=page.size)

    def people(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, Person]:
        return {i: hod(i) for i in user_ids if i in (1, 2, 3)} | {i: student(i + 670) for i in user_ids if i > 30}

    def existing(self, *, actor: Actor, entity: str, ids: tuple[int, ...]) -> frozenset[int]:
        assert actor.role is Role.SYSTEM
        known = {"users.StudentProfile": range(701, 800), "users.StaffProfile": range(501, 521)}[entity]
        return frozenset(ids) & frozenset(known)


class FakeAcademics:
    """One subject, and the class that `students` says."""

    def __init__(self, students: tuple[int, ...] = (701, 702, 703)) -> None:
        self.class_ids = students

    def subjects(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Subject]:
        optics = Subject(
            id=OPTICS,
            name="Optics",
            course_id=COURSE,
            course_name="Physics",
            teacher_id=10,
            student_count=len(self.class_ids),
            created_at=MOMENT,
            updated_at=MOMENT,
        )
        return {OPTICS: optics} if OPTICS in ids else {}

    def student_ids(
        self, *, actor: Actor, course_id: int | None = None, session_year_id: int | None = None
    ) -> tuple[int, ...]:
        assert course_id in (COURSE, None)
        return self.class_ids[:1] if session_year_id == FIRST_YEAR else self.class_ids


@contextmanager
def school(academics: FakeAcademics | None = None) -> Iterator[None]:
    with (
        services.override(UsersService, standing_in(UsersService, FakeUsers())),
        services.override(AcademicsService, standing_in(AcademicsService, academics or FakeAcademics())),
    ):
        yield
