"""Makes the demo school, step by step, as its people would have: each through the contracts, with their own rights."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth import get_user_model
from django.utils import timezone

from config.demo import HEAD, STUDENT, TEACHER, calendar, files, texts
from config.demo.people import Invented, invent
from contracts.academics import AcademicsService, SessionYear, Subject
from contracts.assessments import AssessmentsService, Assignment, ResultEntry
from contracts.attendance import AttendanceService, AttendanceStatus, Mark
from contracts.base import Actor, Role
from contracts.feedback import FeedbackService
from contracts.finance import FinanceService, PaymentMethod
from contracts.leaves import LeavesService, LeaveStatus
from contracts.notifications import Inbox, NotificationsService, Recipient
from contracts.users import AccountFields, Person, StaffFields, StudentFields, UsersService
from kernel.context import request_id
from kernel.registry import services

SEED = 20
STAFF, STUDENTS = 8, 120
PER_COURSE = STUDENTS // len(texts.COURSES)
STRUGGLING = 8
"""Every so many students, one is often absent and weak in exams."""


@dataclass
class Pupil:
    """A student, with what decides how the term went for them."""

    actor: Actor
    student_id: int
    name: str
    course: int
    """Place in `texts.COURSES`."""
    absence: float
    """Probability of being absent from a lesson."""
    ability: float
    """Expected exam mark."""
    away: list[tuple[date, date]] = field(default_factory=list)
    """Days of approved leave, both inclusive."""


class School:
    """Everything of it follows from the seed and the day."""

    def __init__(self, *, password: str, say: Callable[[str], None], seed: int = SEED) -> None:
        self.password, self.say = password, say
        self.random = Random(seed)  # noqa: S311 - nothing here is secret
        self.today = timezone.localdate()
        self.teachers: dict[int, Actor] = {}
        """By user id, in the order in which they were hired."""
        self.pupils: list[Pupil] = []
        self.subjects: list[Subject] = []

    def build(self) -> None:
        """Make all of it. Raises what the services raise; then the database holds an unfinished school."""
        for step in (
            self.make_people,
            self.grant_leave,
            self.take_attendance,
            self.give_marks,
            self.set_assignments,
            self.issue_fines,
            self.exchange_words,
        ):
            step()

    # --- people and classes ---

    def make_people(self) -> None:
        today = self.today
        adults = invent(self.random, STAFF + 1, youngest=_years_before(today, 28), oldest=_years_before(today, 60))
        self.head = self._make_head(adults[0])
        users, academics = services.get(UsersService), services.get(AcademicsService)
        first_day, last_day = calendar.session_year(today)
        self.year: SessionYear = academics.add_session_year(actor=self.head, first_day=first_day, last_day=last_day)
        course_ids = [academics.add_course(actor=self.head, name=name).id for name in texts.COURSES]
        for number, person in enumerate(adults[1:]):
            account = self._account(person, email=TEACHER if number == 0 else person.email)
            profile = StaffFields(
                address=person.address,
                phone=person.phone,
                employee_number=f"T{number + 1:03}",
                department=list(texts.COURSES)[number % len(course_ids)],
                designation="Lecturer",
                joining_date=first_day - timedelta(days=365 * (1 + number)),
            )
            teacher = users.add_staff(actor=self.head, account=account, profile=profile)
            self.teachers[teacher.user_id] = _actor(teacher)
        self.say(f"{len(course_ids)} courses, {STAFF} staff")
        self._add_subjects(course_ids)
        self._admit(course_ids)

    def _make_head(self, person: Invented) -> Actor:
        """The first account of an empty school, made as `manage.py createsuperuser` makes it."""
        user = get_user_model()._default_manager.create_superuser(
            username=person.username,
            email=HEAD,
            password=self.password,
            first_name=person.first_name,
            last_name=person.last_name,
        )
        return Actor(user_id=user.pk, role=Role.HOD, profile_id=None, request_id=request_id())

    def _account(self, person: Invented, *, email: str) -> AccountFields:
        return AccountFields(
            username=person.username,
            email=email,
            password=self.password,
            first_name=person.first_name,
            last_name=person.last_name,
        )

    def _add_subjects(self, course_ids: list[int]) -> None:
        academics = services.get(AcademicsService)
        for course_id, names in zip(course_ids, texts.COURSES.values(), strict=True):
            for name in names:
                teacher_id = list(self.teachers)[len(self.subjects) % STAFF]
                self.subjects.append(
                    academics.add_subject(actor=self.head, name=name, course_id=course_id, teacher_id=teacher_id)
                )
        self.say(f"{len(self.subjects)} subjects")

    def _admit(self, course_ids: list[int]) -> None:
        users = services.get(UsersService)
        young = invent(
            self.random, STUDENTS, youngest=_years_before(self.today, 18), oldest=_years_before(self.today, 23)
        )
        guardians = invent(
            self.random, STUDENTS, youngest=_years_before(self.today, 40), oldest=_years_before(self.today, 60)
        )
        for number, (person, guardian) in enumerate(zip(young, guardians, strict=True)):
            course = number // PER_COURSE
            student = users.admit_student(
                actor=self.head,
                account=self._account(person, email=STUDENT if number == 0 else person.email),
                profile=StudentFields(
                    gender=person.gender,
                    address=person.address,
                    phone=person.phone,
                    student_number=f"S{number + 1:04}",
                    birth_date=person.birth_date,
                    guardian_name=f"{guardian.first_name} {person.last_name}",
                    guardian_phone=guardian.phone,
                ),
                course_id=course_ids[course],
                session_year_id=self.year.id,
                started_on=self.year.first_day,
            )
            struggling = number % STRUGGLING == STRUGGLING - 1
            low, high = (0.25, 0.5) if struggling else (0.03, 0.14)
            self.pupils.append(
                Pupil(
                    actor=_actor(student),
                    student_id=_profile_id(student),
                    name=student.full_name,
                    course=course,
                    absence=self.random.uniform(low, high),
                    ability=self.random.uniform(28, 50) if struggling else self.random.uniform(48, 92),
                )
            )
            if (number + 1) % PER_COURSE == 0:
                self.say(f"{number + 1} of {STUDENTS} students admitted")

    # --- the term ---

    def grant_leave(self) -> None:
        """Past requests are decided; of the coming ones some wait."""
        count = 0
        for number, pupil in enumerate(self.pupils[::4]):
            first = calendar.next_weekday(self.today - timedelta(days=self.random.randint(10, 65)))
            status = LeaveStatus.REJECTED if number % 6 == 4 else LeaveStatus.APPROVED
            days = self._ask(pupil.actor, first, texts.STUDENT_LEAVE_REASONS, number, status)
            if status is LeaveStatus.APPROVED:
                pupil.away.append(days)
            count += 1
        for number, pupil in enumerate(self.pupils[:: PER_COURSE // 4]):
            first = calendar.next_weekday(self.today + timedelta(days=3 + number))
            self._ask(pupil.actor, first, texts.STUDENT_LEAVE_REASONS, number + 3, LeaveStatus.PENDING)
            count += 1
        for number, teacher in enumerate(self.teachers.values()):
            status = (LeaveStatus.PENDING, LeaveStatus.APPROVED, LeaveStatus.APPROVED, LeaveStatus.REJECTED)[number % 4]
            away = timedelta(days=6 + number) if status is LeaveStatus.PENDING else -timedelta(days=80 + number)
            first = calendar.next_weekday(self.today + away)
            self._ask(teacher, first, texts.STAFF_LEAVE_REASONS, number, status)
            count += 1
        self.say(f"{count} requests for leave")

    def _ask(
        self, person: Actor, first_day: date, reasons: tuple[str, ...], number: int, status: LeaveStatus
    ) -> tuple[date, date]:
        leaves = services.get(LeavesService)
        last_day = first_day + timedelta(days=number % 3)
        leave = leaves.apply(
            actor=person, first_day=first_day, last_day=last_day, reason=reasons[number % len(reasons)]
        )
        if status is LeaveStatus.APPROVED:
            leaves.approve(actor=self.head, leave=leave.ref)
        if status is LeaveStatus.REJECTED:
            note = texts.REJECTION_NOTES[number % len(texts.REJECTION_NOTES)]
            leaves.reject(actor=self.head, leave=leave.ref, note=note)
        return first_day, last_day

    def take_attendance(self) -> None:
        """Two lessons a week in each subject, up to yesterday."""
        attendance = services.get(AttendanceService)
        registers = 0
        for number, subject in enumerate(self.subjects):
            for day in calendar.lessons(number, self.today):
                attendance.record(
                    actor=self._teacher_of(subject),
                    subject_id=subject.id,
                    session_year_id=self.year.id,
                    on=day,
                    marks=tuple(
                        Mark(student_id=p.student_id, status=self._status(p, day)) for p in self._class_of(subject)
                    ),
                )
                registers += 1
            if (number + 1) % 4 == 0:
                self.say(f"{registers} registers of {number + 1} subjects")

    def _status(self, pupil: Pupil, day: date) -> AttendanceStatus:
        if any(first <= day <= last for first, last in pupil.away):
            return AttendanceStatus.EXCUSED
        chance = self.random.random()
        if chance < pupil.absence:
            return AttendanceStatus.ABSENT
        return AttendanceStatus.LATE if chance < pupil.absence + 0.03 else AttendanceStatus.PRESENT

    def give_marks(self) -> None:
        """A result for every student in every subject. The last course's semester results are not published yet."""
        assessments = services.get(AssessmentsService)
        count = 0
        for subject in self.subjects:
            entries = tuple(
                ResultEntry(
                    student_id=pupil.student_id,
                    exam_marks=self._mark(pupil.ability),
                    assignment_marks=self._mark(pupil.ability + 5),
                )
                for pupil in self._class_of(subject)
            )
            assessments.save_results(actor=self._teacher_of(subject), subject_id=subject.id, entries=entries)
            count += len(entries)
        published = tuple(p.student_id for p in self.pupils if p.course < len(texts.COURSES) - 1)
        assessments.publish_semester_results(actor=self.head, student_ids=published)
        self.say(f"{count} results")

    def _mark(self, expected: float) -> Decimal:
        return Decimal(round(min(100.0, max(0.0, self.random.gauss(expected, 7)))))

    def set_assignments(self) -> None:
        """One that is over and was handed in on paper, one that ends as the school opens, one that is open."""
        now = timezone.now()
        assignments = submissions = 0
        for number, subject in enumerate(self.subjects):
            self._assign(subject, texts.PAST_TITLE, texts.PAST_TASK, _evening(self.today - timedelta(days=21 + number)))
            title, task = texts.UPCOMING[subject.name]
            open_one = self._assign(subject, title, task, _evening(self.today + timedelta(days=4 + number)))
            submissions += self._hand_in(subject, open_one, every=6)
            assignments += 2
            if number % 4 == 0:
                soon = now.replace(second=0, microsecond=0) + timedelta(minutes=2)
                over = self._assign(subject, texts.CLASS_TITLE, texts.CLASS_TASK, soon)
                submissions += self._hand_in(subject, over, every=4)
                assignments += 1
        self.say(f"{assignments} assignments, {submissions} submissions")

    def _assign(self, subject: Subject, title: str, task: str, due_at: datetime) -> Assignment:
        return services.get(AssessmentsService).add_assignment(
            actor=self._teacher_of(subject), subject_id=subject.id, title=title, description=task, due_at=due_at
        )

    def _hand_in(self, subject: Subject, assignment: Assignment, *, every: int) -> int:
        """Every n-th student of the class hands in; every other file is graded."""
        assessments = services.get(AssessmentsService)
        diligent = self._class_of(subject)[::every]
        for number, pupil in enumerate(diligent):
            write = files.notes if number % 3 == 2 else files.essay
            submission = assessments.submit(
                actor=pupil.actor, assignment_id=assignment.id, file=write(pupil.name, assignment.title)
            )
            if number % 2 == 0:
                marks = (self._mark(pupil.ability) / 10).quantize(Decimal("0.1"))
                assessments.grade(actor=self._teacher_of(subject), submission_id=submission.id, marks=marks)
        return len(diligent)

    # --- the office ---

    def issue_fines(self) -> None:
        """Some are due soon, some overdue, some were paid in cash."""
        finance = services.get(FinanceService)
        paid = 0
        fined = [self.pupils[0], *self.pupils[::7]]
        for number, pupil in enumerate(fined):
            reason, amount, kind = texts.FINES[number % len(texts.FINES)]
            overdue = number % 3 == 2
            fine = finance.issue_fine(
                actor=list(self.teachers.values())[number % STAFF],
                student_id=pupil.student_id,
                amount=Decimal(amount),
                reason=reason,
                kind=kind,
                due_date=self.today + timedelta(days=-9 - number if overdue else 7 + number),
            )
            if number % 3 == 1:
                finance.record_payment(actor=self.head, fine_id=fine.id, method=PaymentMethod.CASH)
                paid += 1
        self.say(f"{len(fined)} fines, {paid} of them paid")

    def exchange_words(self) -> None:
        """Feedback with and without answer, and a notice to all students."""
        feedback = services.get(FeedbackService)
        writers = [p.actor for p in self.pupils[::12]]
        said = [*zip(writers, texts.STUDENT_FEEDBACK, strict=True)]
        said += zip(self.teachers.values(), texts.STAFF_FEEDBACK, strict=False)
        for actor, (text, reply) in said:
            sent = feedback.send(actor=actor, text=text)
            if reply:
                feedback.reply(actor=self.head, feedback=sent.ref, text=reply)
        services.get(NotificationsService).send(
            actor=self.head,
            recipients=tuple(Recipient(inbox=Inbox.STUDENT, id=p.student_id) for p in self.pupils),
            message=texts.WELCOME,
        )
        self.say(f"{len(said)} pieces of feedback, and a welcome to all students")

    def _class_of(self, subject: Subject) -> list[Pupil]:
        course = self.subjects.index(subject) * len(texts.COURSES) // len(self.subjects)
        return [p for p in self.pupils if p.course == course]

    def _teacher_of(self, subject: Subject) -> Actor:
        return self.teachers[subject.teacher_id]


def _actor(person: Person) -> Actor:
    return Actor(user_id=person.user_id, role=person.role, profile_id=person.profile_id, request_id=request_id())


def _profile_id(person: Person) -> int:
    """Every person whom the services made whole has one."""
    if person.profile_id is None:
        raise LookupError(f"{person.username} has no profile")
    return person.profile_id


def _years_before(day: date, years: int) -> date:
    return day - timedelta(days=round(365.25 * years))


def _evening(day: date) -> datetime:
    """The last minute of a day, by the school's clock."""
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=timezone.get_current_timezone())
