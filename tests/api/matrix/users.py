from tests.api.matrix import Row
from tests.portal.school import PASSWORD

NEW = "quite another one"
PERSON = {"first_name": "New", "last_name": "Comer", "email": "new.comer@school.example"}
ACCOUNT = PERSON | {"username": "new.comer", "password": PASSWORD}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # one, as PNG
)
STUDENT, STAFF = {"user_id": "{student_user_id}"}, {"user_id": "{staff_user_id}"}

ROWS = {
    "POST auth/login/": Row(
        "yes", "yes", "yes", body={"username": "tara.teacher@school.example", "password": PASSWORD}, public=True
    ),
    "POST auth/refresh/": Row("yes", "yes", "yes", body={"refresh_token": "{refresh_token}"}, public=True),
    "POST auth/logout/": Row("yes", "yes", "yes"),
    "POST auth/password/": Row("yes", "yes", "yes", body={"old_password": PASSWORD, "new_password": NEW}),
    "POST auth/password-reset/": Row("yes", "yes", "yes", body={"email": "nobody@school.example"}, public=True),
    "POST auth/password-reset/confirm/": Row(
        "yes", "yes", "yes", body={"token": "{reset_token}", "new_password": NEW}, public=True
    ),
    "GET auth/sessions/": Row("yes", "yes", "yes"),
    "POST auth/sessions/end-others/": Row("yes", "yes", "yes"),
    "DELETE auth/sessions/{session_id}/": Row("yes / hidden", "yes / hidden", "yes"),
    "GET users/validate-token/": Row("yes", "yes", "yes"),
    "GET users/profile/": Row("yes", "yes", "yes"),
    "PATCH users/profile/": Row("yes", "yes", "yes", body={"first_name": "Now"}),
    "GET users/students/": Row("no", "yes", "yes"),
    "POST users/students/": Row(
        "no",
        "no",
        "yes",
        body={
            "account": ACCOUNT,
            "profile": {"address": "1 Lane"},
            "course_id": "{course_id}",
            "session_year_id": "{session_year_id}",
        },
    ),
    "GET users/students/{user_id}/": Row("yes / no", "yes", "yes", path=STUDENT),
    "PATCH users/students/{user_id}/": Row("no", "no", "yes", body={"first_name": "Now"}, path=STUDENT),
    "PUT users/students/{user_id}/photo/": Row(
        "no", "no", "yes", body={"photo": {"name": "me.png", "content": PIXEL}}, path=STUDENT
    ),
    "POST users/students/{user_id}/complete/": Row(
        "no",
        "no",
        "yes",
        body={"profile": {}, "course_id": "{course_id}", "session_year_id": "{session_year_id}"},
        path={"user_id": "{incomplete_student_id}"},
    ),
    "GET users/students/by-profile/{student_id}/": Row("yes / no", "yes", "yes"),
    "GET users/students/by-profile/{student_id}/photo/": Row(
        "yes", "yes", "yes", path={"student_id": "{pictured_student_id}"}
    ),
    "GET users/staff/": Row("no", "no", "yes"),
    "POST users/staff/": Row("no", "no", "yes", body={"account": ACCOUNT, "profile": {"address": "1 Lane"}}),
    "GET users/staff/{user_id}/": Row("no", "yes", "yes", path=STAFF),
    "PATCH users/staff/{user_id}/": Row("no", "no", "yes", body={"first_name": "Now"}, path=STAFF),
    "POST users/staff/{user_id}/complete/": Row(
        "no", "no", "yes", body={"department": "Botany"}, path={"user_id": "{incomplete_staff_id}"}
    ),
    "GET users/staff/by-profile/{staff_id}/": Row("no", "yes", "yes"),
    "GET users/hods/": Row("no", "no", "yes"),
    "GET users/counts/": Row("no", "no", "yes"),
    "GET users/availability/username/": Row("no", "no", "yes", query={"username": "tara.teacher"}),
    "GET users/availability/email/": Row("no", "no", "yes", query={"email": "tara.teacher@school.example"}),
    "GET users/accounts/{user_id}/": Row("yes / hidden", "yes", "yes", path=STUDENT),
    "DELETE users/accounts/{user_id}/": Row("no", "no", "yes", path=STUDENT),
    "DELETE users/accounts/{user_id}/incomplete/": Row("no", "no", "yes", path={"user_id": "{incomplete_student_id}"}),
    "POST users/accounts/{user_id}/restore/": Row("no", "no", "yes", path=STUDENT),
    "PUT users/accounts/{user_id}/active/": Row("no", "no", "yes", body={"active": False}, path=STUDENT),
    "PUT users/accounts/{user_id}/password/": Row("no", "no", "yes", body={"new_password": NEW}, path=STUDENT),
    "GET users/accounts/{user_id}/sessions/": Row("no", "no", "yes", path=STUDENT),
    "DELETE users/accounts/{user_id}/sessions/": Row("no", "no", "yes", path=STUDENT),
}
