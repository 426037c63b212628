"""The report on attendance: by what it adds up, for whom, and as a file."""

from django.test import Client

from tests.portal.conftest import Browse
from tests.portal.pages import text_of
from tests.portal.reading import csv_lines
from tests.portal.school import School


def test_the_hod_adds_up_by_student_the_worst_first_and_takes_it_as_a_file(school: School, as_hod: Client) -> None:
    address = "/attendance_report/?by=student&sort=percentage"
    words = text_of(as_hod.get(address))
    assert school.student.name in words
    header, *lines = csv_lines(as_hod.get(f"{address}&export=csv"))
    shares = [float(line[header.index("percentage")]) for line in lines]
    assert shares == sorted(shares)
    assert school.student.name in [line[header.index("name")] for line in lines]


def test_a_teacher_sees_the_own_subjects_only(school: School, browse: Browse) -> None:
    page = text_of(browse(school.teacher).get("/attendance_report/?by=subject"))
    assert school.botany.name in page
    assert school.genetics.name not in page


def test_days_in_the_wrong_order_are_turned_round_and_a_long_time_is_cut(as_hod: Client) -> None:
    turned = text_of(as_hod.get("/attendance_report/?from=2026-02-01&to=2026-01-01"))
    assert "1 January 2026 to 1 February 2026" in turned
    cut = text_of(as_hod.get("/attendance_report/?from=2020-01-01&to=2026-01-01"))
    assert "1 January 2025 to 1 January 2026" in cut
