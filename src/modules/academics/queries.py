"""Reads of academics, straight from rows to DTOs."""

from datetime import date
from typing import Any

from django.db.models import CharField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from pydantic import TypeAdapter

from contracts.academics import Course, Enrollment, EnrollmentStatus, SessionYear, Subject
from modules.academics import models

_courses = TypeAdapter(tuple[Course, ...])
_subjects = TypeAdapter(tuple[Subject, ...])
_session_years = TypeAdapter(tuple[SessionYear, ...])
_enrollments = TypeAdapter(tuple[Enrollment, ...])


def courses() -> QuerySet[Any, Any]:
    return models.Course.objects.annotate(
        subject_count=_total_of("pk", "subjects"), student_count=_total_of("pk", "students")
    )


def subjects() -> QuerySet[Any, Any]:
    return models.Subject.objects.annotate(
        course_name=F("course__name"), student_count=_total_of("course_id", "students")
    )


def _total_of(course_id: str, kind: str) -> Coalesce:
    """A running total of the course that a field of the outer query names, as in `models.students_of`."""
    name = Concat(Value("course:"), Cast(OuterRef(course_id), CharField()), Value(f":{kind}"))
    return Coalesce(
        Subquery(models.AcademicTotal.objects.filter(name=name).values("value")[:1]), 0, output_field=IntegerField()
    )


def build_courses(rows: QuerySet[Any, Any]) -> tuple[Course, ...]:
    return _courses.validate_python(
        list(rows.values("id", "name", "subject_count", "student_count", "created_at", "updated_at"))
    )


def build_subjects(rows: QuerySet[Any, Any]) -> tuple[Subject, ...]:
    fields = ("id", "name", "course_id", "course_name", "teacher_id", "student_count", "created_at", "updated_at")
    return _subjects.validate_python(list(rows.values(*fields)))


def build_session_years(rows: QuerySet[models.SessionYear, Any]) -> tuple[SessionYear, ...]:
    return _session_years.validate_python(list(rows.values("id", "first_day", "last_day")))


def build_enrollments(rows: QuerySet[models.Enrollment, Any]) -> tuple[Enrollment, ...]:
    fields = ("id", "student_id", "course_id", "session_year_id", "status", "started_on", "ended_on")
    return _enrollments.validate_python(list(rows.values(*fields)))


def course(course_id: int) -> Course:
    return build_courses(courses().filter(pk=course_id))[0]


def subject(subject_id: int) -> Subject:
    return build_subjects(subjects().filter(pk=subject_id))[0]


def to_session_year(row: models.SessionYear) -> SessionYear:
    return SessionYear(id=row.pk, first_day=row.first_day, last_day=row.last_day)


def to_enrollment(row: models.Enrollment) -> Enrollment:
    return Enrollment(
        id=row.pk,
        student_id=row.student_id,
        course_id=row.course_id,
        session_year_id=row.session_year_id,
        status=EnrollmentStatus(row.status),
        started_on=row.started_on,
        ended_on=row.ended_on,
    )


def current() -> QuerySet[models.Enrollment, models.Enrollment]:
    return models.Enrollment.objects.filter(status=EnrollmentStatus.ACTIVE)


def enrolled_on(day: date) -> QuerySet[models.Enrollment, models.Enrollment]:
    """Enrolments, whatever became of them, that held on a day."""
    begun = Q(started_on__isnull=True) | Q(started_on__lte=day)
    not_over = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    return models.Enrollment.objects.filter(begun, not_over)


def student_ids(rows: QuerySet[models.Enrollment, models.Enrollment]) -> tuple[int, ...]:
    """The students of these enrolments, each once, in order."""
    return tuple(rows.order_by("student_id").values_list("student_id", flat=True).distinct())
