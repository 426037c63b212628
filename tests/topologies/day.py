"""A day of school in a house that runs: what is looked at before, the day itself on pages and over REST, and after."""

from config.settings.environment import MODULES
from tests.portal.school import PASSWORD
from tests.topologies import on_pages, over_rest
from tests.topologies.houses import House, wait_for
from tests.topologies.visitors import connections

ELSEWHERE = "203.0.113.9"


def walk(house: House) -> int:
    """How many events were delivered in the end, each once."""
    everything_is_where_it_should_be(house)
    the_gateway_lets_nothing_internal_in(house)
    the_gateway_says_whom_it_has_heard(house)
    on_pages.a_day(house)
    over_rest.a_day(house)
    wait_for(lambda: house.deliveries("state <> 'done'") == 0)
    everybody_was_told_once(house)
    return house.deliveries("state = 'done'")


def everything_is_where_it_should_be(house: House) -> None:
    """Asked through the gateway: of the process with the pages, and of each module at its own address."""
    pages = house.topology.home_of("portal")
    assert house.status() == {
        module: {"binding": "local" if module in pages.modules else "http", "healthy": True} for module in MODULES
    }
    for module in MODULES:
        assert connections().request("GET", f"{house.url}/api/v1/{module}/health/").json()["module"] == module


def the_gateway_lets_nothing_internal_in(house: House) -> None:
    for address in ("/internal/", "/internal/v1/users/openapi.json", "/internal/v1/attendance/roll", "//internal/v1/"):
        assert connections().request("POST", house.url + address).status == 404, address


def the_gateway_says_whom_it_has_heard(house: House) -> None:
    """And not whom its caller pretends to be."""
    program = house.program(house.school.teacher)
    sent = {"X-Forwarded-For": ELSEWHERE, "X-Forwarded-Proto": "http"}
    tokens = program.ask(
        "POST", "/auth/login/", {"username": house.school.hod.email, "password": PASSWORD}, sent
    ).json()
    program.token = tokens["access_token"]
    addresses = {session["address"] for session in program.get("/auth/sessions/")["items"] if session["address"]}
    assert addresses == {"127.0.0.1"}


def everybody_was_told_once(house: House) -> None:
    """Nobody has the same notice of the same occasion twice."""
    twice = house.rows(
        "notifications",
        "SELECT student_id, occasion, message FROM notifications_studentnotification WHERE occasion IS NOT NULL"
        " GROUP BY 1, 2, 3 HAVING count(*) > 1",
    )
    assert twice == []
