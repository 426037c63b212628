"""What finance needs of other modules, in a few lines."""

from datetime import UTC, datetime

from contracts.base import Actor, Role
from contracts.users import Student, UsersService


class FakeUsers(UsersService):
    """Knows the students 701 to 706."""

    def students(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Student]:
        return {i: student(i) for i in student_ids if 701 <= i <= 706}


FakeUsers.__abstractmethods__ = frozenset()  # the other questions are never asked here


def student(student_id: int) -> Student:
    return Student(
        user_id=student_id - 670,
        role=Role.STUDENT,
        profile_id=student_id,
        username=f"pupil{student_id}",
        email=f"pupil{student_id}@school.example",
        first_name="Ada",
        last_name="Okafor",
        is_active=True,
        joined_at=datetime(2025, 1, 1, tzinfo=UTC),
        gender="",
        address="",
        has_photo=False,
        student_number="",
        birth_date=None,
        guardian_name="",
        guardian_phone="",
        phone="",
    )
