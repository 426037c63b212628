"""Academics: Courses → Course, Subjects → Subject, SessionYearModel → SessionYear, enrolments → Enrollment.

The legacy kept the enrolment inside the student's profile. A student whose course is gone keeps the profile (see users)
and has no enrolment.
"""

from contracts.academics import EnrollmentStatus
from migrations_legacy.convert import closing_day, instant, integer, opening_day, text
from migrations_legacy.mapping import Context, Reference, TableMapping, column, constant, same

CONTEXT = Context(
    name="academics",
    tables=(
        TableMapping(
            source="courses",
            target="academics.Course",
            columns=(
                *same(integer, "id"),
                column("name", "course_name", text),
                *same(instant, "created_at", "updated_at"),
            ),
        ),
        TableMapping(
            source="sessionyearmodel",
            target="academics.SessionYear",
            columns=(
                *same(integer, "id"),
                column("first_day", "session_start_year", opening_day),
                column("last_day", "session_end_year", closing_day),
            ),
        ),
        TableMapping(
            source="subjects",
            target="academics.Subject",
            columns=(
                *same(integer, "id"),
                column("name", "subject_name", text),
                column("course_id", "course_id_id", integer),
                column("teacher_id", "staff_id_id", integer),
                *same(instant, "created_at", "updated_at"),
            ),
            references=(Reference("course_id_id", "courses"), Reference("staff_id_id", "customuser")),
        ),
        TableMapping(
            source="students",
            target="academics.Enrollment",
            columns=(
                *same(integer, "id"),
                column("student_id", "id", integer),
                column("course_id", "course_id_id", integer),
                column("session_year_id", "session_year_id_id", integer),
                constant("status", EnrollmentStatus.ACTIVE.value),
            ),
            references=(
                Reference("id", "students"),
                Reference("course_id_id", "courses"),
                Reference("session_year_id_id", "sessionyearmodel"),
            ),
            main=False,
        ),
    ),
)
