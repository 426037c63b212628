"""Assessments over REST, below /api/v1/assessments/."""

from contracts.assessments import AssessmentsService
from kernel.rest import ANYONE, HOD, STUDENTS, TEACHING, Api, creates, does, reads

assessments = Api(AssessmentsService)

ASSIGNMENT_ORDERS = ("due_at", "title", "created_at")
SUBMISSION_ORDERS = ("submitted_at", "marks", "status")

urlpatterns = [
    assessments.path(
        "assignments/",
        get=reads(
            "List assignments", AssessmentsService.list_assignments, ANYONE, orders=ASSIGNMENT_ORDERS, searched=True
        ),
        post=creates("Set an assignment", AssessmentsService.add_assignment, TEACHING, location="assignments/{id}/"),
    ),
    assessments.path(
        "assignments/<assignment_id>/",
        get=reads("Get an assignment", AssessmentsService.assignment, ANYONE),
        put=does(
            "Change an assignment",
            AssessmentsService.update_assignment,
            TEACHING,
            edits=AssessmentsService.assignment,
        ),
        delete=does(
            "Delete an assignment", AssessmentsService.delete_assignment, TEACHING, edits=AssessmentsService.assignment
        ),
    ),
    assessments.path(
        "assignments/<assignment_id>/publish/",
        post=does("Publish an assignment", AssessmentsService.publish_assignment, TEACHING),
    ),
    assessments.path(
        "assignments/<assignment_id>/close/",
        post=does("Close an assignment", AssessmentsService.close_assignment, TEACHING),
    ),
    assessments.path(
        "assignments/<assignment_id>/graded/",
        post=does("Note that an assignment is graded", AssessmentsService.finish_grading, TEACHING),
    ),
    assessments.path(
        "assignments/<assignment_id>/statistics/",
        get=reads("Get an assignment's statistics", AssessmentsService.assignment_statistics, TEACHING),
    ),
    assessments.path(
        "assignments/<assignment_id>/submissions/",
        get=reads("List submissions", AssessmentsService.submissions, TEACHING, orders=SUBMISSION_ORDERS),
        post=creates("Hand in a file", AssessmentsService.submit, STUDENTS, location="submissions/{id}/file/"),
    ),
    assessments.path(
        "submissions/own/", get=reads("Get one's own submissions", AssessmentsService.own_submissions, STUDENTS)
    ),
    assessments.path(
        "submissions/ungraded-count/",
        get=reads("Count submissions without a mark", AssessmentsService.ungraded_count, TEACHING, named="ungraded"),
    ),
    assessments.path(
        "submissions/<submission_id>/grade/", put=does("Grade a submission", AssessmentsService.grade, TEACHING)
    ),
    assessments.path(
        "submissions/<submission_id>/file/",
        get=reads("Download a submission", AssessmentsService.submission_file, ANYONE),
    ),
    assessments.path(
        "submissions/<submission_id>/history/",
        get=reads("List a submission's marks", AssessmentsService.submission_history, TEACHING),
    ),
    assessments.path(
        "assignments/<assignment_id>/grades/",
        put=does("Grade a class", AssessmentsService.grade_class, TEACHING),
    ),
    assessments.path(
        "grading-policy/",
        get=reads("Get the grading policy", AssessmentsService.grading_policy, ANYONE),
        put=does(
            "Set the grading policy",
            AssessmentsService.set_grading_policy,
            HOD,
            edits=AssessmentsService.grading_policy,
        ),
    ),
    assessments.path(
        "students/semester-results/",
        get=reads("Get semester results", AssessmentsService.semester_results, ANYONE),
    ),
    assessments.path(
        "courses/<course_id>/semester-results/",
        get=reads("List a class's semester results", AssessmentsService.class_semester_results, TEACHING),
    ),
    assessments.path(
        "semester-results/counts/",
        get=reads("Count decided semester results", AssessmentsService.semester_counts, HOD),
    ),
    assessments.path(
        "students/semester-results/publish/",
        post=does("Publish semester results", AssessmentsService.publish_semester_results, HOD, named="students"),
    ),
    assessments.path(
        "students/semester-results/withhold/",
        post=does("Withhold semester results", AssessmentsService.withhold_semester_results, HOD, named="students"),
    ),
    assessments.path(
        "students/semester-results/cancel/",
        post=does("Cancel semester results", AssessmentsService.cancel_semester_results, HOD, named="students"),
    ),
    assessments.path(
        "students/semester-results/promotion/",
        post=does("Decide on promotion", AssessmentsService.decide_promotion, HOD, named="students"),
    ),
    assessments.path("results/", put=does("Record a result", AssessmentsService.record_result, TEACHING)),
    assessments.path(
        "results/<result_id>/history/",
        get=reads("List a result's changes", AssessmentsService.result_history, TEACHING),
    ),
    assessments.path(
        "students/<student_id>/results/", get=reads("List a student's results", AssessmentsService.results, ANYONE)
    ),
    assessments.path(
        "subjects/<subject_id>/results/withhold/",
        post=does("Keep results back", AssessmentsService.withhold_results, TEACHING, named="students"),
    ),
    assessments.path(
        "subjects/<subject_id>/results/release/",
        post=does("Release results", AssessmentsService.release_results, TEACHING, named="students"),
    ),
    assessments.path(
        "subjects/<subject_id>/results/report/",
        get=reads("Get a class's grades and statistics", AssessmentsService.subject_report, TEACHING),
    ),
    assessments.path(
        "subjects/<subject_id>/results/",
        get=reads("Get a class's results", AssessmentsService.class_results, TEACHING),
    ),
]
