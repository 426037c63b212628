"""Notifications over REST: the inbox, and writing to people."""

from kernel.events.relay import Relay
from tests.api.conftest import As
from tests.portal.school import School


def test_a_message_to_a_person_arrives_is_counted_and_marked(school: School, speak_for: As) -> None:
    hod, student = speak_for(school.hod), speak_for(school.student)
    unread = student.get("notifications/inbox/unread-count/").data["count"]
    recipient = {"inbox": "student", "id": school.student.profile_id}
    sent = hod.post("notifications/messages/", {"recipients": [recipient], "message": "See me"})
    assert (sent.status_code, sent.data) == (200, {"recipients": 1})
    assert student.get("notifications/inbox/unread-count/").data["count"] == unread + 1
    (notice,) = student.get("notifications/inbox/", search="See me").data["items"]
    marked = student.post(f"notifications/inbox/{notice['id']}/mark/", {"read": True})
    assert marked.data["read_at"] is not None
    for read, changed in ((False, 1), (True, 1), (True, 0)):
        selected = {"notice_ids": [notice["id"]], "read": read}
        assert student.post("notifications/inbox/mark-selected/", selected).data == {"count": changed}
    assert student.post("notifications/inbox/mark-all-read/").data["count"] == unread
    assert speak_for(school.teacher).post(f"notifications/inbox/{notice['id']}/mark/").status_code == 404


def test_a_group_is_counted_and_written_to_by_those_who_may(school: School, speak_for: As) -> None:
    teacher, student = speak_for(school.teacher), speak_for(school.student)
    group = {"inbox": "student", "subject_id": school.botany.pk}
    size = teacher.get("notifications/messages/group/", **group).data["recipients"]
    sent = teacher.post("notifications/messages/group/", {"group": group, "message": "Bring a leaf"})
    assert (sent.status_code, sent.data["recipients"]) == (200, size)
    Relay().drain()
    assert student.get("notifications/inbox/", search="leaf").data["total"] == 1
    assert student.post("notifications/messages/group/", {"group": group, "message": "x"}).status_code == 403
    everybody = {"group": {"inbox": "staff"}, "message": "x"}
    assert teacher.post("notifications/messages/group/", everybody).status_code == 403
