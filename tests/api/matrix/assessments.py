from tests.api.matrix import Row

TASK = {
    "subject_id": "{subject_id}",
    "title": "Ferns",
    "description": "Two pages",
    "due_at": "2040-01-01T12:00:00Z",
}
CHANGED = {name: value for name, value in TASK.items() if name != "subject_id"}
ESSAY = {"file": {"name": "essay.txt", "content": "RmVybnMgaGF2ZSByb290cy4K"}}
MARKS = {"exam_marks": "80", "assignment_marks": "75"}

POLICY = {
    "exam_weight": "60",
    "pass_percentage": "50",
    "allowed_failures": 1,
    "scale": [
        {"letter": "P", "from_percentage": "50", "points": "4"},
        {"letter": "F", "from_percentage": "0", "points": "0"},
    ],
}
STUDENTS = {"student_ids": ["{student_id}"]}
FOR_A_REASON = STUDENTS | {"reason": "Fees are due"}

ROWS = {
    "GET assessments/assignments/": Row("yes", "yes", "yes"),
    "POST assessments/assignments/": Row("no", "yes / no", "yes", body=TASK),
    "GET assessments/assignments/{assignment_id}/": Row("yes / hidden", "yes / no", "yes"),
    "PUT assessments/assignments/{assignment_id}/": Row("no", "yes / no", "yes", body=CHANGED),
    "POST assessments/assignments/{assignment_id}/publish/": Row("no", "yes / no", "yes"),
    "POST assessments/assignments/{assignment_id}/close/": Row("no", "yes / no", "yes"),
    "POST assessments/assignments/{assignment_id}/graded/": Row(
        "no", "yes / no", "yes", path={"assignment_id": "{closed_assignment_id}"}
    ),
    "DELETE assessments/assignments/{assignment_id}/": Row("no", "yes / no", "yes"),
    "GET assessments/assignments/{assignment_id}/submissions/": Row("no", "yes / no", "yes"),
    "POST assessments/assignments/{assignment_id}/submissions/": Row(
        "yes / hidden", "no", "no", body=ESSAY, path={"assignment_id": "{open_assignment_id}"}
    ),
    "GET assessments/submissions/own/": Row("yes", "no", "no", query={"assignment_ids": ["{assignment_id}"]}),
    "GET assessments/submissions/ungraded-count/": Row("no", "yes", "yes"),
    "PUT assessments/submissions/{submission_id}/grade/": Row("no", "yes / no", "yes", body={"marks": "8.5"}),
    "GET assessments/submissions/{submission_id}/file/": Row("yes / hidden", "yes / no", "yes"),
    "GET assessments/submissions/{submission_id}/history/": Row("no", "yes / no", "yes"),
    "PUT assessments/assignments/{assignment_id}/grades/": Row(
        "no", "yes / no", "yes", body={"grades": [{"student_id": "{student_id}", "marks": "8.5"}]}
    ),
    "GET assessments/grading-policy/": Row("yes", "yes", "yes"),
    "PUT assessments/grading-policy/": Row("no", "no", "yes", body=POLICY),
    "GET assessments/students/semester-results/": Row(
        "yes / no", "yes", "yes", query={"student_ids": ["{student_id}"]}
    ),
    "GET assessments/courses/{course_id}/semester-results/": Row("no", "yes", "yes"),
    "GET assessments/semester-results/counts/": Row("no", "no", "yes"),
    "POST assessments/students/semester-results/publish/": Row("no", "no", "yes", body=STUDENTS),
    "POST assessments/students/semester-results/withhold/": Row("no", "no", "yes", body=FOR_A_REASON),
    "POST assessments/students/semester-results/cancel/": Row("no", "no", "yes", body=FOR_A_REASON),
    "POST assessments/students/semester-results/promotion/": Row("no", "no", "yes", body=STUDENTS | {"promoted": True}),
    "PUT assessments/results/": Row(
        "no", "yes / no", "yes", body={"subject_id": "{subject_id}", "student_id": "{classmate_id}", **MARKS}
    ),
    "GET assessments/results/{result_id}/history/": Row("no", "yes / no", "yes"),
    "GET assessments/students/{student_id}/results/": Row("yes / no", "yes", "yes"),
    "POST assessments/subjects/{subject_id}/results/withhold/": Row("no", "yes / no", "yes", body=STUDENTS),
    "POST assessments/subjects/{subject_id}/results/release/": Row("no", "yes / no", "yes", body=STUDENTS),
    "GET assessments/subjects/{subject_id}/results/report/": Row(
        "no", "yes / no", "yes", query={"student_ids": ["{student_id}"]}
    ),
    "GET assessments/assignments/{assignment_id}/statistics/": Row("no", "yes / no", "yes"),
    "GET assessments/subjects/{subject_id}/results/": Row(
        "no", "yes / no", "yes", query={"student_ids": ["{student_id}"]}
    ),
}
