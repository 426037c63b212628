"""A served school, and browsers of its people."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.launch.serving import serve
from tests.plugins.missing_browser import find_browser
from tests.portal.prepared import Prepared, prepare
from tests.portal.school import Somebody

expect.set_options(timeout=30_000)  # on a machine that is busy with other tests, pages come late

AXE: str = Axe().axe_script
"""The checker of accessibility. As an init script it is put into each page by the browser itself, out of the policy's
reach.
"""


@dataclass(frozen=True)
class House:
    """A school that is served."""

    url: str
    school: Prepared
    database: Path

    def rows(self, sql: str, *parameters: object) -> list[Any]:
        """What the served school's database holds."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(sql, parameters).fetchall()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Prepared]:
    """A database that modules take copies of."""
    folder = tmp_path_factory.mktemp("prepared")
    database = folder / "school.sqlite3"
    return database, prepare(f"sqlite:///{database}", folder / "facts.json")


@pytest.fixture(scope="module")
def house(prepared: tuple[Path, Prepared], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Ten students, two teachers and a head, served as `make run` serves them."""
    template, school = prepared
    state = tmp_path_factory.mktemp("house")
    for file in template.parent.glob(f"{template.name}*"):
        shutil.copy(file, state)
    with serve(state, "--workers", "1") as started:
        started.wait_until_up()
        yield House(f"http://localhost:{started.port}", school, state / template.name)


@pytest.fixture(scope="module")
def chromium(house: House) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, house: House) -> Iterator[Visit]:
    """Opens a browser of its own for a person, who is logged in, or for a stranger.

    The test fails when a browser reported an error: of a script, of a request, or a breach of the policy.
    """
    complaints: list[str] = []
    contexts = []

    def open_page(person: Somebody | None = None, **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        context = chromium.new_context(base_url=house.url, **options)
        contexts.append(context)
        if person:
            key = house.school.sessions[person.user_id]
            context.add_cookies([{"name": "sessionid", "value": key, "url": house.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
