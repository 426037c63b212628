"""Finance over REST: fines, what is owed, and that nobody settles a fine by saying so."""

from tests.api.conftest import As
from tests.portal.school import School

NEW = {"amount": "250.00", "reason": "Lost book", "due_date": "2099-01-31"}


def test_a_fine_is_issued_seen_by_its_student_and_cancelled(school: School, speak_for: As) -> None:
    teacher, student = speak_for(school.teacher), speak_for(school.student)
    issued = teacher.post("finance/fines/", NEW | {"student_id": school.student.profile_id})
    assert (issued.status_code, issued.data["amount"], issued.data["status"]) == (201, "250.00", "unpaid")
    address = issued["Location"].partition("/api/v1/")[2]
    assert student.get(address).data == issued.data
    assert student.get("finance/fines/own/", search="Lost book").data["total"] == 1
    assert speak_for(school.students[1]).get(address).status_code == 404
    assert teacher.post(f"{address}cancel/", {"reason": "Found again"}).status_code == 204
    assert teacher.get(address).status_code == 404  # nobody had tried to pay it


def test_an_unfit_fine_names_its_fields(school: School, speak_for: As) -> None:
    refused = speak_for(school.hod).post(
        "finance/fines/", NEW | {"student_id": school.student.profile_id, "amount": "-1.00", "reason": " "}
    )
    assert (refused.status_code, set(refused.data["errors"])) == (422, {"amount", "reason"})


def test_money_at_the_office_settles_the_fine_once_and_gets_a_receipt(school: School, speak_for: As) -> None:
    hod = speak_for(school.hod)
    address = f"finance/fines/{school.fine_of(school.student).pk}/"
    paid = hod.post(f"{address}payments/", {"method": "cash"})
    assert (paid.status_code, paid.data["status"], paid.data["receipt_number"]) == (201, "success", 1)
    again = hod.post(f"{address}payments/", {"method": "cash"})
    assert (again.status_code, again.data["code"], again.data["reason"]) == (409, "conflict", "paid")
    assert speak_for(school.student).get(address).data["status"] == "paid"


def test_students_cannot_settle_their_own_fine(school: School, speak_for: As) -> None:
    student = speak_for(school.student)
    address = f"finance/fines/{school.fine_of(school.student).pk}/"
    assert student.post(f"{address}payments/", {"method": "cash"}).status_code == 403
    assert student.post(f"{address}cancel/", {}).status_code == 403
    claimed = {"order_id": "order_x", "payment_id": "pay_x", "signature": "0" * 64}
    assert student.post("finance/checkouts/confirm/", claimed).status_code == 404
    assert student.get(address).data["status"] == "unpaid"
    assert speak_for(school.hod).post(f"{address}checkout/").status_code == 403
