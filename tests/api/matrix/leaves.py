from tests.api.matrix import Row

LEAVE = {"audience": "{audience}", "id": "{leave_id}"}
DAYS = {"first_day": "2031-01-06", "last_day": "2031-01-07", "reason": "A wedding"}

ROWS = {
    "GET leaves/own/": Row("yes", "yes", "no"),
    "POST leaves/own/": Row("yes", "yes", "no", body=DAYS),
    "GET leaves/requests/{audience}/": Row("no", "no", "yes"),
    "GET leaves/requests/{audience}/counts/": Row("no", "no", "yes"),
    "GET leaves/requests/{audience}/{id}/": Row("yes / hidden", "yes / hidden", "yes", path=LEAVE),
    "GET leaves/requests/{audience}/{id}/history/": Row("yes / hidden", "yes / hidden", "yes", path=LEAVE),
    "POST leaves/requests/{audience}/{id}/approve/": Row("no", "no", "yes", path=LEAVE),
    "POST leaves/requests/{audience}/{id}/reject/": Row("no", "no", "yes", path=LEAVE),
    "POST leaves/requests/{audience}/{id}/cancel/": Row(
        "yes / hidden", "yes / hidden", "yes", path={"audience": "{audience}", "id": "{cancellable_id}"}
    ),
    "GET leaves/absences/{audience}/": Row(
        "no",
        "yes",
        "yes",
        query={"profile_ids": ["{student_id}"], "first_day": "2026-01-01", "last_day": "2026-12-31"},
        path={"audience": "student"},
    ),
}
