"""What both starters share."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.keeper import LONGEST_FOLDER, ROOT, kept, run_command, temporary_folder

pytestmark = pytest.mark.sqlite_only


def test_a_folder_for_a_socket_is_never_too_deep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    with temporary_folder("test-") as folder:
        assert len(str(folder)) <= LONGEST_FOLDER
    assert not folder.exists()


def test_a_folder_for_another_user_is_not_made_where_only_we_may_enter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr("tempfile.tempdir", str(closed))

    with temporary_folder("test-") as folder:
        assert closed not in folder.parents


def test_a_server_that_does_not_start_is_reported_in_its_own_words(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match=r"No module named tests\.servers\.nothing"),
        kept("tests.servers.nothing", tmp_path / "gone"),
    ):
        pass


def test_a_command_ended_by_a_signal_has_the_shells_exit_code() -> None:
    assert run_command(["sh", "-c", "kill -TERM $$"]) == 128 + 15
    assert run_command(["sh", "-c", 'exit "$CODE"'], CODE="5") == 5


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_command_is_never_left_behind(sent: signal.Signals) -> None:
    program = "import sys; from tests.servers.keeper import run_command; sys.exit(run_command(sys.argv[1:]))"
    waiting = "trap 'echo ended; exit 9' TERM INT; echo started; while :; do sleep 0.1; done"
    runner = subprocess.Popen(
        [sys.executable, "-c", program, "sh", "-c", waiting],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert runner.stdout is not None
    with runner.stdout:
        assert runner.stdout.readline() == "started\n"
        if sent is signal.SIGINT:
            os.killpg(runner.pid, sent)
        else:
            runner.send_signal(sent)

        assert runner.stdout.readline() == "ended\n"
        assert runner.wait() == 9
