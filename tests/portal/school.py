"""A small school, made of rows in one go, and logins without typing passwords.

The rows are what the modules themselves would have written, running totals included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Manager
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from contracts.attendance import AttendanceStatus
from contracts.base import Actor, Role
from contracts.leaves import LeaveStatus
from contracts.notifications import NoticeKind
from contracts.users import NOWHERE, SessionKind
from kernel.identity import log_in
from kernel.totals import rebuild_all
from modules.academics.models import Course, Enrollment, SessionYear, Subject
from modules.assessments.models import Assignment, AssignmentSubmission
from modules.attendance.models import Attendance, AttendanceReport
from modules.feedback.models import StudentFeedback
from modules.finance.models import Fine
from modules.leaves.models import StaffLeave, StudentLeave
from modules.notifications.models import HodNotification, StaffNotification, StudentNotification
from modules.users import sessions
from modules.users.models import PROFILES, User
from modules.users.rules import USER_TYPES
from modules.users.service.login import login_of

PASSWORD = "Right#2025"
COURSES = ("Biology", "Economics & Trade")
SUBJECTS = ("Botany", "Genetics", "Markets", "Book-keeping")
"""Two for each course. The first teacher has Botany and Markets, the second one the others."""
LESSON_DAYS_AGO = (3, 2, 1)
"""On which days every subject's register was taken."""
ESSAY, ESSAY_TEXT = "assignments/submissions/essay.txt", b"Mosses have no roots.\n"
"""What everybody hands in: where it lies in the media folder, and its content."""
ABSENT_EVERY = 5
"""Every so many students, one misses every lesson."""


@dataclass(frozen=True)
class Somebody:
    """A person of the school. `profile_id` is 0 for an account without profile."""

    user_id: int
    profile_id: int
    name: str
    email: str
    role: Role

    @property
    def actor(self) -> Actor:
        return Actor(user_id=self.user_id, role=self.role, profile_id=self.profile_id or None, request_id="test")


@dataclass
class School:
    """Everybody and everything that tests speak of. Students belong to the two courses in turn."""

    hod: Somebody
    teacher: Somebody
    other_teacher: Somebody
    courses: list[Course]
    subjects: list[Subject]
    year: SessionYear
    earlier_year: SessionYear
    essay: Assignment
    """Of Botany, due in a week; every student of the subject has handed it in, and nobody has a mark for it."""
    students: list[Somebody] = field(default_factory=list)

    @property
    def today(self) -> date:
        return timezone.localdate()

    @property
    def student(self) -> Somebody:
        """Of the first course; always there."""
        return self.students[0]

    @property
    def classmates(self) -> list[Somebody]:
        """The students of the first course, whom the first teacher teaches Botany."""
        return self.students[:: len(COURSES)]

    @property
    def foreign_student(self) -> Somebody:
        """Of the second course."""
        return self.students[1]

    @property
    def botany(self) -> Subject:
        """The first course's, the first teacher's."""
        return self.subjects[0]

    @property
    def genetics(self) -> Subject:
        """The first course's, the other teacher's."""
        return self.subjects[1]

    @property
    def markets(self) -> Subject:
        """The second course's, the first teacher's."""
        return self.subjects[2]

    def fine_of(self, person: Somebody) -> Fine:
        """What this student owes."""
        return Fine.objects.get(student_id=person.profile_id)

    def essay_of(self, person: Somebody) -> AssignmentSubmission:
        """What this student has handed in."""
        return AssignmentSubmission.objects.get(assignment=self.essay, student_id=person.profile_id)

    def register_of(self, subject: Subject, *, days_ago: int = 1) -> Attendance:
        """The register of a lesson that was taken."""
        return Attendance.objects.get(subject_id=subject.pk, date=self.today - timedelta(days=days_ago))


def make_school(*, students: int = 40) -> School:
    """Two courses with two subjects each, two teachers, a head, a session year around today, and so many students, with
    three days of attendance, leave and notices.
    """
    hod, teacher, other_teacher = make_people(
        [("Head", "Master", Role.HOD), ("Tara", "Teacher", Role.STAFF), ("Otto", "Other", Role.STAFF)]
    )
    today = timezone.localdate()
    earlier, year = SessionYear.objects.bulk_create(
        SessionYear(first_day=today + timedelta(days=start), last_day=today + timedelta(days=start + 364))
        for start in (-485, -120)
    )
    courses = Course.objects.bulk_create(Course(name=name) for name in COURSES)
    subjects = Subject.objects.bulk_create(
        Subject(name=name, course=courses[n // 2], teacher_id=(teacher if n % 2 == 0 else other_teacher).user_id)
        for n, name in enumerate(SUBJECTS)
    )
    essay = Assignment.objects.create(
        subject_id=subjects[0].pk,
        title="Essay on mosses",
        description="Two pages",
        due_at=timezone.now() + timedelta(days=7),
    )
    if not default_storage.exists(ESSAY):
        default_storage.save(ESSAY, ContentFile(ESSAY_TEXT))
    school = School(hod, teacher, other_teacher, courses, subjects, year, earlier, essay)
    Attendance.objects.bulk_create(
        Attendance(subject_id=subject.pk, session_year_id=year.pk, date=today - timedelta(days=days))
        for days in LESSON_DAYS_AGO
        for subject in subjects
    )
    StaffLeave.objects.bulk_create(
        StaffLeave(staff_id=person.profile_id, first_day=today, last_day=today, reason="Exam duty elsewhere")
        for person in (teacher, other_teacher)
    )
    HodNotification.objects.create(user_id=hod.user_id, message="A student asks for leave", kind=NoticeKind.LEAVE)
    StaffNotification.objects.create(staff_id=teacher.profile_id, message="A word to teachers")
    grow(school, students)
    return school


def grow(school: School, students: int) -> None:
    """Admit so many more students. Each has marks in all lessons that were taken, two requests for leave (one waits,
    one is approved), a notice, feedback without reply, and an unpaid fine; those of Botany have handed in an essay.
    """
    first = len(school.students)
    names = [(f"Student{n}", f"Surname{n}", Role.STUDENT) for n in range(first, first + students)]
    joined = make_people(names)
    school.students += joined
    started = school.year.first_day
    in_course: dict[int, list[Somebody]] = {course.pk: [] for course in school.courses}
    for n, person in enumerate(joined, start=first):
        in_course[school.courses[n % len(school.courses)].pk].append(person)
    Enrollment.objects.bulk_create(
        Enrollment(student_id=p.profile_id, course_id=course_id, session_year=school.year, started_on=started)
        for course_id, people in in_course.items()
        for p in people
    )
    course_of = {subject.pk: subject.course_id for subject in school.subjects}
    absent = set(school.students[ABSENT_EVERY - 1 :: ABSENT_EVERY])
    AttendanceReport.objects.bulk_create(
        AttendanceReport(
            attendance=register,
            student_id=p.profile_id,
            status=(AttendanceStatus.ABSENT if p in absent else AttendanceStatus.PRESENT).value,
        )
        for register in Attendance.objects.order_by("id")
        for p in in_course[course_of[register.subject_id]]
    )
    StudentLeave.objects.bulk_create(
        StudentLeave(
            student_id=p.profile_id,
            first_day=school.today + timedelta(days=days),
            last_day=school.today + timedelta(days=days + 1),
            reason="A journey",
            status=status.value,
        )
        for p in joined
        for days, status in ((-40, LeaveStatus.APPROVED), (20, LeaveStatus.PENDING))
    )
    StudentNotification.objects.bulk_create(
        StudentNotification(student_id=p.profile_id, message="Welcome to the school") for p in joined
    )
    StudentFeedback.objects.bulk_create(StudentFeedback(student_id=p.profile_id, text="A word") for p in joined)
    AssignmentSubmission.objects.bulk_create(
        AssignmentSubmission(
            assignment=school.essay, student_id=p.profile_id, submission_file=ESSAY, original_name="essay.txt"
        )
        for p in in_course[course_of[school.essay.subject_id]]
    )
    Fine.objects.bulk_create(
        Fine(
            student_id=p.profile_id,
            amount=Decimal("25.50"),
            reason="Late book",
            due_date=school.today + timedelta(days=14),
            issued_by=school.teacher.user_id,
        )
        for p in joined
    )
    rebuild_all()


def make_people(names: Sequence[tuple[str, str, Role]]) -> list[Somebody]:
    """Accounts with profiles, whose password is PASSWORD: first name, last name and role of each."""
    users = _accounts(names)
    profiles: dict[int, int] = {}
    for role, model in PROFILES.items():
        manager: Manager[Any] = model._default_manager
        mine = [user for user in users if user.role is role]
        for profile in manager.bulk_create(model(user=user) for user in mine):
            profiles[profile.user_id] = profile.pk
    return [_somebody(user, profiles[user.pk]) for user in users]


def make_account(
    first_name: str, last_name: str, role: Role = Role.NONE, *, user_type: str = "", is_active: bool = True
) -> Somebody:
    """An account without profile; of no role with an odd `user_type`."""
    (user,) = _accounts([(first_name, last_name, role)], user_type=user_type, is_active=is_active)
    return _somebody(user, 0)


def _accounts(names: Iterable[tuple[str, str, Role]], *, user_type: str = "", is_active: bool = True) -> list[User]:
    password = make_password(PASSWORD)
    return User.objects.bulk_create(
        User(
            username=f"{first}.{last}".lower(),
            email=f"{first}.{last}@school.example".lower(),
            password=password,
            first_name=first,
            last_name=last,
            user_type=user_type or USER_TYPES[role],
            is_active=is_active,
        )
        for first, last, role in names
    )


def _somebody(user: User, profile_id: int) -> Somebody:
    name = f"{user.first_name} {user.last_name}"
    return Somebody(user_id=user.pk, profile_id=profile_id, name=name, email=user.email, role=user.role)


def session_of(person: Somebody) -> str:
    """Begin a session for a person, as the login page does; returns its key."""
    request = HttpRequest()
    request.session = SessionStore()
    began = sessions.begin(User.objects.get(pk=person.user_id), SessionKind.PAGE, NOWHERE)
    log_in(request, login_of(person.user_id, session_id=began.public_id))
    request.session.save()
    key = request.session.session_key
    assert key is not None
    return key


def login(client: Client, person: Somebody) -> Client:
    """Let this browser be the person's; returns the client."""
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(person)
    return client
