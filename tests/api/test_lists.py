"""Lists: pages, order, search, chosen fields and CSV."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.rest import answers
from modules.leaves.models import StudentLeave
from tests.api.conftest import As, Program
from tests.portal.school import School

LIST = "leaves/requests/student/"
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def hod(school: School, speak_for: As) -> Program:
    return speak_for(school.hod)


def test_a_page_tells_its_place_and_links_to_the_others(hod: Program) -> None:
    page = hod.get(LIST, page=2, page_size=3)
    assert {name: page.data[name] for name in ("total", "number", "size")} == {"total": 8, "number": 2, "size": 3}
    assert len(page.data["items"]) == 3
    links = dict(reversed(link.split("; ")) for link in page["Link"].split(", "))
    assert {relation: link.strip("<>").partition("?")[2] for relation, link in links.items()} == {
        'rel="first"': "page=1&page_size=3",
        'rel="prev"': "page=1&page_size=3",
        'rel="next"': "page=3&page_size=3",
        'rel="last"': "page=3&page_size=3",
    }


def test_pages_together_hold_every_row_once(hod: Program) -> None:
    ids = [row["ref"]["id"] for number in (1, 2, 3) for row in hod.get(LIST, page=number, page_size=3).data["items"]]
    assert sorted(ids) == sorted(StudentLeave.objects.values_list("pk", flat=True))
    assert hod.get(LIST, page=4, page_size=3).data["items"] == []


def test_order_search_and_filters_go_together(hod: Program) -> None:
    StudentLeave.objects.filter(status="pending").update(reason="A wedding")
    found = hod.get(LIST, search="WEDDING", status="pending", ordering="-first_day").data["items"]
    days = [row["first_day"] for row in found]
    assert len(days) == 4
    assert days == sorted(days, reverse=True)
    assert hod.get(LIST, search="wedding", status="approved").data["items"] == []


def test_a_list_is_narrowed_by_as_many_ids_as_it_says(hod: Program) -> None:
    ids = list(range(1, 1001))
    assert hod.get("finance/fines/", student_ids=ids, ids=ids, page_size=1).status_code == 200
    assert hod.get("finance/fines/", ids=[*ids, 1001]).data["code"] == "invalid_query"


def test_only_the_fields_that_are_asked_for_are_sent(hod: Program, school: School, speak_for: As) -> None:
    assert all(set(row) == {"ref", "status"} for row in hod.get(LIST, fields="status,ref").data["items"])
    leave = StudentLeave.objects.filter(student_id=school.student.profile_id).latest("pk")
    assert speak_for(school.student).get(f"{LIST}{leave.pk}/", fields="reason").data == {"reason": "A journey"}


def read_csv(program: Program, path: str, **query: object) -> list[list[str]]:
    response = program("GET", path, query=query, Accept="text/csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


def test_a_list_as_csv_is_whole_whatever_the_page(hod: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_PAGE_SIZE", 3)
    header, *rows = read_csv(hod, LIST, page=2, page_size=1, status="pending", fields="ref,status")
    assert header == ["ref.audience", "ref.id", "status"]
    ids = StudentLeave.objects.filter(status="pending").order_by("-pk").values_list("pk", flat=True)
    assert rows == [["student", str(pk), "pending"] for pk in ids]


def test_a_spreadsheet_runs_nothing_that_a_person_wrote(hod: Program) -> None:
    StudentLeave.objects.update(reason=FORMULA)
    assert {row[0] for row in read_csv(hod, LIST, fields="reason")[1:]} == {f"'{FORMULA}"}


def test_csv_that_is_refused_is_a_problem(school: School, speak_for: As, hod: Program) -> None:
    refused = speak_for(school.student)("GET", LIST, Accept="text/csv")
    assert (refused.status_code, refused.data["code"]) == (403, "forbidden")
    assert hod("GET", f"{LIST}counts/", Accept="text/csv").status_code == 406


def test_a_long_list_as_csv_costs_two_queries_a_page(
    hod: Program, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read_csv(hod, LIST)
        return len(captured)

    monkeypatch.setattr(answers, "MAX_PAGE_SIZE", 8)
    one_page = queries()
    StudentLeave.objects.bulk_create(
        StudentLeave(student_id=school.student.profile_id, first_day=school.today + timedelta(days=n), reason="A day")
        for n in range(24)
    )
    assert queries() == one_page + 3 * 2
