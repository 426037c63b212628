"""Charts tell the truth at zero, at nothing, at much and in any language, and never carry markup in."""

import re
from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from django.template import engines
from django.test import override_settings

from portal.charts import (
    Bar,
    BarChart,
    Chart,
    GroupedBars,
    Histogram,
    LineChart,
    Series,
    ShareBar,
    Sparkline,
    StackedBars,
)
from portal.charts.plot import every_nth, number_text, percent, scale, shorten

EVIL = "<script>alert(\"x\")</script> & 'quotes'"
CATEGORIES = ("Physics", EVIL, "歴史と文化の研究")

FULL: tuple[Chart, ...] = (
    BarChart(EVIL, "students", tuple(Bar(name, 10 * n) for n, name in enumerate(CATEGORIES))),
    GroupedBars(EVIL, "days", CATEGORIES, (Series(EVIL, (1, 2, 3)), Series("B", (0, None, 5), "bad"))),
    StackedBars(EVIL, "days", CATEGORIES, (Series(EVIL, (1, 0, 3), "good"), Series("B", (0, 0, 5), "bad"))),
    StackedBars(EVIL, "%", CATEGORIES, (Series(EVIL, (1, 0, 3)), Series("B", (0, 0, 5), "bad")), share=True),
    ShareBar(EVIL, "requests", tuple(Bar(name, 10 * n, "bad") for n, name in enumerate(CATEGORIES))),
    Histogram(EVIL, "students", EVIL, tuple(Bar(name, 10 * n) for n, name in enumerate(CATEGORIES))),
    LineChart(EVIL, "%", CATEGORIES, (Series(EVIL, (1, None, 3)),), top=100, limit=Bar(EVIL, 75)),
)
EMPTY: tuple[Chart, ...] = (
    BarChart("Nothing", "x", ()),
    GroupedBars("Nothing", "x", (), ()),
    StackedBars("Nothing", "x", ("A",), (Series("S", (None,)),)),
    ShareBar("Nothing", "x", (Bar("A", 0), Bar("B", 0))),
    Histogram("Nothing", "x", "y", ()),
    LineChart("Nothing", "x", ("A",), (Series("S", (None,)),)),
)
ZERO: tuple[Chart, ...] = (
    BarChart("Zero", "x", (Bar("A", 0),)),
    BarChart("Strange", "x", (Bar("A", -3), Bar("B", Decimal("NaN")), Bar("C", float("inf")), Bar("D", 2))),
    GroupedBars("Zero", "x", ("A",), (Series("S", (0,)),)),
    StackedBars("Zero", "x", ("A",), (Series("S", (0,)),), share=True),
    LineChart("Zero", "x", ("A",), (Series("S", (0,)),)),
    LineChart("Short", "x", ("A", "B", "C"), (Series("S", (1,)),)),
)


def draw(chart: Chart) -> str:
    return engines["django"].from_string("{% load ui %}{% chart chart %}").render({"chart": chart})


def svg(chart: Chart) -> Element:
    found = re.search(r"<svg class=\"chart-svg.*</svg>(?=\s*<details)", draw(chart), re.DOTALL)
    assert found
    return ElementTree.fromstring(found.group())


def named(charts: tuple[Chart, ...]) -> list[object]:
    return [pytest.param(chart, id=f"{type(chart).__name__}-{n}") for n, chart in enumerate(charts)]


@pytest.mark.parametrize("chart", named(FULL))
def test_markup_in_labels_stays_text(chart: Chart) -> None:
    drawn = draw(chart)

    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


@pytest.mark.parametrize("chart", named(FULL + EMPTY + ZERO))
def test_no_drawing_needs_styles_or_scripts_inside_the_page(chart: Chart) -> None:
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", draw(chart))


@pytest.mark.parametrize("chart", named(FULL + ZERO))
def test_every_drawing_is_well_formed_has_a_name_and_its_figures_beside_it(chart: Chart) -> None:
    drawing = svg(chart)

    title = drawing.find("title")
    assert drawing.get("role") == "img"
    assert title is not None
    assert title.get("id") == drawing.get("aria-labelledby")
    assert draw(chart).count('<th scope="row">') == len(chart.rows) > 0


@pytest.mark.parametrize("chart", named(FULL + ZERO))
def test_nothing_is_drawn_outside_or_with_an_impossible_size(chart: Chart) -> None:
    for mark in svg(chart).iter("rect"):
        left, width = (float((mark.get(name) or "0").rstrip("%")) for name in ("x", "width"))
        assert 0 <= left <= left + width <= 100.01
        assert float(mark.get("height") or 0) >= 0


@pytest.mark.parametrize("chart", named(EMPTY))
def test_a_chart_without_figures_says_so(chart: Chart) -> None:
    assert chart.is_empty
    assert "No figures yet." in draw(chart)
    assert "<svg" not in draw(chart)


@pytest.mark.parametrize("chart", named(ZERO))
def test_zero_is_a_figure_where_categories_are_compared(chart: Chart) -> None:
    assert not chart.is_empty


def test_bars_have_the_length_of_their_share() -> None:
    chart = BarChart("Attendance", "%", (Bar("A", 50), Bar("B", 100), Bar("C", 0)), top=200)

    assert [mark.width for mark in chart.plot().marks] == ["25%", "50%", "0%"]


def test_parts_of_a_bar_stand_end_to_end() -> None:
    chart = ShareBar("Requests", "", (Bar("A", 1, "good"), Bar("B", 0), Bar("C", 3, "bad")))

    assert [(mark.x, mark.width) for mark in chart.plot().marks] == [("0%", "25%"), ("25%", "75%")]
    assert [key.value for key in chart.keys] == ["1 (25\u00a0%)", "0 (0\u00a0%)", "3 (75\u00a0%)"]


def test_bad_differs_from_good_by_more_than_colour() -> None:
    chart = StackedBars("Register", "", ("A",), (Series("Present", (1,), "good"), Series("Absent", (1,), "bad")))

    assert [mark.hatched for mark in chart.plot().marks] == [False, True]
    assert [key.hatched for key in chart.keys] == [False, True]


def test_a_distribution_counts_every_value_once_in_the_range_it_belongs_to() -> None:
    values = [0, 9.99, 10, 49, 50, 99, 100, 100, -1, 101]

    chart = Histogram.of("Marks", "students", "mark", values=values, edges=(0, 10, 50, 100), bad_below=50)

    assert [(str(one.label), one.value, one.tone) for one in chart.bins] == [
        ("0–10", 2, "bad"),
        ("10–50", 2, "bad"),
        ("50–100", 4, "accent"),
    ]


def test_one_among_twenty_thousand_is_still_visible() -> None:
    chart = Histogram("Marks", "students", "mark", (Bar("0", 1), Bar("1", 20_000)))

    assert chart.plot().marks[0].height == 1


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    chart = LineChart("Trend", "", ("a", "b", "c", "d", "e"), (Series("S", (1, 2, None, 3, 4)),))

    assert [line.points.count(",") for line in chart.plot().lines] == [2, 2]
    assert len(chart.plot().dots) == 4


def test_a_line_may_start_away_from_zero() -> None:
    chart = LineChart("Trend", "%", ("a", "b"), (Series("S", (50, 100)),), bottom=50, top=100)

    low, high = chart.plot().dots
    assert low.y > high.y
    assert "50\u00a0%" in [label.text for label in chart.plot().labels]


@pytest.mark.parametrize("count", [1, 2, 3, 12, 30, 365])
def test_labels_of_an_axis_leave_each_other_room_on_a_phone(count: int) -> None:
    chart = LineChart("Trend", "", tuple(f"{n} September" for n in range(count)), (Series("S", (1,) * count),))

    below = [label for label in chart.plot().labels if "September" in label.text]
    assert 1 <= len(below) <= 3
    assert below[-1].text == f"{count - 1} September"


def test_a_sparkline_is_named_and_stays_in_its_place() -> None:
    drawn = draw(Sparkline(EVIL, "%", (1, 5, 3)))

    assert "<script" not in drawn
    assert 'role="img"' in drawn
    assert draw(Sparkline("Flat", "%", (3, 3, 3))).count("12") >= 3
    assert draw(Sparkline("Alone", "%", (3,))).strip() == ""


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0], (0, 1)),
        ([], (0, 1)),
        ([3], (0, 1, 2, 3)),
        ([4], (0, 1, 2, 3, 4)),
        ([7], (0, 2, 4, 6, 8)),
        ([98], (0, 25, 50, 75, 100)),
        ([20_418], (0, 10_000, 20_000, 30_000)),
        ([0.4], (0, 0.1, 0.2, 0.30000000000000004, 0.4)),
    ],
)
def test_an_axis_ends_at_a_round_number_above_the_largest(values: list[float], ticks: tuple[float, ...]) -> None:
    assert scale(values) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (20418, "", "20,418"),
        (58.25, "%", "58.25\u00a0%"),
        (74.5, "%", "74.5\u00a0%"),
        (Decimal("10.00"), "", "10"),
        (None, "", "–"),
        (float("nan"), "", "–"),
    ],
)
def test_figures_are_written_for_people(value: float, unit: str, text: str) -> None:
    assert number_text(value, unit) == text


@override_settings(USE_THOUSAND_SEPARATOR=True, LANGUAGE_CODE="de")
def test_coordinates_stay_numbers_in_every_language() -> None:
    chart = BarChart("Viele", "", tuple(Bar(f"Fach {n}", n + 0.5) for n in range(40)))

    drawing = svg(chart)

    assert drawing.get("height") == "1592"
    assert all(re.fullmatch(r"[\d.]+%?", mark.get("width") or "") for mark in drawing.iter("rect"))


def test_long_labels_are_cut_by_the_room_they_take() -> None:
    assert shorten("Physics", 7) == "Physics"
    assert shorten("Physics and more", 9) == "Physics…"
    assert shorten("歴史と文化の研究", 9) == "歴史と文…"
    assert every_nth(("歴史", "文化")) == 1


def test_a_share_of_nothing_is_nothing() -> None:
    assert percent(0, 0) == "0%"


def test_equal_charts_have_equal_names_and_different_ones_do_not() -> None:
    one, same, other = (BarChart("A", "x", (Bar("B", n),)) for n in (1, 1, 2))

    assert one.uid == same.uid != other.uid


@pytest.mark.parametrize(
    ("values", "ticks"), [([2], (0, 1, 2)), ([1], (0, 1)), ([3], (0, 1, 2, 3)), ([5], (0, 2, 4, 6))]
)
def test_an_axis_of_what_is_counted_has_no_halves(values: list[int], ticks: tuple[int, ...]) -> None:
    assert scale(values, whole=True) == ticks
