"""Counts the cells of the table of permissions that were tried (`tests/api/test_permissions.py`), and says so in the
last lines.
"""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

CheckCells = Callable[[Iterable[str]], None]
"""Notes that cells have come out as they should, each by its word."""

NAME = "cell of the table of permissions"


@pytest.fixture
def cells_checked(request: pytest.FixtureRequest) -> CheckCells:
    return lambda words: request.node.user_properties.extend((NAME, word) for word in words)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line with the number of cells, and of each outcome."""
    found = Counter(
        str(word)
        for report in terminalreporter.getreports("passed")
        for name, word in report.user_properties
        if name == NAME
    )
    if found:
        counts = ", ".join(f"{word} {number}" for word, number in found.most_common())
        terminalreporter.line(f"{found.total()} cells of the table of permissions answered as it says: {counts}")
