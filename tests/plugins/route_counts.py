"""Counts what the table of routes has been asked (`tests/portal/test_routes.py`), and says so in the last lines."""

from collections import Counter
from collections.abc import Callable

import pytest

CheckRoute = Callable[[str], None]
"""Notes that a route has given the answer of this kind that it should."""

KINDS = ("granted", "refused", "not logged in", "another role", "another method", "without token")
PREFIX = "route: "


@pytest.fixture
def route_checked(request: pytest.FixtureRequest) -> CheckRoute:
    return lambda kind: request.node.user_properties.append((PREFIX + kind, 1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line with the number of routes, and of answers of each kind."""
    found: Counter[str] = Counter()
    routes = set()
    for report in terminalreporter.getreports("passed"):
        kinds = [name.removeprefix(PREFIX) for name, _ in report.user_properties if name.startswith(PREFIX)]
        found.update(kinds)
        if kinds:
            routes.add(report.nodeid.partition("[")[2])
    if routes:
        counts = ", ".join(f"{kind} {found[kind]}" for kind in KINDS)
        terminalreporter.line(f"{len(routes)} routes answered as their tables say: {counts}")
