"""Every page of the day's work can be used by everybody: no rule of accessibility is broken, at any width or theme."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import House, Visit
from tests.portal.prepared import Prepared

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.slow]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Theme = Literal["light", "dark"]
COLOURS = ["color-contrast"]
CHECK = """async (rules) => {
    const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target }) => ({ target })) }));
}"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
OPEN_CHART_TABLES = "for (const table of document.querySelectorAll('.chart-table')) table.open = true"


def pages(school: Prepared, house: House) -> dict[str, list[str]]:
    """By role the pages with content, and some with errors."""
    chosen = f"?subject={school.subjects['Botany']}&session_year={school.year_id}"
    (register,) = house.rows(
        "SELECT id FROM attendance_attendance WHERE subject_id = ? ORDER BY id LIMIT 1", school.subjects["Botany"]
    )
    (leave,) = house.rows("SELECT id FROM leaves_studentleave WHERE status = 'pending' ORDER BY id LIMIT 1")
    return {
        "stranger": ["/"],
        "hod": [
            "/admin_home/",
            f"/admin_view_attendance/{chosen}&register={register[0]}",
            "/student_leave_view/?status=pending",
            "/staff_leave_view/?q=nobody",
            f"/student_leave_reject/{leave[0]}/",
            "/inbox/",
        ],
        "staff": [
            "/staff_home/",
            f"/staff_take_attendance/{chosen}&attendance_date={school.today}",
            f"/staff_update_attendance/{chosen}&register={register[0]}",
            "/staff_apply_leave/",
        ],
        "student": [
            "/student_home/",
            "/student_view_attendance/",
            "/student_apply_leave/",
            "/inbox/",
            "/logout_user/",
        ],
    }


def problems(page: Page, where: str) -> list[Any]:
    """Rules that are broken, and whether anything sticks out, at each width and theme.

    All rules are tried at each width; in the other theme only colours can break one that was kept before.
    """
    found: list[Any] = []
    page.evaluate(Axe().axe_script)
    page.evaluate(OPEN_CHART_TABLES)
    visits: tuple[tuple[int, Theme, Theme], ...] = ((1280, "light", "dark"), (360, "dark", "light"))
    for width, first, second in visits:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate(SCROLLS_SIDEWAYS):
            found.append((where, width, "scrolls sideways"))
        for theme, rules in zip((first, second), (RULES, COLOURS), strict=True):
            page.emulate_media(color_scheme=theme)
            violations = page.evaluate(CHECK, rules)
            found += [(where, width, theme, v["id"], node["target"]) for v in violations for node in v["nodes"]]
    return found


@pytest.mark.parametrize("role", ["stranger", "hod", "staff", "student"])
def test_no_page_breaks_a_rule(house: House, visit: Visit, role: str) -> None:
    school = house.school
    person = {"hod": school.hod, "staff": school.teacher, "student": school.students[0]}.get(role)
    # The checker is a script put into the page, which the policy would refuse.
    page = visit(person, bypass_csp=True)
    found = []
    for path in pages(school, house)[role]:
        page.goto(path)
        found += problems(page, path)
    assert found == []


def test_pages_after_a_post_break_no_rule(house: House, visit: Visit) -> None:
    school = house.school
    page = visit(school.students[0], bypass_csp=True)
    page.goto("/student_view_attendance/")
    page.get_by_label("Subject", exact=True).select_option(label="Genetics")
    page.get_by_role("button", name="Show the days").click()
    found = problems(page, "own attendance by day")

    page.goto("/student_apply_leave/")
    page.get_by_label("First day").fill("2031-05-05")
    page.get_by_label("Last day").fill("2031-05-01")
    page.get_by_label("Reason").fill("x")
    page.get_by_role("button", name="Ask for leave").click()
    found += problems(page, "own leave, refused")

    stranger = visit(bypass_csp=True)
    stranger.goto("/")
    stranger.get_by_label("Password").fill("wrong")
    stranger.get_by_role("button", name="Log in").click()
    found += problems(stranger, "login, refused")
    assert found == []
