"""While PostgreSQL is away, everybody is told so, and when it is back all goes on by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.launch.serving import free_port
from tests.portal.prepared import Prepared, prepare
from tests.portal.school import PASSWORD
from tests.processes import LONGEST
from tests.servers.keeper import temporary_folder
from tests.servers.postgres import Cluster, cluster, socket_url
from tests.topologies.houses import from_source, wait_for
from tests.topologies.visitors import Browser, Program, connections

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]  # brings its own server

PAGE, OPERATION = "/student_view_result/", "/auth/sessions/"


@pytest.fixture
def postgres() -> Iterator[Cluster]:
    with temporary_folder("pg-") as folder, cluster(folder) as server:
        yield server


@pytest.fixture
def people(postgres: Cluster, tmp_path: Path) -> Prepared:
    return prepare(socket_url(postgres.folder), tmp_path / "facts.json")


@pytest.fixture
def url(postgres: Cluster, people: Prepared, tmp_path: Path) -> Iterator[str]:
    """Of the school, as it is served."""
    where = {"HOST": "127.0.0.1", "PORT": str(free_port()), "WORKERS": "1"}
    process = from_source({"DATABASE_URL": socket_url(postgres.folder), **where}, tmp_path)
    try:
        address = f"http://127.0.0.1:{where['PORT']}"
        wait_for(lambda: is_up(address))
        yield address
    finally:
        process.terminate()
        process.wait(timeout=LONGEST)


def is_up(url: str) -> bool:
    try:
        return connections().request("GET", f"{url}/health").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def test_pages_and_programs_are_told_and_go_on_when_it_is_back(url: str, people: Prepared, postgres: Cluster) -> None:
    student = people.students[0]
    browser = Browser(url, {"sessionid": people.sessions[student.user_id]})
    program = Program(url)
    program.token = program.post("/auth/login/", {"username": student.email, "password": PASSWORD})["access_token"]
    strangers = Browser(url)
    assert (browser.get(PAGE).status, program.ask("GET", OPERATION).status) == (200, 200)

    postgres.stop()
    for page in (browser.get(PAGE), browser.get("/student_home/")):
        assert (page.status, "try again in a minute" in page.text) == (503, True)
        assert int(page.headers["Retry-After"]) > 0
    for headers in ({}, {"Cookie": f"sessionid={people.sessions[student.user_id]}"}):
        speaker = Program(url, "" if headers else program.token)
        answer = speaker.ask("GET", OPERATION, headers=headers)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
        told = {name: answer.json()[name] for name in ("code", "module", "may_have_executed")}
        assert (answer.status, told) == (
            503,
            {"code": "module_unavailable", "module": "users", "may_have_executed": False},
        )
    assert strangers.get("/").status == 200, "what needs no database works"
    health = connections().request("GET", f"{url}/health")
    assert (health.status, [c["name"] for c in health.json()["checks"]]) == (503, ["database:default"])
    module = Program(url).ask("GET", "/leaves/health/")
    assert (module.status, [c["name"] for c in module.json()["checks"]]) == (503, ["database:default"])

    postgres.start()
    assert (browser.get(PAGE).status, program.ask("GET", OPERATION).status) == (200, 200)
    assert is_up(url)
