"""What the marks of a class amount to, as tiles and a chart."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from contracts.assessments import MarkStatistics
from portal.charts import Bar, Chart, Histogram
from portal.components import Figure
from portal.marksheet import mark_text


def tiles(marks: MarkStatistics, *, unit: str = "") -> tuple[Figure, ...]:
    """Pass rate, average with median, and highest with lowest mark."""
    return (
        Figure(_("Passed"), _text(marks.pass_rate), unit="" if marks.pass_rate is None else "%", note=_of(marks)),
        _pair(_("Average"), marks.average, _("median %s"), marks.median, unit),
        _pair(_("Highest"), marks.highest, _("lowest %s"), marks.lowest, unit),
    )


def _pair(label: str, value: Decimal | None, note: str, beside: Decimal | None, unit: str) -> Figure:
    """A figure with another one as its note."""
    if value is None:
        return Figure(label, "–")
    return Figure(label, _text(value), unit=unit, note=note % f"{_text(beside)} {unit}".strip())


def chart(marks: MarkStatistics, *, title: str, x_unit: str) -> Chart:
    """How many students are in each band of marks."""
    bins = tuple(Bar(f"{mark_text(band.low)}–{mark_text(band.high)}", band.count) for band in marks.bands)
    return Histogram(title, _("students"), x_unit, bins)


def _of(marks: MarkStatistics) -> str:
    return _("%(passed)d of %(count)d") % {"passed": marks.passed, "count": marks.count} if marks.count else ""


def _text(value: Decimal | None) -> str:
    return "–" if value is None else number_format(value.normalize() if value % 1 else int(value), use_l10n=True)
