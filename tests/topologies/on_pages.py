"""A day of school on the portal's pages, step by step, each as a browser does it: opening a page and sending its form.

What the pages have made is looked for over REST, so that both faces are seen to show the same.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from contracts.base import Role
from tests.portal.pictures import picture_bytes
from tests.portal.school import PASSWORD, Somebody
from tests.topologies.houses import House, wait_for
from tests.topologies.visitors import Answer, Browser, Program, connections

ESSAY = ("comets.txt", b"They have tails.\n")


@dataclass
class Day:
    """Who takes part, and where."""

    house: House
    head: Browser
    api: Program
    """The head's, to look things up with."""
    course_id: int
    subject_id: int
    teacher: Browser
    student: Browser
    learner: Somebody

    @property
    def lesson(self) -> dict[str, Any]:
        school = self.house.school
        return {
            "subject": self.subject_id,
            "session_year": school.year_id,
            "attendance_date": school.today.isoformat(),
        }

    def mark(self) -> str:
        """What the teacher's page shows of the student today."""
        page = self.teacher.get("/staff_take_attendance/", self.lesson)
        return page.form()[f"status_{self.learner.profile_id}"] if page.status == 200 else f"status {page.status}"

    def is_told(self, *words: str) -> None:
        """Events become notices in the student's inbox, soon."""
        wait_for(lambda: all(word in self.student.get("/inbox/").text for word in words))


def a_day(house: House) -> None:
    day = people_and_courses(house)
    attendance_and_leave(day)
    an_assignment(day)
    a_result(day)
    a_fine_is_paid(day)
    feedback_is_answered(day)


def people_and_courses(house: House) -> Day:
    """The head adds a course, a teacher, a subject and a student with a picture; both newcomers log in."""
    head, api = house.log_in(house.school.hod), house.program(house.school.hod)
    said = head.fill_in("/add_course/", "/add_course_save/", course="Astronomy")
    assert "Course Added Successfully!" in said.text
    course_id = only(api.get("/academics/courses/?search=Astronomy"))["id"]
    teacher = newcomer("Stella", "Starr", Role.STAFF)
    head.fill_in("/add_staff/", "/add_staff_save/", **account(teacher), address="1 Hill")
    teacher_id = only(api.get("/users/staff/?search=Stella"))["user_id"]
    head.fill_in("/add_subject/", "/add_subject_save/", subject="Comets", course=course_id, staff=teacher_id)
    subject_id = only(api.get("/academics/subjects/?search=Comets"))["id"]
    student = newcomer("Leo", "Learner", Role.STUDENT)
    head.fill_in(
        "/add_student/",
        "/add_student_save/",
        **account(student),
        gender="Male",
        address="2 Hill",
        course_id=course_id,
        session_year_id=house.school.year_id,
        profile_pic=("leo.png", picture_bytes()),
    )
    made = only(api.get("/users/students/?search=Leo"))
    learner = Somebody(made["user_id"], made["profile_id"], student.name, student.email, Role.STUDENT)
    browser = house.log_in(learner)
    photo = browser.get(f"/photo/{learner.profile_id}/")
    assert (photo.status, photo.headers["Content-Type"]) == (200, "image/webp")
    return Day(house, head, api, course_id, subject_id, house.log_in(teacher), browser, learner)


def attendance_and_leave(day: Day) -> None:
    """The student is absent, asks for leave, and is excused when the head approves."""
    roll = day.teacher.get("/staff_take_attendance/", day.lesson)
    taken = day.teacher.send("/staff_take_attendance/", roll.form() | {f"status_{day.learner.profile_id}": "absent"})
    assert taken.status == 302, taken.text
    assert day.mark() == "absent"

    today = day.house.school.today.isoformat()
    asked = {"leave_date": today, "leave_until": today, "leave_message": "At the dentist"}
    assert (
        "Applied for Leave." in day.student.fill_in("/student_apply_leave/", "/student_apply_leave_save/", **asked).text
    )
    wait_for(lambda: "At the dentist" in day.head.get("/inbox/").text)
    leave = only(day.api.get("/leaves/requests/student/?search=dentist&status=pending"))
    address = f"/student_leave_approve/{leave['ref']['id']}/"
    confirm(day.head, address, note="Brush well")
    wait_for(lambda: day.mark() == "excused")
    day.is_told("Brush well")


def an_assignment(day: Day) -> None:
    """The teacher sets it, the student hands a file in, the teacher reads and grades it."""
    due = (day.house.school.today + timedelta(days=7)).isoformat() + "T12:00"
    task = {"subject": day.subject_id, "title": "Tails of comets", "description": "One page", "due_date": due}
    day.teacher.fill_in("/add_assignment/", "/add_assignment_save/", **task)
    day.is_told("Tails of comets")
    assignment = only(day.api.get("/assessments/assignments/?search=Tails"))
    submit = f"/student/assignment/{assignment['id']}/submit/"
    said = day.student.fill_in("/student/assignments/", submit, submission_file=ESSAY)
    assert "Assignment submitted successfully" in said.text

    submission = only(day.api.get(f"/assessments/assignments/{assignment['id']}/submissions/"))
    file = day.teacher.get(f"/submission/{submission['id']}/file/")
    assert (file.status, file.content) == (200, ESSAY[1])
    page = f"/view_assignment_submissions/{assignment['id']}/"
    graded = day.teacher.send(page, day.teacher.get(page).form() | {"submission_id": submission["id"], "marks": "8.5"})
    assert graded.status == 302, graded.text
    assert "Graded (8.5)" in day.student.get("/student/assignments/").text
    day.is_told("8.5")


def a_result(day: Day) -> None:
    marks = {
        "subject": day.subject_id,
        "session_year": day.house.school.year_id,
        "student_list": day.learner.user_id,
        "assignment_marks": "87",
        "exam_marks": "91",
    }
    token = day.teacher.get("/staff_add_result/").form()["csrfmiddlewaretoken"]
    saved = day.teacher.send("/staff_add_result_save/", {"csrfmiddlewaretoken": token} | marks)
    assert "Result Added Successfully!" in day.teacher.get(saved.location).text
    shown = day.student.get("/student_view_result/").text
    assert "Comets" in shown
    assert "91" in shown
    day.is_told("Comets")


def a_fine_is_paid(day: Day) -> None:
    """At the provider's checkout; its webhook comes through the gateway as well."""
    due = (day.house.school.today + timedelta(days=14)).isoformat()
    fine = {"student": day.learner.profile_id, "amount": "12.50", "reason": "A broken telescope", "due_date": due}
    day.head.fill_in("/add_fine/", "/add_fine_save/", **fine)
    day.is_told("A broken telescope")
    fine_id = only(day.api.get("/finance/fines/?search=telescope"))["id"]
    pay = f"/student/initialize_payment/{fine_id}/"
    checkout = day.student.send(pay, day.student.get(pay).form())
    values, callback = at_the_checkout(checkout, day.house.variables["SANDBOX_PAYMENT_URL"])
    assert callback == f"{day.house.url}/student/payment_callback/"
    returned = day.student.send("/student/payment_callback/", values)
    assert "Payment successful!" in day.student.get(returned.location).text
    assert day.api.get(f"/finance/fines/{fine_id}/")["status"] == "paid"
    day.is_told("12.50")
    webhooks_settle(day.house, fine_id)


def feedback_is_answered(day: Day) -> None:
    day.student.fill_in("/student_feedback/", "/student_feedback_save/", feedback_message="More stars, please")
    wait_for(lambda: day.learner.name in day.head.get("/inbox/").text)
    sent = only(day.api.get("/feedback/student/?search=stars"))
    answer = f"/reply_feedback/student/{sent['ref']['id']}/"
    day.head.fill_in("/student_feedback_message/", answer, reply="The dome opens on Friday")
    assert "The dome opens on Friday" in day.student.get("/student_feedback/").text
    day.is_told("Your feedback has been answered.")


# --- what the steps have in common ------------------------------------------------------------------------------------


def newcomer(first: str, last: str, role: Role) -> Somebody:
    return Somebody(0, 0, f"{first} {last}", f"{first}.{last}@school.example".lower(), role)


def account(person: Somebody) -> dict[str, str]:
    """As forms and the API call it."""
    first, last = person.name.split()
    return {
        "email": person.email,
        "username": f"{first}.{last}".lower(),
        "password": PASSWORD,
        "first_name": first,
        "last_name": last,
    }


def only(page: dict[str, Any]) -> Any:
    """The one item of a list that was searched."""
    (item,) = page["items"]
    return item


def confirm(browser: Browser, address: str, **more: str) -> None:
    """A page that asks whether it is meant."""
    answer = browser.send(address, browser.get(address).form() | more)
    assert answer.status == 302, answer.text


def at_the_checkout(page: Answer, sandbox: str) -> tuple[dict[str, str], str]:
    """Pay on the provider's own pages; what it gives the browser to carry back, and where to."""
    port = sandbox.rpartition(":")[2]
    checkout = f"http://127.0.0.1:{port}/v1/checkout"
    sent = page.form(f"{checkout}/embedded")
    opened = ask_provider(f"{checkout}/embedded", sent)
    back = ask_provider(f"{checkout}/pay", opened.form() | {"choice": "pay"})
    return back.form(), sent["callback_url"]


def ask_provider(url: str, fields: dict[str, str]) -> Answer:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = connections().request("POST", url, body=urlencode(fields), headers=form)
    assert answer.status == 200, answer.data
    return Answer(answer.status, answer.data, answer.headers)


def webhooks_settle(house: House, fine_id: int) -> None:
    """The provider tells of the money by itself, twice; it is taken in once."""
    sql = (
        "SELECT e.event, e.outcome FROM finance_providerevent e JOIN finance_finepayment p ON p.order_id = e.order_id"
        f" WHERE p.fine_id = {fine_id} ORDER BY e.event"
    )
    settled = [("order.paid", "settled"), ("payment.captured", "settled")]
    wait_for(lambda: house.rows("finance", sql) == settled)
