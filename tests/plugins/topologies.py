"""In which topologies the day of school is walked: `--topology NAME`, several times, or `--topology all`.

By default the monolith, one lifted module (each day another), and all modules apart. The last lines say which, and what
was counted there.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from config.settings.environment import MODULES
from config.topology.plan import named

Note = Callable[[str], None]
"""Has a line printed at the end of the run."""

# The walks say what was not as it should be, as tests do.
pytest.register_assert_rewrite(*(f"tests.topologies.{name}" for name in ("day", "on_pages", "over_rest", "visitors")))

ALL = ("monolith", *(f"lifted:{module}" for module in MODULES), "microservices")
NAME = "topology"


def of_the_day(day: date) -> tuple[str, ...]:
    """The monolith, the lifted module whose turn it is, and microservices."""
    return ("monolith", f"lifted:{MODULES[day.toordinal() % len(MODULES)]}", "microservices")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--topology",
        action="append",
        metavar="NAME",
        help="monolith, lifted:<module>, microservices, or all; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Decide once: workers of xdist get the choice with the options, also when midnight passes meanwhile."""
    chosen = config.option.topology or of_the_day(datetime.now(UTC).date())
    config.option.topology = list(dict.fromkeys(ALL if "all" in chosen else chosen))
    try:
        for name in config.option.topology:
            named(name)
    except ValueError as error:
        raise pytest.UsageError(f"--topology: {error}") from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "topology" in metafunc.fixturenames:
        metafunc.parametrize("topology", metafunc.config.option.topology)


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    return lambda line: request.node.user_properties.append((NAME, line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each topology, with what was counted."""
    lines = [
        str(line)
        for report in terminalreporter.getreports("passed")
        for name, line in report.user_properties
        if name == NAME and report.when == "call"
    ]
    for line in sorted(lines):
        terminalreporter.line(line)
