"""How marks become grades and a semester result, as pure functions."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from contracts.assessments import GradeStep, GradingPolicy
from modules.assessments import rules

HUNDRED = Decimal(100)
HIGHEST_POINTS = Decimal(10)
LONGEST_LETTER = 5
EQUAL_CREDITS = Decimal(1)
"""What every subject weighs: the school's subjects have no credits."""
_HUNDREDTH = Decimal("0.01")

DEFAULT_POLICY = GradingPolicy(
    exam_weight=Decimal(70),
    pass_percentage=Decimal(40),
    allowed_failures=0,
    scale=tuple(
        GradeStep(letter=letter, from_percentage=Decimal(start), points=Decimal(points))
        for letter, start, points in (
            *(("O", 90, 10), ("A+", 80, 9), ("A", 70, 8), ("B+", 60, 7), ("B", 50, 6), ("C", 40, 5)),
            ("F", 0, 0),
        )
    ),
)
"""Holds until a HOD sets another."""


def rounded(value: Decimal) -> Decimal:
    """To two places, half up."""
    return value.quantize(_HUNDREDTH, ROUND_HALF_UP)


def percentage(policy: GradingPolicy, *, exam: Decimal, assignment: Decimal) -> Decimal:
    """exam × weight + assignment × (100 − weight), in percent. Old marks off the scale count as its nearest end."""
    weighted = on_scale(exam) * policy.exam_weight + on_scale(assignment) * (HUNDRED - policy.exam_weight)
    return rounded(weighted / HUNDRED)


def on_scale(mark: Decimal, top: Decimal = rules.HIGHEST_RESULT) -> Decimal:
    """The mark, or the nearest end of a scale from 0 that it is off; 0 for what is no number."""
    return Decimal(0) if mark.is_nan() else min(max(mark, Decimal(0)), top)


def is_subject_passed(policy: GradingPolicy, *, exam: Decimal, percentage: Decimal) -> bool:
    return rules.is_passed(exam) and percentage >= policy.pass_percentage


def step(policy: GradingPolicy, percentage: Decimal, *, passed: bool) -> GradeStep:
    """The highest step that is reached; the lowest for a failed subject."""
    if not passed:
        return policy.scale[-1]
    return next((s for s in policy.scale if percentage >= s.from_percentage), policy.scale[-1])


def average(weighted: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Σ value × weight ÷ Σ weight, as for points by credits; None without weight."""
    pairs = tuple(weighted)
    total = sum((weight for _value, weight in pairs), Decimal(0))
    return rounded(sum((value * weight for value, weight in pairs), Decimal(0)) / total) if total else None


def is_promoted(policy: GradingPolicy, *, failed: int, missing: int) -> bool | None:
    """failed ≤ allowed failures; None while results are missing."""
    return None if missing else failed <= policy.allowed_failures


def ranks(percentages: Mapping[int, Decimal]) -> dict[int, int]:
    """The place of each, from 1, the highest first; equals share one, and the places that they take are left out."""
    falling = sorted(percentages.values(), reverse=True)
    first = {value: place for place, value in reversed(list(enumerate(falling, start=1)))}
    return {key: first[value] for key, value in percentages.items()}


def policy_problems(policy: GradingPolicy) -> Iterator[tuple[str, str]]:
    """What is wrong with a policy: field, and "range", "letter" or "order"."""
    if not _within(policy.exam_weight, HUNDRED):
        yield "exam_weight", "range"
    if not _within(policy.pass_percentage, HUNDRED):
        yield "pass_percentage", "range"
    if not 0 <= policy.allowed_failures <= 1000:
        yield "allowed_failures", "range"
    letters = [s.letter.strip() for s in policy.scale]
    if len(set(letters)) < len(letters) or not all(0 < len(letter) <= LONGEST_LETTER for letter in letters):
        yield "scale", "letter"
    if not all(_within(s.from_percentage, HUNDRED) and _within(s.points, HIGHEST_POINTS) for s in policy.scale):
        yield "scale", "range"
    elif not policy.scale or policy.scale[-1].from_percentage != 0 or not _falls(policy.scale):
        yield "scale", "order"


def _falls(scale: tuple[GradeStep, ...]) -> bool:
    return all(
        higher.from_percentage > lower.from_percentage and higher.points >= lower.points
        for higher, lower in pairwise(scale)
    )


def _within(value: Decimal, highest: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= highest
