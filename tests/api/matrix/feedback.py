from tests.api.matrix import Row

DAYS = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
FEEDBACK = {"audience": "{audience}", "id": "{feedback_id}"}

ROWS = {
    "GET feedback/own/": Row("yes", "yes", "no"),
    "POST feedback/own/": Row("yes", "yes", "no", body={"text": "More shade in the yard"}),
    "GET feedback/{audience}/": Row("no", "no", "yes"),
    "GET feedback/{audience}/counts/": Row("no", "no", "yes"),
    "GET feedback/{audience}/statistics/": Row("no", "no", "yes", query=DAYS),
    "GET feedback/{audience}/{id}/": Row("yes / hidden", "yes / hidden", "yes", path=FEEDBACK),
    "PUT feedback/{audience}/{id}/reply/": Row("no", "no", "yes", body={"text": "Thank you"}, path=FEEDBACK),
}
