"""What the marks of a class amount to, as pure functions."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from contracts.assessments import MarkBand, MarkStatistics
from modules.assessments.grade_rules import HUNDRED, rounded


def summary(marks: Sequence[Decimal], *, passed: int, top: Decimal, bands: int) -> MarkStatistics:
    """Of marks from 0 to `top`, in so many bands of one width; `passed`: how many of them are."""
    count = len(marks)
    return MarkStatistics(
        count=count,
        average=rounded(sum(marks, Decimal(0)) / count) if count else None,
        median=rounded(median(marks)) if count else None,
        lowest=rounded(min(marks)) if count else None,
        highest=rounded(max(marks)) if count else None,
        passed=passed,
        pass_rate=rounded(HUNDRED * passed / count) if count else None,
        bands=_bands(marks, top=top, number=bands),
    )


def _bands(marks: Sequence[Decimal], *, top: Decimal, number: int) -> tuple[MarkBand, ...]:
    counts = [0] * number
    for mark in marks:
        counts[min(int(mark * number / top), number - 1)] += 1
    return tuple(
        MarkBand(low=top * place / number, high=top * (place + 1) / number, count=count)
        for place, count in enumerate(counts)
    )
