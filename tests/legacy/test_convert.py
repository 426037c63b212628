"""What the legacy stored, and what it meant."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from migrations_legacy import convert
from migrations_legacy.errors import Doubtful, Unplaceable
from tests.legacy.school import LEAVE_DATES

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("converter", "stored", "meant"),
    [
        (convert.instant, "2024-09-02 08:30:15.123456", datetime(2024, 9, 2, 8, 30, 15, 123456, tzinfo=UTC)),
        (convert.instant, "2024-09-02T08:30:15.123Z", datetime(2024, 9, 2, 8, 30, 15, 123000, tzinfo=UTC)),
        (convert.instant, "2024-09-02T14:00:15+05:30", datetime(2024, 9, 2, 8, 30, 15, tzinfo=UTC)),
        (convert.instant, "2024-09-02", datetime(2024, 9, 2, tzinfo=UTC)),
        (convert.instant, None, None),
        (convert.day, "2024-09-02", date(2024, 9, 2)),
        (convert.day, "2024-09-02 00:00:00", date(2024, 9, 2)),
        (convert.decimal, 500, Decimal("500")),
        (convert.decimal, 0.1, Decimal("0.1")),
        (convert.decimal, "99999999.99", Decimal("99999999.99")),
        (convert.decimal, None, None),
        (convert.real, "1.5", 1.5),
        (convert.real, "-Infinity", float("-inf")),
        (convert.boolean, 1, True),
        (convert.boolean, 0, False),
        (convert.boolean, "true", True),
        (convert.boolean, False, False),
        (convert.integer, "12", 12),
        (convert.integer, 12.0, 12),
        (convert.integer, True, 1),
        (convert.text, "Zoe\u0308 \r\n<b>", "Zoe\u0308 \r\n<b>"),
        (convert.text, 12, "12"),
        (convert.text_or_blank, None, ""),
    ],
)
def test_values_keep_their_meaning(converter: Callable[[object], object], stored: object, meant: object) -> None:
    assert converter(stored) == meant


@pytest.mark.parametrize(
    ("converter", "stored", "code"),
    [
        (convert.decimal, "NaN", "bad_number"),
        (convert.decimal, float("inf"), "bad_number"),
        (convert.decimal, "ten", "bad_number"),
        (convert.real, float("nan"), "bad_number"),
        (convert.integer, "3.5", "bad_number"),
        (convert.boolean, "maybe", "bad_boolean"),
        (convert.instant, "yesterday", "bad_time"),
        (convert.instant, "0001-01-01T00:00:00+14:00", "bad_time"),
        (convert.day, "2024-02-30", "bad_date"),
        (convert.text, "a\x00b", "bad_text"),
        (convert.text, b"\xff".decode("utf-8", "surrogateescape"), "bad_text"),
        (convert.media_path, "../secrets.txt", "bad_path"),
        (convert.media_path, "/etc/passwd", "bad_path"),
        (convert.media_path, "/media/%2e%2e/x.png", "bad_path"),
        (convert.media_path, "pics\\..\\..\\x.png", "bad_path"),
    ],
)
def test_what_means_nothing_is_refused_with_a_reason(
    converter: Callable[[object], object], stored: object, code: str
) -> None:
    with pytest.raises(Unplaceable) as refusal:
        converter(stored)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("stored", "path"),
    [
        (None, ""),
        ("", ""),
        ("profile_pics/x.png", "profile_pics/x.png"),
        ("x.png", "x.png"),
        ("/media/pic%20url.png", "pic url.png"),
        ("/media//media/twice%2520.png", "twice .png"),
        ("profile_pics/100%25.png", "profile_pics/100%25.png"),
        ("assignments/submissions/702_1_essay (final).pdf", "assignments/submissions/702_1_essay (final).pdf"),
    ],
)
def test_pictures_are_found_in_all_their_old_spellings(stored: object, path: str) -> None:
    assert convert.media_path(stored) == path


def test_a_bad_picture_does_not_cost_the_person_their_place() -> None:
    with pytest.raises(Doubtful) as doubt:
        convert.picture_path("../../etc/passwd")
    assert doubt.value.value == ""


def test_only_a_sole_iso_date_is_read_from_free_text() -> None:
    found = {written: convert.leave_first_day(written) for written in LEAVE_DATES}
    assert {written: day for written, day in found.items() if day} == {
        "2025-03-10": date(2025, 3, 10),
        "  2025-03-14 ": date(2025, 3, 14),
        "from 2025-10-01 on": date(2025, 10, 1),
    }
    assert all(convert.leave_last_day(written) == day for written, day in found.items())
