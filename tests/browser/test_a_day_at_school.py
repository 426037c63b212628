"""The day's work: attendance and leave, each by those who do it and those who are told."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Dialog, expect

from tests.browser.conftest import House, Visit
from tests.browser.steps import follow, log_in, reload_until

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.slow]

LEAVE_NOTICES = "SELECT message FROM notifications_studentnotification WHERE student_id = ? AND kind = 'leave'"


def test_a_teacher_takes_attendance_and_the_student_and_the_head_see_it(house: House, visit: Visit) -> None:
    first, second, third, *_others = house.school.classmates
    teacher = visit()
    log_in(teacher, house.school.teacher.email)
    assert teacher.url.endswith("/staff_home/")
    follow(teacher, "Take attendance")
    teacher.get_by_label("Subject", exact=True).select_option(label="Botany (Biology)")
    teacher.get_by_role("button", name="Show the class").click()

    rows = teacher.locator("[data-rollcall-row]")
    expect(rows).to_have_count(len(house.school.classmates))
    expect(rows.nth(0).get_by_role("radio", name="Present")).to_be_focused()
    teacher.keyboard.press("a")  # the first one is absent, and the next one has the focus
    expect(rows.nth(1).get_by_role("radio", name="Present")).to_be_focused()
    teacher.keyboard.press("L")
    rows.nth(2).get_by_role("radio", name="Excused").click()
    tally = teacher.locator(".action-bar .tally")
    expect(tally).to_have_text(re.compile(r"2\s*Present\s*1\s*Absent\s*1\s*Late\s*1\s*Excused"))
    teacher.get_by_role("button", name="Save attendance").click()

    expect(teacher.get_by_text(f"Attendance of {house.school.today.isoformat()} is saved.")).to_be_visible()
    for row, word in ((0, "Absent"), (1, "Late"), (2, "Excused"), (3, "Present")):
        expect(rows.nth(row).get_by_role("radio", name=word)).to_be_checked()

    for person, word in ((first, "Absent"), (second, "Late"), (third, "Excused")):
        student = visit(person)
        student.goto("/student_home/")
        follow(student, "Attendance")
        student.get_by_label("Subject", exact=True).select_option(label="Botany")
        student.get_by_role("button", name="Show the days").click()
        today = student.get_by_role("row").filter(has=student.locator(f"time[datetime='{house.school.today}']"))
        expect(today).to_contain_text(word)

    head = visit(house.school.hod)
    head.goto("/admin_home/")
    follow(head, "Attendance")
    head.get_by_label("Subject", exact=True).select_option(label="Botany (Biology)")
    head.get_by_role("button", name="Show the days").click()
    head.locator(f"time[datetime='{house.school.today}']").click()
    for person, word in ((first, "Absent"), (second, "Late"), (third, "Excused")):
        expect(head.get_by_role("row").filter(has_text=person.name)).to_contain_text(word)


def test_the_whole_class_can_be_taken_by_keyboard_alone(house: House, visit: Visit) -> None:
    day = house.school.today - timedelta(days=20)
    page = visit(house.school.teacher)
    page.goto(
        f"/staff_take_attendance/?subject={house.school.subjects['Botany']}&session_year={house.school.year_id}"
        f"&attendance_date={day.isoformat()}"
    )
    for key in "papla":
        page.keyboard.press(key)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("e")
    expect(page.locator("[data-rollcall-row] input:checked")).to_have_count(5)
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"Attendance of {day.isoformat()} is saved.")).to_be_visible()
    saved = house.rows(
        "SELECT r.status FROM attendance_attendancereport r JOIN attendance_attendance a ON a.id = r.attendance_id"
        " WHERE a.date = ? ORDER BY r.student_id",
        day.isoformat(),
    )
    assert [status for (status,) in saved] == ["present", "absent", "present", "excused", "absent"]


def test_a_request_for_leave_is_approved_and_the_student_is_told_exactly_once(house: House, visit: Visit) -> None:
    person = house.school.classmates[3]
    first_day = house.school.today + timedelta(days=40)
    student = visit(person)
    student.goto("/student_home/")
    follow(student, "Leave")
    student.get_by_label("First day").fill(first_day.isoformat())
    student.get_by_label("Last day").fill((first_day + timedelta(days=2)).isoformat())
    student.get_by_label("Reason").fill("My sister's wedding")
    student.get_by_role("button", name="Ask for leave").click()
    expect(student.get_by_text("Applied for Leave.")).to_be_visible()
    request = student.get_by_role("row").filter(has_text="My sister's wedding")
    expect(request).to_contain_text("Pending")

    head = visit(house.school.hod)
    head.goto("/inbox/")
    reload_until(head, "My sister's wedding")
    follow(head, "Student leave")
    row = head.get_by_role("row").filter(has_text="My sister's wedding")
    row.get_by_role("link", name="Approve").click()
    expect(head.get_by_role("heading", level=1)).to_have_text(f"Approve leave of {person.name}?")
    head.get_by_label("Note to the person").fill("Enjoy the feast")
    head.get_by_role("button", name="Approve leave").click()
    expect(head.get_by_text("Leave approved.")).to_be_visible()
    expect(row).to_contain_text("Approved")

    student.reload()
    expect(request).to_contain_text("Approved")
    student.get_by_role("link", name=re.compile("Inbox")).click()
    reload_until(student, "is approved. Note: Enjoy the feast")
    expect(student.get_by_role("row").filter(has_text="Enjoy the feast")).to_have_count(1)
    expect(student.get_by_role("link", name="Inbox, 2 unread")).to_be_visible()
    assert len(house.rows(LEAVE_NOTICES, person.profile_id)) == 1
    deliveries = house.rows(
        "SELECT d.state, d.attempts FROM kernel_delivery d JOIN kernel_outboxevent e ON e.id = d.event_id"
        " WHERE e.type_id = 'leaves.approved.v1' AND d.consumer = 'notifications.tell_of_approval'"
        " AND e.body LIKE '%Enjoy the feast%'"
    )
    assert deliveries == [("done", 1)]


def test_a_refused_form_keeps_what_was_typed_and_puts_the_focus_on_what_is_wrong(house: House, visit: Visit) -> None:
    page = visit(house.school.students[0])
    page.goto("/student_apply_leave/")
    page.get_by_label("First day").fill("2031-05-05")
    page.get_by_label("Last day").fill("2031-05-01")
    page.get_by_label("Reason").fill("A long story")
    page.get_by_role("button", name="Ask for leave").click()

    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("The last day is before the first day.")
    expect(page.get_by_label("Reason")).to_have_value("A long story")
    expect(page.get_by_label("Last day")).to_have_value("2031-05-01")
    summary.get_by_role("link", name=re.compile("Last day")).click()
    expect(page.get_by_label("Last day")).to_be_focused()


def test_a_wrong_password_is_told_and_the_e_mail_stays(house: House, visit: Visit) -> None:
    page = visit()
    page.goto("/")
    page.get_by_label("E-mail").fill(house.school.students[0].email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Invalid Login Credentials!")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(house.school.students[0].email)
    expect(page.get_by_label("Password")).to_have_value("")


def test_after_logging_out_the_way_back_shows_nothing(house: House, visit: Visit) -> None:
    page = visit()
    log_in(page, house.school.students[-1].email)
    follow(page, "Attendance")
    expect(page.get_by_text("Botany").or_(page.get_by_text("Markets")).first).to_be_visible()
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
    assert "/student_view_attendance/" not in page.url


def test_a_chosen_theme_holds_on_every_page_and_after_logging_out(house: House, visit: Visit) -> None:
    dark = "rgb(15, 16, 19)"
    colour = "getComputedStyle(document.body).backgroundColor"
    page = visit(house.school.other_teacher)
    page.goto("/staff_home/")
    assert page.evaluate(colour) != dark
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(colour) == dark
    follow(page, "Leave")
    assert page.evaluate(colour) == dark
    page.goto("/logout_user/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    assert page.evaluate(colour) == dark


def test_leaving_a_roll_that_is_not_saved_warns_first(house: House, visit: Visit) -> None:
    page = visit(house.school.teacher)
    page.goto("/staff_home/")
    follow(page, "Take attendance")
    page.get_by_label("Subject", exact=True).select_option(label="Markets (Economics & Trade)")
    page.get_by_role("button", name="Show the class").click()
    row = page.locator("[data-rollcall-row]").first
    row.get_by_role("radio", name="Absent").click()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    follow(page, "Home")
    expect(row.get_by_role("radio", name="Absent")).to_be_checked()
    assert asked == ["beforeunload"]

    page.get_by_role("button", name="Save attendance").click()
    expect(page.get_by_text("is saved.")).to_be_visible()
    follow(page, "Home")
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")


@pytest.mark.parametrize("scripts", [True, False])
def test_several_requests_are_decided_at_once_with_and_without_scripts(
    house: House, visit: Visit, scripts: bool
) -> None:
    people = [house.school.students[number] for number in ((7, 9) if scripts else (1, 3))]
    page = visit(house.school.hod, java_script_enabled=scripts)
    page.goto("/admin_home/")
    page.get_by_role("link", name="Leave asked for by students").click()
    for person in people:
        page.get_by_role("checkbox", name=f"Request of {person.name}").check()
    if scripts:
        expect(page.get_by_text("Ticked rows: 2")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Approve").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Approve 2 requests for leave?")
    for person in people:
        expect(page.get_by_text(person.name)).to_be_visible()
    page.get_by_role("button", name="Approve 2 requests").click()
    expect(page.get_by_text("2 requests approved.")).to_be_visible()
    assert "?status=pending" in page.url
    for person in people:
        expect(page.get_by_role("row").filter(has_text=person.name)).to_have_count(0)
