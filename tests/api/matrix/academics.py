from tests.api.matrix import Row

SUBJECT = {"name": "Zoology", "course_id": "{course_id}", "teacher_id": "{teacher_user_id}"}
YEAR = {"first_day": "2040-01-01", "last_day": "2040-12-31"}
PLACE = {"course_id": "{course_id}", "session_year_id": "{session_year_id}"}

ROWS = {
    "GET academics/counts/": Row("no", "no", "yes"),
    "GET academics/courses/": Row("no", "yes", "yes"),
    "POST academics/courses/": Row("no", "no", "yes", body={"name": "Zoology"}),
    "GET academics/courses/{course_id}/": Row("yes", "yes", "yes"),
    "PUT academics/courses/{course_id}/": Row("no", "no", "yes", body={"name": "Zoology"}),
    "DELETE academics/courses/{course_id}/": Row("no", "no", "yes", path={"course_id": "{unused_course_id}"}),
    "GET academics/subjects/": Row("yes", "yes", "yes"),
    "POST academics/subjects/": Row("no", "no", "yes", body=SUBJECT),
    "GET academics/subjects/{subject_id}/": Row("yes", "yes", "yes"),
    "PUT academics/subjects/{subject_id}/": Row("no", "no", "yes", body=SUBJECT),
    "DELETE academics/subjects/{subject_id}/": Row("no", "no", "yes", path={"subject_id": "{unused_subject_id}"}),
    "GET academics/subjects/{subject_id}/students/": Row(
        "no", "yes", "yes", query={"session_year_id": "{session_year_id}"}
    ),
    "GET academics/session-years/": Row("yes", "yes", "yes"),
    "POST academics/session-years/": Row("no", "no", "yes", body=YEAR),
    "GET academics/session-years/{session_year_id}/": Row("yes", "yes", "yes"),
    "PUT academics/session-years/{session_year_id}/": Row("no", "no", "yes", body=YEAR),
    "DELETE academics/session-years/{session_year_id}/": Row(
        "no", "no", "yes", path={"session_year_id": "{unused_session_year_id}"}
    ),
    "GET academics/students/": Row("no", "yes", "yes"),
    "GET academics/students/{student_id}/enrollment/": Row("yes / no", "yes", "yes"),
    "PUT academics/students/{student_id}/enrollment/": Row("no", "no", "yes", body=PLACE),
    "DELETE academics/students/{student_id}/enrollment/": Row("no", "no", "yes"),
    "GET academics/students/{student_id}/enrollments/": Row("yes / no", "yes", "yes"),
    "GET academics/enrollments/": Row("yes / no", "yes", "yes", query={"student_ids": ["{student_id}"]}),
    "GET academics/enrollments/validate/": Row("yes / no", "yes", "yes", query={"student_id": "{student_id}", **PLACE}),
    "GET academics/teachers/subject-counts/": Row(
        "no", "yes / no", "yes", query={"teacher_ids": ["{teacher_user_id}"]}
    ),
}
