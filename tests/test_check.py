"""`make test` tests the project, not the developer's own settings, and stops at the first failure."""

from pathlib import Path

import pytest

from tests import check
from tests.check import Step, environment_of, run

pytestmark = pytest.mark.sqlite_only


def test_settings_of_the_developers_own_do_not_reach_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("MODULES", "users")
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/school")

    environment = environment_of(Step("any", ()))

    assert environment["DJANGO_SETTINGS_MODULE"] == "tests.settings"
    assert not {"ENVIRONMENT", "MODULES", "DATABASE_URL"} & set(environment)


def test_a_given_postgresql_is_used_for_the_suite_on_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/school")

    given = {step.title: environment_of(step).get("DATABASE_URL") for step in check.SUITES}

    assert given == {"tests on SQLite": None, "tests on PostgreSQL": "postgres://elsewhere/school"}


def test_a_failed_step_says_how_to_run_it_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(Step("arithmetic", ("-c", "import sys; sys.exit(3)"))) == 3

    assert "=== failed: arithmetic" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        pytest.param([], ["first", "second", "suite"], id="everything"),
        pytest.param(["--no-tests"], ["first", "second"], id="linters only"),
    ],
)
def test_the_steps_run_in_order(
    arguments: list[str], titles: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "CHECKS", [Step("first", ("-c", "")), Step("second", ("-c", ""))])
    monkeypatch.setattr(check, "SUITES", [Step("suite", ("-c", ""))])
    monkeypatch.setattr("sys.argv", ["check", *arguments])

    assert check.main() == 0

    assert [line.removeprefix("=== ") for line in capfd.readouterr().out.splitlines() if line] == titles


def test_the_first_failure_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached = tmp_path / "reached"
    monkeypatch.setattr(check, "CHECKS", [Step("bad", ("-c", "import sys; sys.exit(4)"))])
    monkeypatch.setattr(check, "SUITES", [Step("suite", ("-c", f"open({str(reached)!r}, 'w')"))])
    monkeypatch.setattr("sys.argv", ["check"])

    assert check.main() == 4
    assert not reached.exists()
