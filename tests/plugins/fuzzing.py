"""Says in the last lines what `make fuzz` did, and with RESUME=1 leaves out the operations that have passed since it
was last begun (`tests/api/test_fuzzing.py`).
"""

import os
from collections import Counter

import pytest

NAME = "cases sent by role"
PASSED = "fuzzing/passed"
"""Where pytest's cache keeps the tests of a long run that passed, so that an interrupted run can go on."""

LONG = bool(os.environ.get("FUZZ"))


@pytest.fixture
def cases_sent(request: pytest.FixtureRequest) -> Counter[str]:
    """Counts, by role, what is sent in this test."""
    sent: Counter[str] = Counter()
    request.node.user_properties.append((NAME, sent))
    return sent


class LongRun:
    """Remembers what has passed."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.passed: list[str] = (_cache(config).get(PASSED, []) or []) if os.environ.get("RESUME") else []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        done = set(self.passed)
        left_out = [item for item in items if _key(item.nodeid) in done]
        items[:] = [item for item in items if _key(item.nodeid) not in done]
        self.config.hook.pytest_deselected(items=left_out)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed and not hasattr(self.config, "workerinput"):
            self.passed.append(_key(report.nodeid))
            _cache(self.config).set(PASSED, self.passed)


def pytest_configure(config: pytest.Config) -> None:
    if LONG:
        config.pluginmanager.register(LongRun(config))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many operations, roles and cases were tried, and how many operations answered what they should not."""
    reports = [
        (report, dict(report.user_properties)[NAME])
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call" and NAME in dict(report.user_properties)
    ]
    if not (LONG and reports):
        return
    cases: Counter[str] = Counter()
    for _report, sent in reports:
        cases.update(sent)
    by_role = ", ".join(f"{role} {number}" for role, number in cases.items())
    found = sum(report.failed for report, _sent in reports)
    terminalreporter.line(
        f"{len(reports)} operations × {len(cases)} roles, {cases.total()} cases ({by_role}): {found} findings"
    )


def _key(nodeid: str) -> str:
    return f"{os.environ.get('ROLE', '')} {nodeid}"


def _cache(config: pytest.Config) -> pytest.Cache:
    assert config.cache is not None
    return config.cache
