"""What academics does for others; the only writer of its tables."""

from datetime import date
from typing import Any

from django.db.models import Count
from django.utils import timezone

from contracts.academics import (
    AcademicCounts,
    AcademicsService,
    Course,
    Enrollment,
    SessionYear,
    StaffAssigned,
    Subject,
)
from contracts.base import Actor, Page, PageRequest, Role
from kernel import audit, refs
from kernel.databases import atomic
from kernel.events import publish
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import ReferenceQueries
from modules.academics import checks, enrolling, models, queries
from modules.academics.models import AcademicTotal, subjects_of

COURSE_ORDER = {n: n for n in ("id", "name", "created_at", "updated_at", "student_count", "subject_count")}
SUBJECT_ORDER = {n: n for n in ("id", "name", "course_name", "created_at", "student_count")}
YEAR_ORDER = {n: n for n in ("id", "first_day", "last_day")}


class Academics(ReferenceQueries, AcademicsService):
    def list_courses(self, *, actor: Actor, page: PageRequest) -> Page[Course]:
        require(actor, Role.HOD, Role.STAFF)
        return page_of(
            queries.courses(),
            page,
            build=queries.build_courses,
            search=("name",),
            order=COURSE_ORDER,
            default_order="id",
        )

    def courses(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Course]:
        require_login(actor)
        return {course.id: course for course in queries.build_courses(queries.courses().filter(pk__in=ids))}

    def add_course(self, *, actor: Actor, name: str) -> Course:
        require(actor, Role.HOD)
        name = checks.trimmed_name(name)
        with atomic(self.module):
            checks.refuse_used_course_name(name)
            row = models.Course.objects.create(name=name)
            AcademicTotal.add({"all:courses": 1})
            audit.record(actor=actor, action="academics.course_added", target=f"Course:{row.pk}", name=name)
        return queries.course(row.pk)

    def rename_course(self, *, actor: Actor, course_id: int, name: str) -> Course:
        require(actor, Role.HOD)
        name = checks.trimmed_name(name)
        with atomic(self.module):
            row = checks.held(models.Course, course_id)
            if name != row.name:
                checks.refuse_used_course_name(name, but=row.pk)
                audit.record(
                    actor=actor, action="academics.course_renamed", target=f"Course:{row.pk}", old=row.name, new=name
                )
                row.name, row.updated_at = name, timezone.now()
                row.save(update_fields=["name", "updated_at"])
        return queries.course(course_id)

    def delete_course(self, *, actor: Actor, course_id: int) -> None:
        require(actor, Role.HOD)
        self._erase(actor, models.Course, course_id)

    def list_subjects(
        self, *, actor: Actor, page: PageRequest, course_id: int | None = None, teacher_id: int | None = None
    ) -> Page[Subject]:
        require_login(actor)
        rows = queries.subjects()
        if course_id is not None:
            rows = rows.filter(course_id=course_id)
        if teacher_id is not None:
            rows = rows.filter(teacher_id=teacher_id)
        return page_of(
            rows,
            page,
            build=queries.build_subjects,
            search=("name", "course__name"),
            order=SUBJECT_ORDER,
            default_order="id",
        )

    def subjects(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, Subject]:
        require_login(actor)
        return {subject.id: subject for subject in queries.build_subjects(queries.subjects().filter(pk__in=ids))}

    def add_subject(self, *, actor: Actor, name: str, course_id: int, teacher_id: int) -> Subject:
        require(actor, Role.HOD)
        name = checks.trimmed_name(name)
        checks.require_teacher(actor, teacher_id)
        with atomic(self.module):
            checks.require_choice(models.Course, "course_id", course_id)
            row = models.Subject.objects.create(name=name, course_id=course_id, teacher_id=teacher_id)
            AcademicTotal.add({"all:subjects": 1, subjects_of(course_id): 1})
            audit.record(
                actor=actor,
                action="academics.subject_added",
                target=f"Subject:{row.pk}",
                name=name,
                course_id=course_id,
                teacher_id=teacher_id,
            )
            _announce_teacher(row)
        return queries.subject(row.pk)

    def update_subject(self, *, actor: Actor, subject_id: int, name: str, course_id: int, teacher_id: int) -> Subject:
        require(actor, Role.HOD)
        name = checks.trimmed_name(name)
        if checks.existing(models.Subject, subject_id).teacher_id != teacher_id:
            checks.require_teacher(actor, teacher_id)
        with atomic(self.module):
            row = checks.held(models.Subject, subject_id)
            if row.course_id != course_id:
                checks.require_choice(models.Course, "course_id", course_id)
                AcademicTotal.add({subjects_of(row.course_id): -1, subjects_of(course_id): 1})
            new_teacher = row.teacher_id != teacher_id
            audit.record(
                actor=actor,
                action="academics.subject_changed",
                target=f"Subject:{row.pk}",
                old=[row.name, row.course_id, row.teacher_id],
                new=[name, course_id, teacher_id],
            )
            row.name, row.course_id, row.teacher_id, row.updated_at = name, course_id, teacher_id, timezone.now()
            row.save(update_fields=["name", "course", "teacher_id", "updated_at"])
            if new_teacher:
                _announce_teacher(row)
        return queries.subject(subject_id)

    def delete_subject(self, *, actor: Actor, subject_id: int) -> None:
        require(actor, Role.HOD)
        self._erase(actor, models.Subject, subject_id)

    def list_session_years(self, *, actor: Actor, page: PageRequest) -> Page[SessionYear]:
        require_login(actor)
        rows = models.SessionYear.objects.all()
        return page_of(rows, page, build=queries.build_session_years, order=YEAR_ORDER, default_order="id")

    def session_years(self, *, actor: Actor, ids: tuple[int, ...]) -> dict[int, SessionYear]:
        require_login(actor)
        return {y.id: y for y in queries.build_session_years(models.SessionYear.objects.filter(pk__in=ids))}

    def add_session_year(self, *, actor: Actor, first_day: date, last_day: date) -> SessionYear:
        require(actor, Role.HOD)
        with atomic(self.module):
            checks.check_session_year(first_day, last_day)
            row = models.SessionYear.objects.create(first_day=first_day, last_day=last_day)
            AcademicTotal.add({"all:session_years": 1})
            audit.record(actor=actor, action="academics.session_year_added", target=f"SessionYear:{row.pk}")
        return queries.to_session_year(row)

    def update_session_year(
        self, *, actor: Actor, session_year_id: int, first_day: date, last_day: date
    ) -> SessionYear:
        require(actor, Role.HOD)
        with atomic(self.module):
            row = checks.held(models.SessionYear, session_year_id)
            if (row.first_day, row.last_day) != (first_day, last_day):
                checks.check_session_year(first_day, last_day)
                audit.record(
                    actor=actor,
                    action="academics.session_year_changed",
                    target=f"SessionYear:{row.pk}",
                    old=str(row),
                    new=[first_day.isoformat(), last_day.isoformat()],
                )
                row.first_day, row.last_day = first_day, last_day
                row.save(update_fields=["first_day", "last_day"])
        return queries.to_session_year(row)

    def delete_session_year(self, *, actor: Actor, session_year_id: int) -> None:
        require(actor, Role.HOD)
        self._erase(actor, models.SessionYear, session_year_id)

    def enroll(
        self, *, actor: Actor, student_id: int, course_id: int, session_year_id: int, started_on: date | None = None
    ) -> Enrollment:
        require(actor, Role.HOD)
        if actor.role is not Role.SYSTEM:
            checks.require_student(actor, student_id)
        with atomic(self.module):
            current = enrolling.hold_student(student_id)
            if current and (current.course_id, current.session_year_id) == (course_id, session_year_id):
                return queries.to_enrollment(current)
            checks.require_choice(models.Course, "course_id", course_id)
            checks.require_choice(models.SessionYear, "session_year_id", session_year_id)
            if started_on is not None:
                checks.check_start(student_id, session_year_id, started_on)
            row = enrolling.move(
                actor=actor,
                current=current,
                student_id=student_id,
                course_id=course_id,
                session_year_id=session_year_id,
                started_on=started_on or timezone.localdate(),
            )
        return queries.to_enrollment(row)

    def withdraw(self, *, actor: Actor, student_id: int) -> None:
        require(actor, Role.HOD)
        with atomic(self.module):
            current = enrolling.hold_student(student_id)
            if current:
                enrolling.drop(actor=actor, current=current)

    def current_enrollments(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Enrollment]:
        checks.require_staff_or_self(actor, student_ids)
        rows = queries.current().filter(student_id__in=student_ids)
        return {enrollment.student_id: enrollment for enrollment in queries.build_enrollments(rows)}

    def enrollment_history(self, *, actor: Actor, student_id: int) -> tuple[Enrollment, ...]:
        checks.require_staff_or_self(actor, (student_id,))
        return queries.build_enrollments(models.Enrollment.objects.filter(student_id=student_id).order_by("-id"))

    def class_list(
        self, *, actor: Actor, subject_id: int, session_year_id: int, on: date | None = None
    ) -> tuple[int, ...]:
        require(actor, Role.HOD, Role.STAFF)
        course_id = checks.existing(models.Subject, subject_id).course_id
        checks.existing(models.SessionYear, session_year_id)
        rows = queries.current() if on is None else queries.enrolled_on(on)
        return queries.student_ids(rows.filter(course_id=course_id, session_year_id=session_year_id))

    def student_ids(
        self, *, actor: Actor, course_id: int | None = None, session_year_id: int | None = None
    ) -> tuple[int, ...]:
        require(actor, Role.HOD, Role.STAFF)
        rows = queries.current()
        if course_id is not None:
            rows = rows.filter(course_id=course_id)
        if session_year_id is not None:
            rows = rows.filter(session_year_id=session_year_id)
        return queries.student_ids(rows)

    def counts(self, *, actor: Actor) -> AcademicCounts:
        require(actor, Role.HOD)
        totals = AcademicTotal.read(f"all:{kind}" for kind in AcademicCounts.model_fields)
        return AcademicCounts(**{kind: totals[f"all:{kind}"] for kind in AcademicCounts.model_fields})

    def subject_counts_by_teacher(self, *, actor: Actor, teacher_ids: tuple[int, ...]) -> dict[int, int]:
        if actor.role is not Role.STAFF or set(teacher_ids) != {actor.user_id}:
            require(actor, Role.HOD)
        counted = models.Subject.objects.filter(teacher_id__in=teacher_ids).values_list("teacher_id")
        return dict.fromkeys(teacher_ids, 0) | dict(counted.annotate(n=Count("pk")).order_by())

    def _erase(self, actor: Actor, model: type[Any], row_id: int) -> None:
        """Erase a row that nothing refers to. Raises NotFound and InUse."""
        row = checks.existing(model, row_id)
        elsewhere = refs.blockers(actor=actor, target=refs.entity(model), ids=[row_id])
        with atomic(self.module):
            checks.held(model, row_id)
            checks.refuse_used(row, checks.uses_inside(row) | elsewhere)
            audit.record(
                actor=actor,
                action=f"academics.{model.__name__.lower()}_deleted",
                target=f"{model.__name__}:{row_id}",
                was=str(row),
            )
            refs.erase(model.objects.filter(pk=row_id))


def _announce_teacher(subject: models.Subject) -> None:
    publish(
        StaffAssigned(
            subject_id=subject.pk, subject_name=subject.name, teacher_id=subject.teacher_id, at=subject.updated_at
        )
    )


provider = Academics()
