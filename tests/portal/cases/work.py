"""Results, and assignments with what is handed in."""

from tests.portal.cases.case import FILE, Case, Pair, button, form, page, page_of, refusing, script, selected

RESULT = {
    "subject": "{subject}",
    "session_year": "{year}",
    "student_list": "{student}",
    "assignment_marks": "12",
    "exam_marks": "60",
}
ASSIGNMENT = {"subject": "{subject}", "title": "Ferns", "description": "One page", "due_date": "2031-01-01T12:00"}
HAND_IN = "/student/assignment/{open_assignment}/submit/"

POLICY = {"exam_weight": "60", "pass_percentage": "50", "allowed_failures": "1", "scale": "P 50 4\nF 0 0"}
KEPT_BACK = {"subject": "{subject}", "session_year": "{year}", "withheld": "0"}
RELEASED = "success: 0 students see their results now."

CASES: dict[str, Pair] = {
    "staff_add_result": page("Botany (Biology)"),
    "staff_add_result_save": form(
        RESULT,
        "/staff_add_result/",
        "Result Added Successfully!",
        {"exam_marks": "many"},
        "Failed to Add Result!",
    ),
    "staff_withhold_results": (
        Case(302, KEPT_BACK, to="/staff_add_result/?subject={subject}&session_year={year}", says=RELEASED),
        Case(404, KEPT_BACK | {"subject": "x"}, shows="There is nothing at this address"),
    ),
    "student_view_result": page("Genetics"),
    "staff_manage_assignments": page("Essay on mosses"),
    "staff_add_assignment": page("Botany (Biology)"),
    "staff_add_assignment_save": form(
        ASSIGNMENT,
        "/manage_assignments/",
        "Assignment Added Successfully!",
        {"title": ""},
        "Could Not Add Assignment: This field is required.",
        back="/add_assignment/",
    ),
    "staff_edit_assignment": (
        Case(
            302,
            {"title": "Mosses", "description": "", "due_date": "2031-01-01T12:00"},
            to="/view_assignment_submissions/{assignment}/",
            says="success: “Mosses” is saved.",
        ),
        Case(422, {"title": "", "description": "Kept", "due_date": "2031-01-01T12:00"}, shows="Kept"),
    ),
    "staff_move_assignment": button(
        "/view_assignment_submissions/{assignment}/",
        "“Essay on mosses” is closed: nothing more can be handed in.",
        sends={"do": "close"},
        missing="/move_assignment/999999/",
    ),
    "staff_delete_assignment": refusing(
        Case(302, {}, to="/manage_assignments/", says="success: Assignment deleted successfully"),
        "/manage_assignments/",
        "Assignment not found",
        at="/delete_assignment/999999/",
    ),
    "semester_results": page("Choose a course"),
    "semester_results_selected": selected(
        "/semester_results/selected/",
        "/semester_results/",
        do="withhold",
        row="{student_profile}",
        done="1 semester result withheld.",
        sends={"reason": "Fees are due"},
    ),
    "subject_results": page_of("Results: Botany", missing="/subject_results/999999/"),
    "subject_results_selected": (
        Case(
            302,
            {},
            at="?do=release&selected={student_profile}",
            to="/subject_results/{subject}/",
            says="warning: Nothing was done: none of the ticked rows is in a state for that.",
        ),
        Case(
            302,
            at="?do=nothing",
            to="/subject_results/{subject}/",
            says="warning: Nothing was done: tick one row or more, then choose what to do with them.",
        ),
    ),
    "assignment_figures": page_of("Figures: Essay on mosses", missing="/assignment_figures/999999/"),
    "grading_policy": (
        Case(
            302, POLICY, to="/grading_policy/", says="success: The grading policy is saved. All grades follow it now."
        ),
        Case(422, POLICY | {"scale": "A 50"}, shows="Line 1: write a letter"),
    ),
    "staff_grade_class": (
        Case(302, {}, to="/grade_class/{assignment}/?session_year={year}", says="info: No mark was changed."),
        Case(404, {}, at="/grade_class/999999/", shows="There is nothing at this address"),
    ),
    "staff_view_submissions": (
        Case(200, shows="{student_name}"),
        Case(
            302,
            at="/view_assignment_submissions/999999/",
            to="/manage_assignments/",
            says="error: Assignment Not Found",
        ),
    ),
    "ajax_grade_assignment": script({"marks": "7"}, "OK", {"marks": "-1"}, "Marks cannot be negative"),
    "student_view_assignments": page("Essay on mosses"),
    "student_submit_assignment": refusing(
        Case(
            302,
            {"submission_file": FILE},
            at=HAND_IN,
            to="/student/assignments/",
            says="success: Assignment submitted successfully",
        ),
        "/student/assignments/",
        "Please select a file to submit",
        at=HAND_IN,
    ),
}
