"""Where there is no browser, what was not tested is said; where it is required, the run fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins import missing_browser
from tests.servers.keeper import ROOT

pytestmark = pytest.mark.sqlite_only

SUITE = """
import pytest

@pytest.mark.browser
def test_in_the_browser():
    pass

def test_without():
    pass
"""


def run_suite(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run the suite above in a pytest of its own, with the plugin; returns its exit code and output."""
    (folder / "test_pages.py").write_text(SUITE)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser: drives a browser\n")
    inherited = {name: value for name, value in os.environ.items() if name not in {"CI", "CHROMIUM", "PYTEST_ADDOPTS"}}
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "xdist", "-p", "tests.plugins.missing_browser"),
            *("-p", "no:cacheprovider", "--rootdir", str(folder), *arguments, str(folder)),
        ],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


@pytest.mark.parametrize("workers", [pytest.param((), id="one process"), pytest.param(("-n", "2"), id="xdist")])
def test_left_out_tests_are_named_with_the_command_that_runs_them(tmp_path: Path, workers: tuple[str, ...]) -> None:
    code, output = run_suite(tmp_path, *workers, PATH="/nowhere")

    assert code == 0
    closing = [line for line in output.splitlines() if line][-4:]
    assert "not run: no Chromium here" in closing[0]
    assert closing[1] == "1 browser tests in test_pages.py"
    assert missing_browser.HOW_TO in closing[2]
    assert "1 passed" in closing[3]


@pytest.mark.parametrize("workers", [pytest.param((), id="one process"), pytest.param(("-n", "2"), id="xdist")])
def test_in_continuous_integration_a_missing_browser_is_a_failure(tmp_path: Path, workers: tuple[str, ...]) -> None:
    code, output = run_suite(tmp_path, *workers, PATH="/nowhere", CI="true")

    assert code == pytest.ExitCode.TESTS_FAILED
    assert "not run: no Chromium here" in output


def test_with_a_browser_all_tests_run_and_nothing_is_said(tmp_path: Path) -> None:
    code, output = run_suite(tmp_path, PATH="/nowhere", CI="true", CHROMIUM=sys.executable)

    assert code == 0
    assert "2 passed" in output
    assert "not run" not in output


def test_tests_that_were_deselected_anyway_are_still_named(tmp_path: Path) -> None:
    code, output = run_suite(tmp_path, "-m", "not browser", PATH="/nowhere")

    assert code == 0
    assert "1 browser tests in test_pages.py" in output
