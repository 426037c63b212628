"""Tables of academics. Names and days can hold whatever the legacy held: blank, used twice, reversed."""

from typing import ClassVar

from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.academics import EnrollmentStatus
from kernel.refs import ModuleRef, Reaction
from kernel.totals import RunningTotal

STATUSES = [(s.value, s.value) for s in EnrollmentStatus]


class Course(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.name


class Subject(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField(blank=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="subjects")
    teacher_id = ModuleRef("users.User", reaction=Reaction.BLOCK)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")

    def __str__(self) -> str:
        return self.name


class SessionYear(models.Model):
    id = models.BigAutoField(primary_key=True)
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        verbose_name = _("session year")
        verbose_name_plural = _("session years")

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class Enrollment(models.Model):
    id = models.BigAutoField(primary_key=True)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.CASCADE)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrollments")
    session_year = models.ForeignKey(SessionYear, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=10, choices=STATUSES, default=EnrollmentStatus.ACTIVE.value)
    started_on = models.DateField(null=True, blank=True)
    """None: before this system kept dates, as for all that came from the legacy."""
    ended_on = models.DateField(null=True, blank=True)
    ended_with_account = models.BooleanField(default=False)
    """Ended because the person was withdrawn; restoring the person brings it back."""

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["student_id"],
                condition=models.Q(status=EnrollmentStatus.ACTIVE.value),
                name="academics_one_active_enrollment",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "session_year", "status", "student_id"], name="academics_class_list")
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.course_id}, {self.session_year_id} ({self.status})"


class AcademicTotal(RunningTotal):
    """How many there are: "all:courses", "all:subjects", "all:session_years", "course:3:subjects", and with
    "course:3:students" the current enrolments of a course.
    """

    class Meta:
        verbose_name = _("academic total")
        verbose_name_plural = _("academic totals")

    @classmethod
    def recount(cls) -> dict[str, int]:
        totals = {
            "all:courses": Course.objects.count(),
            "all:subjects": Subject.objects.count(),
            "all:session_years": SessionYear.objects.count(),
        }
        subjects = Subject.objects.values_list("course_id").annotate(n=Count("pk")).order_by()
        students = (
            Enrollment.objects.filter(status=EnrollmentStatus.ACTIVE)
            .values_list("course_id")
            .annotate(n=Count("pk"))
            .order_by()
        )
        totals |= {subjects_of(course_id): n for course_id, n in subjects}
        totals |= {students_of(course_id): n for course_id, n in students}
        return totals


def subjects_of(course_id: int) -> str:
    return f"course:{course_id}:subjects"


def students_of(course_id: int) -> str:
    return f"course:{course_id}:students"
