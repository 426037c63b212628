"""The same day of school as programs do it: over REST, with access tokens that each module checks by itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

from contracts.base import Role
from tests.portal.pictures import picture_bytes
from tests.portal.school import Somebody
from tests.topologies.houses import House, wait_for
from tests.topologies.on_pages import account, ask_provider, newcomer, webhooks_settle
from tests.topologies.visitors import Program, connections

ESSAY = ("rocks.txt", b"Some float.\n")
EACH_MODULE = (
    "/users/profile/",
    "/academics/subjects/",
    "/attendance/students/{student_id}/tallies/",
    "/assessments/assignments/",
    "/leaves/own/",
    "/notifications/inbox/",
    "/feedback/own/",
    "/finance/fines/own/",
)
"""What a student may read, one address of each module."""


@dataclass
class Day:
    """Who takes part, and where."""

    house: House
    head: Program
    teacher: Program
    student: Program
    learner: Somebody
    subject_id: int

    @property
    def lesson(self) -> dict[str, Any]:
        school = self.house.school
        return {"subject_id": self.subject_id, "session_year_id": school.year_id, "on": school.today.isoformat()}

    def mark(self) -> str:
        address = f"/attendance/students/{self.learner.profile_id}/subjects/{self.subject_id}/marks/"
        today = self.house.school.today.isoformat()
        (mark,) = self.student.get(f"{address}?first_day={today}&last_day={today}")
        return str(mark["status"])

    def is_told(self, *words: str) -> None:
        """Events become notices in the student's inbox, soon."""
        wait_for(lambda: all(word in str(notices(self.student)) for word in words))


def a_day(house: House) -> None:
    day = people_and_courses(house)
    tokens_are_checked_by_published_keys(day)
    attendance_and_leave(day)
    an_assignment(day)
    a_result(day)
    a_fine_is_paid(day)
    feedback_is_answered(day)


def people_and_courses(house: House) -> Day:
    head = house.program(house.school.hod)
    course = head.post("/academics/courses/", {"name": "Geology"})
    teacher = newcomer("Petra", "Stone", Role.STAFF)
    hired = head.post("/users/staff/", {"account": account(teacher), "profile": {"address": "3 Hill"}})
    subject = head.post(
        "/academics/subjects/", {"name": "Rocks", "course_id": course["id"], "teacher_id": hired["user_id"]}
    )
    student = newcomer("Ruby", "Gravel", Role.STUDENT)
    admitted = head.post(
        "/users/students/",
        {
            "account": account(student),
            "profile": {"gender": "Female", "address": "4 Hill"},
            "course_id": course["id"],
            "session_year_id": house.school.year_id,
        },
    )
    learner = Somebody(admitted["user_id"], admitted["profile_id"], student.name, student.email, Role.STUDENT)
    head.upload(f"/users/students/{learner.user_id}/photo/", "PUT", photo=("ruby.png", picture_bytes()))
    day = Day(house, head, house.program(teacher), house.program(learner), learner, subject["id"])
    picture = day.student.ask("GET", f"/users/students/by-profile/{learner.profile_id}/photo/")
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/webp")
    assert day.teacher.get(f"/academics/subjects/{subject['id']}/students/?session_year_id={house.school.year_id}") == [
        learner.profile_id
    ]
    return day


def tokens_are_checked_by_published_keys(day: Day) -> None:
    """By anybody, with nothing but the keys; a token that another key has signed opens no module."""
    keys = jwt.PyJWKSet.from_dict(connections().request("GET", f"{day.house.url}/.well-known/jwks.json").json())
    kid = jwt.get_unverified_header(day.student.token)["kid"]
    said = jwt.decode(day.student.token, keys[kid].key, algorithms=["ES256"], options={"verify_aud": False})
    assert said["sub"] == str(day.learner.user_id)
    head, payload, signature = day.student.token.split(".")
    forged = Program(day.house.url, f"{head}.{payload}.{signature[::-1]}")
    for template in EACH_MODULE:
        address = template.format(student_id=day.learner.profile_id)
        assert forged.ask("GET", address).status == 401, address
        assert day.student.ask("GET", address).status == 200, address


def attendance_and_leave(day: Day) -> None:
    marks = [{"student_id": day.learner.profile_id, "status": "absent"}]
    assert day.teacher.put("/attendance/roll/", day.lesson | {"marks": marks})["absent"] == 1
    assert day.mark() == "absent"
    today = day.house.school.today.isoformat()
    leave = day.student.post("/leaves/own/", {"first_day": today, "last_day": today, "reason": "A field trip"})
    wait_for(lambda: "A field trip" in str(notices(day.head)))
    decided = day.head.post(f"/leaves/requests/student/{leave['ref']['id']}/approve/", {"note": "Bring a hammer"})
    assert decided["status"] == "approved"
    wait_for(lambda: day.mark() == "excused")
    day.is_told("Bring a hammer")


def an_assignment(day: Day) -> None:
    due = (day.house.school.today + timedelta(days=7)).isoformat() + "T12:00:00Z"
    task = {"subject_id": day.subject_id, "title": "Floating rocks", "description": "One page", "due_at": due}
    assignment = day.teacher.post("/assessments/assignments/", task)
    day.is_told("Floating rocks")
    submission = day.student.upload(f"/assessments/assignments/{assignment['id']}/submissions/", file=ESSAY)
    file = day.teacher.ask("GET", f"/assessments/submissions/{submission['id']}/file/")
    assert (file.status, file.data) == (200, ESSAY[1])
    day.teacher.put(f"/assessments/submissions/{submission['id']}/grade/", {"marks": "7.5"})
    own = day.student.get(f"/assessments/submissions/own/?assignment_ids={assignment['id']}")
    assert "7.5" in str(own)
    day.is_told("7.5")


def a_result(day: Day) -> None:
    about = {"subject_id": day.subject_id, "student_id": day.learner.profile_id}
    day.teacher.put("/assessments/results/", about | {"exam_marks": "66", "assignment_marks": "78"})
    (result,) = day.student.get(f"/assessments/students/{day.learner.profile_id}/results/")
    assert float(result["exam_marks"]) == 66
    wait_for(lambda: "result" in {notice["kind"] for notice in notices(day.student)})


def a_fine_is_paid(day: Day) -> None:
    due = (day.house.school.today + timedelta(days=14)).isoformat()
    fine = {"student_id": day.learner.profile_id, "amount": "7.75", "reason": "A lost hammer", "due_date": due}
    fine_id = day.head.post("/finance/fines/", fine)["id"]
    day.is_told("A lost hammer")
    order_id = day.student.post(f"/finance/fines/{fine_id}/checkout/")["order_id"]
    paid = day.student.post("/finance/checkouts/confirm/", pay_without_pages(day.house, order_id))
    assert paid["status"] == "paid"
    day.is_told("7.75")
    webhooks_settle(day.house, fine_id)


def feedback_is_answered(day: Day) -> None:
    sent = day.student.post("/feedback/own/", {"text": "More fossils, please"})
    wait_for(lambda: "feedback" in {notice["kind"] for notice in notices(day.head)})
    address = f"/feedback/student/{sent['ref']['id']}/"
    day.head.put(f"{address}reply/", {"text": "The museum is booked"})
    assert day.student.get(address)["reply"] == "The museum is booked"
    wait_for(lambda: "feedback" in {notice["kind"] for notice in notices(day.student)})


def notices(program: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get("/notifications/inbox/?page_size=100")["items"]
    return found


def pay_without_pages(house: House, order_id: str) -> dict[str, str]:
    """As the provider's own application does at its checkout; what the school's confirmation asks for."""
    checkout = f"{house.variables['SANDBOX_PAYMENT_URL']}/v1/checkout/pay"
    back = ask_provider(checkout, {"order_id": order_id, "callback_url": house.url, "choice": "pay"}).form()
    return {
        "order_id": back["razorpay_order_id"],
        "payment_id": back["razorpay_payment_id"],
        "signature": back["razorpay_signature"],
    }
