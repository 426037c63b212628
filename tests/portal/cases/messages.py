"""Leave and feedback."""

from tests.portal.cases.case import Case, Pair, button, form, page, page_of, script, selected

LEAVE = {"leave_date": "{tomorrow}", "leave_message": "A wedding"}
FEEDBACK = {"feedback_message": "More light"}

CASES: dict[str, Pair] = {
    "student_apply_leave": page("A journey"),
    "student_apply_leave_save": form(
        LEAVE, "/student_apply_leave/", "Applied for Leave.", {"leave_date": ""}, "Failed to Apply Leave"
    ),
    "staff_apply_leave": page("Exam duty elsewhere"),
    "staff_apply_leave_save": form(
        LEAVE, "/staff_apply_leave/", "Applied for Leave.", {"leave_message": ""}, "Failed to Apply Leave"
    ),
    "student_leave_view": page("A journey"),
    "staff_leave_view": page("Exam duty elsewhere"),
    **{
        f"{whose}_leave_{step}": button(
            f"/{whose}_leave_view/", f"Leave {done}.", missing=f"/{whose}_leave_{step}/999999/"
        )
        for whose in ("student", "staff")
        for step, done in (("approve", "approved"), ("reject", "rejected"))
    },
    **{
        f"{whose}_leave_selected": selected(
            f"/{whose}_leave_view/selected/",
            f"/{whose}_leave_view/",
            do="approve",
            row=f"{{{whose}_leave}}",
            done="1 request approved.",
        )
        for whose in ("student", "staff")
    },
    "student_feedback": page("A word"),
    "student_feedback_save": form(
        FEEDBACK, "/student_feedback/", "Feedback Sent.", {"feedback_message": ""}, "Failed to Send Feedback."
    ),
    "staff_feedback": page("More chalk"),
    "staff_feedback_save": form(
        FEEDBACK, "/staff_feedback/", "Feedback Sent.", {"feedback_message": ""}, "Failed to Send Feedback."
    ),
    "student_feedback_message": page("A word"),
    "student_feedback_message_reply": script(
        {"id": "{feedback}", "reply": "Soon"}, "True", {"id": "999999", "reply": "Soon"}, "False"
    ),
    "staff_feedback_message": page("More chalk"),
    "staff_feedback_message_reply": script(
        {"id": "{staff_feedback}", "reply": "Soon"}, "True", {"id": "999999", "reply": "Soon"}, "False"
    ),
    "reply_feedback": (
        Case(302, {"reply": "Soon"}, to="/student_feedback_message/", says="success: Your reply is sent."),
        Case(
            302,
            {"reply": ""},
            to="/student_feedback_message/?#feedback-{feedback}",
            says="error: The reply was not sent: Write a reply first.",
        ),
    ),
    "feedback_figures": page_of("How students' feedback was answered", missing="/feedback_figures/nobody/"),
    "send_notice": (
        Case(
            302,
            {"to": "subject:{subject}", "message": "Bring a leaf", "confirmed": "1"},
            to="/staff_home/",
            says="success: The notice is sent to 20 people.",
        ),
        Case(422, {"to": "subject:999999", "message": "Bring a leaf", "confirmed": "1"}, shows="Select a valid choice"),
    ),
}
