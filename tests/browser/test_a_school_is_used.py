"""A day of head, teacher and student: what the head sets up is what the others work with, in the pages alone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import House, Visit
from tests.browser.steps import follow, log_in, press, reload_until

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.slow]

COURSE, SUBJECT = "Astronomy", "Stars"
TEACHER, STUDENT = "Vera Comet", "Stella Newton"
TEACHER_MAIL, STUDENT_MAIL = "vera@school.example", "stella@school.example"
CHOSEN = "Telescope#41"
"""The password that the head chooses for both."""


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def said(page: Page, text: str) -> None:
    """What the page says about what was just done."""
    expect(page.locator("[data-message]").filter(has_text=text)).to_be_visible()


def add_person(page: Page, name: str, email: str) -> None:
    """What the forms of teachers and students have in common."""
    first, last = name.split()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Username").fill(first.lower())
    page.get_by_label("Password").fill(CHOSEN)
    page.get_by_label("First name").fill(first)
    page.get_by_label("Last name").fill(last)
    page.get_by_label(re.compile("^Address")).fill("1 Observatory Lane")


def the_head_sets_up_a_course(page: Page, house: House) -> str:
    """With a subject, a session year, a teacher and a student; returns how the session year is called."""
    follow(page, "Courses")
    press(page, "Add course")
    page.get_by_label("Course name").fill(COURSE)
    press(page, "Add course")
    said(page, "Course Added Successfully!")
    follow(page, "Courses")
    expect(row(page, COURSE)).to_be_visible()

    follow(page, "Staff")
    press(page, "Add teacher")
    add_person(page, TEACHER, TEACHER_MAIL)
    press(page, "Add teacher")
    follow(page, "Staff")
    expect(row(page, TEACHER)).to_contain_text("Complete")

    follow(page, "Subjects")
    press(page, "Add subject")
    page.get_by_label("Subject name").fill(SUBJECT)
    page.get_by_label("Course").select_option(label=COURSE)
    page.get_by_label("Teacher").select_option(label=f"{TEACHER} (vera)")
    press(page, "Add subject")
    follow(page, "Subjects")
    expect(row(page, SUBJECT)).to_contain_text(TEACHER)

    first_day, last_day = house.school.today - timedelta(days=30), house.school.today + timedelta(days=300)
    follow(page, "Session years")
    press(page, "Add session year")
    page.get_by_label("First day").fill(first_day.isoformat())
    page.get_by_label("Last day").fill(last_day.isoformat())
    press(page, "Add session year")
    follow(page, "Session years")
    expect(page.locator(f"time[datetime='{first_day}']")).to_be_visible()

    year = f"{first_day} to {last_day}"
    follow(page, "Students")
    press(page, "Add student")
    add_person(page, STUDENT, STUDENT_MAIL)
    page.get_by_label("Gender").select_option(label="Female")
    page.get_by_label("Course").select_option(label=COURSE)
    page.get_by_label("Session year").select_option(label=year)
    press(page, "Add student")
    expect(row(page, STUDENT)).to_contain_text(COURSE)
    return year


def the_teacher_takes_the_roll_and_sets_an_assignment(page: Page, year: str) -> None:
    follow(page, "Take attendance")
    page.get_by_label("Subject", exact=True).select_option(label=f"{SUBJECT} ({COURSE})")
    page.get_by_label("Session year").select_option(label=year)
    press(page, "Show the class")
    page.get_by_role("group", name=STUDENT).get_by_role("radio", name="Late").click()
    press(page, "Save attendance")
    said(page, "is saved.")

    follow(page, "Assignments")
    press(page, "Add assignment")
    page.get_by_label("Title").fill("Draw Orion")
    page.get_by_label("What is to be done").fill("With the names of its stars")
    press(page, "Add assignment")
    expect(row(page, "Draw Orion")).to_contain_text(SUBJECT)


def the_student_hands_in_asks_for_leave_and_says_a_word(page: Page, house: House, drawing: Path) -> None:
    follow(page, "Attendance")
    expect(row(page, SUBJECT)).to_be_visible()

    follow(page, "Assignments")
    assignment = row(page, "Draw Orion")
    assignment.get_by_label("File for “Draw Orion”").set_input_files(drawing)
    assignment.get_by_role("button", name="Hand in").click()
    expect(assignment.get_by_role("link", name=drawing.name)).to_be_visible()

    follow(page, "Leave")
    page.get_by_label("First day").fill((house.school.today + timedelta(days=9)).isoformat())
    page.get_by_label("Reason").fill("A solar eclipse")
    press(page, "Ask for leave")
    expect(row(page, "A solar eclipse")).to_contain_text("Pending")

    follow(page, "Feedback")
    page.get_by_label("Your feedback").fill("More clear nights, please")
    press(page, "Send feedback")
    expect(row(page, "More clear nights, please")).to_contain_text("No reply yet")


def the_teacher_grades_enters_results_and_fines(page: Page, house: House, year: str) -> None:
    follow(page, "Assignments")
    expect(row(page, "Draw Orion")).to_contain_text("1 to grade")
    row(page, "Draw Orion").get_by_role("link", name="Submissions").click()
    with page.expect_download() as download:
        row(page, STUDENT).get_by_role("link", name="orion.txt").click()
    assert download.value.path().read_text() == "Betelgeuse, Rigel\n"
    page.get_by_label(f"Marks for {STUDENT}, 0 to 10").fill("9.5")
    row(page, STUDENT).get_by_role("button", name="Grade").click()
    expect(row(page, STUDENT)).to_contain_text("Graded")

    follow(page, "Results")
    page.get_by_label("Subject", exact=True).select_option(label=f"{SUBJECT} ({COURSE})")
    page.get_by_label("Session year").select_option(label=year)
    press(page, "Show the class")
    row(page, STUDENT).get_by_role("textbox").first.fill("88")
    row(page, STUDENT).get_by_role("textbox").last.fill("91")
    press(page, "Save marks")
    expect(row(page, STUDENT)).to_contain_text("Pass")

    follow(page, "Fines")
    press(page, "Add fine")
    page.get_by_label("Name, username or e-mail of the student").fill("stella")
    press(page, "Find the student")
    expect(page.get_by_role("radio", name=STUDENT)).to_be_checked()
    page.get_by_label("Amount").fill("12.50")
    page.get_by_label("Reason").fill("A lens left in the rain")
    page.get_by_label("To be paid by").fill((house.school.today + timedelta(days=7)).isoformat())
    press(page, "Add fine")
    expect(row(page, "A lens left in the rain")).to_contain_text("Pending")


def the_head_publishes_the_semester_results(page: Page) -> None:
    follow(page, "Results")
    page.get_by_label("Course").select_option(label=COURSE)
    press(page, "Publish 1 result")
    press(page, "Publish 1 result")
    said(page, "1 semester result published.")
    expect(row(page, STUDENT)).to_contain_text("Published")


def the_student_sees_what_became_of_it_and_pays(page: Page) -> None:
    follow(page, "Assignments")
    expect(row(page, "Draw Orion")).to_contain_text("Graded (9.5)")
    follow(page, "Results")
    marks = page.get_by_role("table", name="Your results by subject").get_by_role("row", name=SUBJECT)
    expect(marks).to_contain_text("Pass")
    expect(marks).to_contain_text("91")
    semester = page.get_by_role("table", name="Your grades in the subjects of your course")
    expect(semester.get_by_role("row", name=SUBJECT)).to_contain_text("90.10")
    expect(page.get_by_text("Promoted", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("Inbox")).click()
    reload_until(page, "A lens left in the rain")

    follow(page, "Fines")
    row(page, "A lens left in the rain").get_by_role("link", name="Pay Now").click()
    press(page, "Pay ₹12.50")
    press(page, "Go to the checkout")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sandbox checkout")
    press(page, "Pay")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fines")
    reload_until(page, "Nothing to pay")
    page.get_by_label("Show").select_option(label="Paid")
    expect(row(page, "A lens left in the rain")).to_contain_text("Paid")


def the_head_replies_and_decides(page: Page) -> None:
    follow(page, "Home")
    page.get_by_role("link", name="Feedback from students without reply").click()
    feedback = row(page, "More clear nights, please")
    feedback.locator("summary").click()
    feedback.get_by_role("textbox").fill("We have ordered some")
    feedback.get_by_role("button", name="Send reply").click()
    follow(page, "Student feedback")
    expect(row(page, "More clear nights, please")).to_contain_text("We have ordered some")

    follow(page, "Student leave")
    row(page, "A solar eclipse").get_by_role("link", name="Reject").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Reject leave of {STUDENT}?")
    page.get_by_label("Note to the person").fill("Take your class with you")
    press(page, "Reject leave")
    expect(row(page, "A solar eclipse")).to_contain_text("Rejected")


def test_one_day_of_head_teacher_and_student(house: House, visit: Visit, tmp_path: Path) -> None:
    drawing = tmp_path / "orion.txt"
    drawing.write_text("Betelgeuse, Rigel\n")
    head, teacher, student = visit(), visit(), visit()

    log_in(head, house.school.hod.email)
    year = the_head_sets_up_a_course(head, house)
    log_in(teacher, TEACHER_MAIL, CHOSEN)
    the_teacher_takes_the_roll_and_sets_an_assignment(teacher, year)
    log_in(student, STUDENT_MAIL, CHOSEN)
    the_student_hands_in_asks_for_leave_and_says_a_word(student, house, drawing)
    the_teacher_grades_enters_results_and_fines(teacher, house, year)
    the_head_publishes_the_semester_results(head)
    the_student_sees_what_became_of_it_and_pays(student)
    the_head_replies_and_decides(head)

    follow(student, "Feedback")
    expect(row(student, "More clear nights, please")).to_contain_text("We have ordered some")
    follow(student, "Leave")
    expect(row(student, "A solar eclipse")).to_contain_text("Take your class with you")
