"""Academics over REST, below /api/v1/academics/."""

from contracts.academics import AcademicsService
from contracts.base import Actor
from kernel.registry import services
from kernel.rest import ANYONE, HOD, TEACHING, Api, composed, creates, does, one, reads

academics = Api(AcademicsService)

COURSE = one(AcademicsService.courses, "course_id", "academics.Course")
SUBJECT = one(AcademicsService.subjects, "subject_id", "academics.Subject")
SESSION_YEAR = one(AcademicsService.session_years, "session_year_id", "academics.SessionYear")
ENROLLMENT = one(AcademicsService.current_enrollments, "student_id", "academics.Enrollment")

COURSE_ORDERS = ("id", "name", "created_at", "updated_at", "student_count", "subject_count")
SUBJECT_ORDERS = ("id", "name", "course_name", "created_at", "student_count")
YEAR_ORDERS = ("id", "first_day", "last_day")


@composed("query")
def is_enrolled(*, actor: Actor, student_id: int, course_id: int, session_year_id: int) -> bool:
    """Whether this is the student's current course and session year. HOD and staff; students for themselves."""
    found = services.get(AcademicsService).current_enrollments(actor=actor, student_ids=(student_id,)).get(student_id)
    return found is not None and (found.course_id, found.session_year_id) == (course_id, session_year_id)


urlpatterns = [
    academics.path("counts/", get=reads("Count courses, subjects and session years", AcademicsService.counts, HOD)),
    academics.path(
        "courses/",
        get=reads("List courses", AcademicsService.list_courses, TEACHING, orders=COURSE_ORDERS, searched=True),
        post=creates("Add a course", AcademicsService.add_course, HOD, location="courses/{id}/"),
    ),
    academics.path(
        "courses/<course_id>/",
        get=reads("Get a course", COURSE, ANYONE),
        put=does("Rename a course", AcademicsService.rename_course, HOD, edits=COURSE),
        delete=does("Delete a course", AcademicsService.delete_course, HOD, edits=COURSE),
    ),
    academics.path(
        "subjects/",
        get=reads("List subjects", AcademicsService.list_subjects, ANYONE, orders=SUBJECT_ORDERS, searched=True),
        post=creates("Add a subject", AcademicsService.add_subject, HOD, location="subjects/{id}/"),
    ),
    academics.path(
        "subjects/<subject_id>/",
        get=reads("Get a subject", SUBJECT, ANYONE),
        put=does("Change a subject", AcademicsService.update_subject, HOD, edits=SUBJECT),
        delete=does("Delete a subject", AcademicsService.delete_subject, HOD, edits=SUBJECT),
    ),
    academics.path(
        "subjects/<subject_id>/students/", get=reads("List a subject's class", AcademicsService.class_list, TEACHING)
    ),
    academics.path(
        "session-years/",
        get=reads("List session years", AcademicsService.list_session_years, ANYONE, orders=YEAR_ORDERS),
        post=creates("Add a session year", AcademicsService.add_session_year, HOD, location="session-years/{id}/"),
    ),
    academics.path(
        "session-years/<session_year_id>/",
        get=reads("Get a session year", SESSION_YEAR, ANYONE),
        put=does("Change a session year", AcademicsService.update_session_year, HOD, edits=SESSION_YEAR),
        delete=does("Delete a session year", AcademicsService.delete_session_year, HOD, edits=SESSION_YEAR),
    ),
    academics.path("students/", get=reads("List enrolled students' ids", AcademicsService.student_ids, TEACHING)),
    academics.path(
        "students/<student_id>/enrollment/",
        get=reads("Get a student's current enrolment", ENROLLMENT, ANYONE),
        put=does("Enrol a student", AcademicsService.enroll, HOD, edits=ENROLLMENT),
        delete=does("End a student's enrolment", AcademicsService.withdraw, HOD, edits=ENROLLMENT),
    ),
    academics.path(
        "students/<student_id>/enrollments/",
        get=reads("List a student's enrolments", AcademicsService.enrollment_history, ANYONE),
    ),
    academics.path(
        "enrollments/",
        get=reads("Get the current enrolments of students", AcademicsService.current_enrollments, ANYONE),
    ),
    academics.path(
        "enrollments/validate/", get=reads("Check a student's enrolment", is_enrolled, ANYONE, named="enrolled")
    ),
    academics.path(
        "teachers/subject-counts/",
        get=reads("Count teachers' subjects", AcademicsService.subject_counts_by_teacher, TEACHING),
    ),
]
