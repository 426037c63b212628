"""An exported list opens in a spreadsheet as what it is, and runs nothing there."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from kernel.csv_export import cell_text
from portal.tables import csv_response


def read(header: list[str], rows: list[list[object]]) -> list[list[str]]:
    content = csv_response("list.csv", header, rows).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_a_spreadsheet_would_run_stays_a_text(start: str) -> None:
    text = f'{start}HYPERLINK("http://evil.example","x")'

    assert read(["a"], [[text]])[1] == [f"'{text}"]


def test_the_header_is_protected_too() -> None:
    assert read(["=1+1"], [])[0] == ["'=1+1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (-5, "-5"),
        (-1.5, "-1.5"),
        (Decimal("-0.10"), "-0.10"),
        (True, "True"),
        (date(2025, 9, 2), "2025-09-02"),
        ("a-b=c", "a-b=c"),
        ("Zoë, “李”", "Zoë, “李”"),
        ('two\nlines, "quoted"', 'two\nlines, "quoted"'),
        ("", ""),
    ],
)
def test_everything_else_arrives_as_it_is(value: object, text: str) -> None:
    assert read(["a"], [[value]])[1] == [text]


def test_times_are_the_schools() -> None:
    with timezone.override("Asia/Kolkata"):
        assert cell_text(datetime(2025, 9, 2, 20, 0, tzinfo=UTC)) == "2025-09-03 01:30"


def test_rows_are_read_while_they_are_sent() -> None:
    taken: list[int] = []

    def rows() -> Iterator[list[int]]:
        for number in range(1000):
            taken.append(number)
            yield [number]

    chunks = iter(csv_response("list.csv", ["n"], rows()))
    next(chunks)
    next(chunks)

    assert taken == [0]


def test_the_file_has_a_name_in_any_language_and_is_not_kept_by_caches() -> None:
    response = csv_response('Schüler "A".csv', ["n"], [])

    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Sch%C3%BCler")
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
