"""Says in the last lines what `make fuzz` did, and with RESUME=1 leaves out the operations that have passed since it
was last begun (`tests/api/test_fuzzing.py`).
"""

import os
from collections import Counter

import pytest

NAME = "cases sent by role"
OPERATION = "operation"
"""What tells the tests apart: schemathesis gives them all the same node id."""
PASSED = "fuzzing/passed"
"""Where pytest's cache keeps the tests of a long run that passed, so that an interrupted run can go on."""

LONG = bool(os.environ.get("FUZZ"))


@pytest.fixture
def cases_sent(request: pytest.FixtureRequest) -> dict[str, int]:
    """How many were sent in this test, by role. A plain dict, since it travels between pytest's processes."""
    sent: dict[str, int] = {}
    request.node.user_properties += [(NAME, sent), (OPERATION, request.node.name)]
    return sent


class LongRun:
    """Remembers what has passed."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.passed: list[str] = (_cache(config).get(PASSED, []) or []) if os.environ.get("RESUME") else []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        done = set(self.passed)
        left_out = [item for item in items if _key(item.name) in done]
        items[:] = [item for item in items if _key(item.name) not in done]
        self.config.hook.pytest_deselected(items=left_out)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if OPERATION in told and report.when == "call" and report.passed and not hasattr(self.config, "workerinput"):
            self.passed.append(_key(str(told[OPERATION])))
            _cache(self.config).set(PASSED, self.passed)


def pytest_configure(config: pytest.Config) -> None:
    if LONG:
        config.pluginmanager.register(LongRun(config))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many operations, roles and cases were tried, and which operations answered what they should not."""
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
    found = [dict(report.user_properties)[OPERATION] for report, _sent in reports if report.failed]
    terminalreporter.line(
        f"{len(reports)} operations × {len(cases)} roles, {cases.total()} cases ({by_role}): {len(found)} findings"
    )
    for name in found:
        terminalreporter.line(f"finding: {name}")


def _key(name: str) -> str:
    return f"{os.environ.get('ROLE', '')} {name}"


def _cache(config: pytest.Config) -> pytest.Cache:
    assert config.cache is not None
    return config.cache
