"""Tests marked `browser` need a real Chromium. Where there is none they are left out, and the last lines say so.

With CI=true a missing browser is a failure: there nobody reads the last lines.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from xdist.workermanage import WorkerController

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO = "apt-get install chromium && make test   (elsewhere: install Chromium or set CHROMIUM=/path/to/it)"

LEFT_OUT = pytest.StashKey[set[str]]()
WORKER_OUTPUT = "browser_tests_left_out"


def find_browser() -> str | None:
    """The browser's program: $CHROMIUM, or the first one on PATH; None where there is none."""
    return next(
        (path for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name and (path := shutil.which(name))), None
    )


def required() -> bool:
    """Whether this run must not do without the browser."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def pytest_configure(config: pytest.Config) -> None:
    """Start with nothing left out."""
    config.stash[LEFT_OUT] = set()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the browser tests out where no browser is, and remember their names."""
    if find_browser():
        return
    without = [item for item in items if item.get_closest_marker("browser")]
    if not without:
        return
    config.stash[LEFT_OUT].update(item.nodeid for item in without)
    items[:] = [item for item in items if not item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=without)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Under pytest-xdist only the workers collect: take over what this one has left out."""
    output: dict[str, list[str]] = getattr(node, "workeroutput", {})
    node.config.stash[LEFT_OUT].update(output.get(WORKER_OUTPUT, []))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Fail the run where the browser is required."""
    yield
    left_out = session.config.stash[LEFT_OUT]
    worker_output = getattr(session.config, "workeroutput", None)
    if worker_output is not None:
        worker_output[WORKER_OUTPUT] = sorted(left_out)
    elif left_out and required():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which files' tests were left out, and the command that makes them run."""
    left_out = config.stash[LEFT_OUT]
    if not left_out:
        return
    files = sorted({name.split("::")[0] for name in left_out})
    terminalreporter.section("not run: no Chromium here", red=required(), yellow=not required())
    terminalreporter.line(f"{len(left_out)} browser tests in {', '.join(files)}")
    terminalreporter.line(f"To run them: {HOW_TO}")
