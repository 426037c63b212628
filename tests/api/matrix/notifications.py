from tests.api.matrix import Row

TO_ALL_STUDENTS = {"group": {"inbox": "student"}, "message": "School is closed on Monday"}

ROWS = {
    "GET notifications/inbox/": Row("yes", "yes", "yes"),
    "GET notifications/inbox/unread-count/": Row("yes", "yes", "yes"),
    "POST notifications/inbox/mark-all-read/": Row("yes", "yes", "yes"),
    "POST notifications/inbox/mark-selected/": Row("yes", "yes", "yes", body={"notice_ids": ["{notice_id}"]}),
    "POST notifications/inbox/{notice_id}/mark/": Row("yes / hidden", "yes / hidden", "yes"),
    "POST notifications/messages/": Row(
        "no",
        "yes",
        "yes",
        body={"recipients": [{"inbox": "student", "id": "{student_id}"}], "message": "See me after school"},
    ),
    "GET notifications/messages/group/": Row(
        "no", "yes / no", "yes", query={"inbox": "student", "subject_id": "{subject_id}"}
    ),
    "POST notifications/messages/group/": Row(
        "no",
        "yes / no",
        "yes",
        body={"group": {"inbox": "student", "subject_id": "{subject_id}"}, "message": "Bring a leaf"},
    ),
}
