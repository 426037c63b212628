"""Every page of every role can be used by everybody, on any screen, in both themes, over a slow line.

The pages are those of `tests/portal/routes.py`, and the states of them that an address can name.
"""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, House, Visit
from tests.portal.prepared import Prepared

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.slow]

DESKTOP, PHONE = 1280, 360
MOST_BYTES, MOST_REQUESTS = 60_000, 8
"""Of a page with all that it loads but pictures, as they come over the line to a browser that has nothing yet."""

FEWEST_PAGES = {"hod": 30, "staff": 12, "student": 10}
"""By role; so that a table that has lost its pages is noticed."""

ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast"]
ROOM = ["target-size", "scrollable-region-focusable"]
"""What a narrow window may break."""
CHECK = """async (rules) => {
    const options = { runOnly: rules, resultTypes: ["violations"], preload: false };
    const { violations } = await axe.run(options);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
OPEN_CHART_TABLES = "for (const table of document.querySelectorAll('.chart-table')) table.open = true"
LOADED = """performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
    .filter(({ name, initiatorType }) => name.startsWith("http") && initiatorType !== "img")
    .map(({ encodedBodySize }) => encodedBodySize)"""


def states(school: Prepared, house: House) -> dict[str, list[str]]:
    """By role, what pages look like with something chosen, with nothing found, and with nobody logged in."""
    chosen = f"?subject={school.subjects['Botany']}&session_year={school.year_id}"
    ((register,),) = house.rows(
        "SELECT min(id) FROM attendance_attendance WHERE subject_id = ?", school.subjects["Botany"]
    )
    ((leave,),) = house.rows("SELECT min(id) FROM leaves_studentleave WHERE status = 'pending'")
    ((fine,),) = house.rows("SELECT min(id) FROM finance_fine")
    students = "&".join(f"selected={person.user_id}" for person in school.students)
    return {
        "stranger": ["/", "/logout_user/"],
        "hod": [
            f"/admin_view_attendance/{chosen}&register={register}",
            "/manage_student/?q=a&course=1",
            "/manage_student/?page=99",
            "/semester_results/?course=1&sort=rank",
            "/semester_results/selected/?do=withhold&course=1",
            "/staff_leave_view/?q=nobody",
            "/student_leave_view/?status=pending",
            f"/student_leave_view/selected/?do=reject&selected={leave}",
            f"/manage_student/selected/?do=move&{students}",
            f"/manage_student/selected/?do=remove&{students}",
        ],
        "staff": [
            f"/staff_take_attendance/{chosen}&attendance_date={school.today}",
            f"/staff_update_attendance/{chosen}&register={register}",
            f"/staff_add_result/{chosen}",
            "/add_fine/?q=student",
            f"/manage_fines/selected/?do=cancel&selected={fine}",
        ],
        "student": ["/logout_user/"],
    }


def problems(page: Page, where: str) -> list[Any]:
    """Rules that are broken by the page that is open, in a wide light window and a narrow dark one, and what sticks out
    of it.
    """
    found: list[Any] = []
    page.evaluate(OPEN_CHART_TABLES)
    for width, theme, rules in ((DESKTOP, "light", ALL_RULES), (PHONE, "dark", COLOURS + ROOM)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        if page.evaluate(SCROLLS_SIDEWAYS):
            found.append((where, width, "scrolls sideways"))
        found += [(where, width, theme, broken) for broken in page.evaluate(CHECK, rules)]
    return found


def frame_problems(page: Page, where: str) -> list[Any]:
    """What else may be wrong with the frame, which is the same on all pages: its colours the other way round, and on a
    phone its other navigation, closed and open.
    """
    page.emulate_media(color_scheme="dark")
    found: list[Any] = [(where, "dark", broken) for broken in page.evaluate(CHECK, COLOURS)]
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.emulate_media(color_scheme="light")
    found += [(where, PHONE, broken) for broken in page.evaluate(CHECK, ALL_RULES)]
    page.get_by_role("button", name="More").click()
    # All of the menu is in view: what is scrolled out of it halfway would count as too small a target.
    page.set_viewport_size({"width": PHONE, "height": 1000})
    found += [(where, PHONE, "menu", broken) for broken in page.evaluate(CHECK, ALL_RULES)]
    return found


def is_page(page: Page, address: str) -> bool:
    """Whether there is a page for this person, rather than a file, an answer to a script, or nothing."""
    answer = page.request.get(address, max_redirects=0)
    return answer.status == 200 and b"</html>" in answer.body()


@pytest.mark.parametrize("role", ["stranger", "hod", "staff", "student"])
def test_no_page_breaks_a_rule_of_accessibility_or_is_too_wide_or_too_heavy(
    house: House, visit: Visit, role: str
) -> None:
    school = house.school
    person = {"hod": school.hod, "staff": school.teacher, "student": school.students[0]}.get(role)
    page = visit(person)
    page.context.add_init_script(AXE)
    found: list[Any] = []
    addresses = [address for address in school.addresses.get(role, []) if is_page(page, address)]
    assert len(addresses) >= FEWEST_PAGES.get(role, 0)
    for address in addresses + states(school, house)[role]:
        page.set_viewport_size({"width": DESKTOP, "height": 800})
        page.emulate_media(color_scheme="light")
        page.goto(address)
        sizes = page.evaluate(LOADED)
        if sum(sizes) > MOST_BYTES or len(sizes) > MOST_REQUESTS:
            found.append((address, f"{sum(sizes)} bytes in {len(sizes)} requests"))
        found += problems(page, address)
    if person:
        page.goto(addresses[0])
        found += frame_problems(page, role)
    assert found == []


def press(page: Page, button: str) -> None:
    """Press a button, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def test_pages_after_a_post_break_no_rule(house: House, visit: Visit) -> None:
    school = house.school
    page = visit(school.students[0])
    page.context.add_init_script(AXE)
    page.goto("/student_view_attendance/")
    page.get_by_label("Subject", exact=True).select_option(label="Genetics")
    press(page, "Show the days")
    found = problems(page, "own attendance by day")

    page.goto("/student_apply_leave/")
    page.get_by_label("First day").fill("2031-05-05")
    page.get_by_label("Last day").fill("2031-05-01")
    page.get_by_label("Reason").fill("x")
    press(page, "Ask for leave")
    found += problems(page, "own leave, refused")

    stranger = visit()
    stranger.context.add_init_script(AXE)
    stranger.goto("/")
    stranger.get_by_label("Password").fill("wrong")
    press(stranger, "Log in")
    found += problems(stranger, "login, refused")
    assert found == []
