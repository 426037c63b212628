"""Lists as CSV files, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so is run as a formula by spreadsheets (the last four are their full-width forms)."""


def csv_response(filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download that is written while `rows` is read, so that its length costs no memory.

    Times are written in the school's time zone, None as empty. Texts that a spreadsheet would run get an apostrophe in
    front; numbers stay numbers. Begins with a byte order mark: without it, spreadsheets misread UTF-8.
    """
    response = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


class _Line:
    """A file that hands back what the writer wrote into it."""

    def write(self, text: str) -> str:
        return text


def _lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([cell_text(cell) for cell in header])
    for row in rows:
        yield writer.writerow([cell_text(cell) for cell in row])


def cell_text(value: Any) -> str:
    """One cell as text."""
    match value:
        case None:
            return ""
        case bool() | int() | float() | Decimal():
            return str(value)
        case datetime() if timezone.is_aware(value):
            return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
