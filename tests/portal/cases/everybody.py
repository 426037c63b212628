"""Pages for whoever is logged in, and the way in."""

from tests.portal.cases.case import NONSENSE, Case, Pair, button, page
from tests.portal.school import ESSAY_TEXT, PASSWORD

CASES: dict[str, Pair] = {
    "login": page("Log in"),
    "doLogin": (
        Case(302, {"email": "{student_email}", "password": PASSWORD}, to="/student_home/"),
        Case(
            302,
            {"email": "{student_email}", "password": "wrong"},
            to="/",
            says="error: Invalid Login Credentials!",
        ),
    ),
    "logout_user": (
        Case(302, {}, to="/", says="success: You are logged out."),
        Case(200, shows="Log out"),
    ),
    "forgot_password": (
        Case(
            302,
            {"email": "{student_email}"},
            to="/",
            says="success: If an account has this address, a mail is on its way to it. "
            "It says how to choose a new password.",
        ),
        Case(422, {"email": ""}, shows="This field is required."),
    ),
    "new_password": (
        Case(200, shows="Choose a new password"),
        Case(
            422,
            {"token": "1.invented", "new_password": "quite another one", "confirm_password": "quite another one"},
            shows="This code is not good, or not any more.",
        ),
    ),
    "get_user_details": page("User: {student_email} User Type: 3"),
    "search": (
        Case(200, at="/search/?q=welcome", shows="Welcome to the school"),
        Case(200, at="/search/?q=nothing+like+it", shows="Nothing found"),
    ),
    "inbox": page("Welcome to the school"),
    "mark_notice": button("/inbox/", "", missing="/inbox/999999/"),
    "notices_selected": (
        Case(302, {"do": "read", "selected": "{notice}"}, to="/inbox/", says="success: 1 notice marked as read."),
        Case(
            302,
            {"do": "read"},
            to="/inbox/",
            says="warning: Nothing was done: tick one row or more, then choose what to do with them.",
        ),
    ),
    "mark_all_notices": (
        Case(302, {}, to="/inbox/", says="success: 1 notice marked as read."),
        Case(405, at=NONSENSE),
    ),
    "cancel_leave": button(
        "/student_apply_leave/", "The request is cancelled.", missing="/cancel_leave/student/999999/"
    ),
    "submission_file": (
        Case(200, shows=ESSAY_TEXT.decode().strip()),
        Case(404, at="/submission/999999/file/"),
    ),
    "photo": (
        Case(200, at="/photo/{pictured_profile}/", shows="PNG"),
        Case(404, at="/photo/{student_profile}/"),
    ),
    "media": (
        Case(200, at="/media/{picture}", shows="PNG"),
        Case(404, at="/media/profile_pics/../../etc/passwd"),
    ),
    "sessions": page("Where you are logged in"),
    "end_other_sessions": (
        Case(302, {}, to="/sessions/", says="success: You are logged out everywhere else."),
        Case(200, at=NONSENSE, shows="Log out everywhere else?"),
    ),
    "end_session": button(
        "/sessions/", "You are logged out there.", at="/sessions/{session}/end/", missing="/sessions/unknown/end/"
    ),
}
