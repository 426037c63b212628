"""Feedback over REST: each call, and whose it is."""

from tests.api.conftest import As
from tests.portal.school import School


def test_feedback_is_sent_found_at_its_address_and_answered(school: School, speak_for: As) -> None:
    student, hod = speak_for(school.student), speak_for(school.hod)
    sent = student.post("feedback/own/", {"text": "More light"})
    assert (sent.status_code, sent.data["text"], sent.data["reply"]) == (201, "More light", "")
    address = sent["Location"].partition("/api/v1/")[2]
    found = hod.get(address)
    assert found.data == student.get(address).data == sent.data
    replied = hod("PUT", f"{address}reply/", {"text": "From Monday on"}, If_Match=found["ETag"])
    assert (replied.status_code, replied.data["reply"]) == (200, "From Monday on")
    assert hod("PUT", f"{address}reply/", {"text": "Never"}, If_Match=found["ETag"]).status_code == 412
    assert student.get("feedback/own/", search="Monday").data["total"] == 1


def test_what_others_sent_is_listed_counted_and_summed_up_for_the_hod_alone(school: School, speak_for: As) -> None:
    speak_for(school.teacher).post("feedback/own/", {"text": "More chalk"})
    hod, teacher = speak_for(school.hod), speak_for(school.teacher)
    newest = hod.get("feedback/staff/", answered="false").data["items"][0]
    assert newest["text"] == "More chalk"
    counts = hod.get("feedback/staff/counts/").data
    figures = hod.get("feedback/staff/statistics/", first_day="2000-01-01", last_day="2100-01-01").data
    assert (figures["sent"], figures["answered"]) == (counts["total"], counts["total"] - counts["unanswered"])
    for path in ("feedback/staff/", "feedback/staff/counts/"):
        assert teacher.get(path).status_code == 403


def test_a_blank_text_names_its_field_and_a_wrong_group_is_not_found(school: School, speak_for: As) -> None:
    blank = speak_for(school.student).post("feedback/own/", {"text": " "})
    assert (blank.status_code, blank["Content-Type"]) == (422, "application/problem+json")
    assert list(blank.data["errors"]) == ["text"]
    assert speak_for(school.hod).get("feedback/parents/").status_code == 404
