"""The processes of one container end with the first of them; the others are started again."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers.keeper import ROOT

pytestmark = pytest.mark.sqlite_only

PATIENCE = 60.0  # seconds

STAYS = """
import os, pathlib, signal, sys, time
here = pathlib.Path(sys.argv[1])
(here / "counted").write_text(os.environ["PROMETHEUS_MULTIPROC_DIR"])
def end(*_):
    (here / "ended").touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
(here / "started").touch()
time.sleep(600)
"""


def supervised(**commands: list[str]) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "config.launch.supervisor", json.dumps(commands)]
    return subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def until(path: Path) -> str:
    """The beginning of a program that waits for a file."""
    return f"import os, sys, time\nwhile not os.path.exists({str(path)!r}): time.sleep(0.02)"


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("ending", "code"),
    [("sys.exit(7)", 7), ("sys.exit(0)", 1), ("os.kill(os.getpid(), 9)", 128 + signal.SIGKILL)],
)
def test_when_the_first_ends_all_end_and_its_code_is_returned(tmp_path: Path, ending: str, code: int) -> None:
    worker = [sys.executable, "-c", STAYS, str(tmp_path)]
    process = supervised(web=[sys.executable, "-c", f"{until(tmp_path / 'started')}\n{ending}"], worker=worker)
    _nothing, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert told.startswith("web ended")
    assert (tmp_path / "ended").exists()


def test_another_that_ends_is_started_again_and_the_first_goes_on(tmp_path: Path) -> None:
    web = [sys.executable, "-c", STAYS, str(tmp_path)]
    counts = f"open({str(tmp_path / 'lives')!r}, 'a').write('.')"
    dies = f"{until(tmp_path / 'started')}\n{counts}\nos.kill(os.getpid(), 9)"
    process = supervised(web=web, worker=[sys.executable, "-c", dies])
    wait_for(tmp_path / "lives")
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / "lives").read_text().startswith("..") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None
    process.terminate()
    _nothing, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, (tmp_path / "ended").exists()) == (0, True)
    assert told.startswith("worker ended with -9, and is started again.")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_when_it_is_told_to_end_all_end_in_good_order(tmp_path: Path, sent: signal.Signals) -> None:
    process = supervised(web=[sys.executable, "-c", STAYS, str(tmp_path)])
    wait_for(tmp_path / "started")
    process.send_signal(sent)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert (tmp_path / "ended").exists()


def test_all_count_in_one_folder_that_is_gone_when_they_are(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("web", "worker")}
    for folder in folders.values():
        folder.mkdir()
    process = supervised(**{name: [sys.executable, "-c", STAYS, str(folder)] for name, folder in folders.items()})
    for folder in folders.values():
        wait_for(folder / "started")
    (counted,) = {Path((folder / "counted").read_text()) for folder in folders.values()}
    assert counted.is_dir()
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert not counted.exists()


def test_a_folder_that_was_named_is_used_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    process = supervised(web=[sys.executable, "-c", STAYS, str(tmp_path)])
    wait_for(tmp_path / "started")
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert (tmp_path / "counted").read_text() == str(tmp_path)
