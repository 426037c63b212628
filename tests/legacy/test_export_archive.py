"""What the move archived, as a file that other programs read."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from migrations_legacy.models import ArchivedRow
from tests.legacy.moving import execute, move

pytestmark = pytest.mark.django_db

ROWS = [
    {"table": "door_log", "key": "1", "row": {"id": 1, "at": "Łódź, noon", "api_key": "open sesame"}},
    {"table": "door_log", "key": "2", "row": {"id": 2, "at": None, "api_key": None}},
]


@pytest.fixture
def archived(school: Path) -> Path:
    """A school with a table of its own."""
    execute(school, "CREATE TABLE door_log (id integer PRIMARY KEY, at text, api_key text)")
    execute(school, "INSERT INTO door_log VALUES (1, 'Łódź, noon', 'open sesame'), (2, NULL, NULL)")
    move(school)
    return school


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_row_is_a_line_and_secrets_stay_sealed(archived: Path, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    call_command("export_archive", file, verbosity=0)
    written = lines(file)
    assert len(written) == ArchivedRow.objects.count() > 0
    text = file.read_text(encoding="utf-8")
    assert "Łódź, noon" in text
    assert "open sesame" not in text
    assert file.stat().st_mode & 0o777 == 0o600


def test_secrets_are_written_in_clear_for_whoever_asks(archived: Path, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    call_command("export_archive", file, open_secrets=True)
    found = [{k: v for k, v in line.items() if k != "rule"} for line in lines(file) if line["table"] == "door_log"]
    assert found == ROWS


def test_a_file_that_is_there_is_not_overwritten(archived: Path, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text("precious")
    with pytest.raises(CommandError, match="File exists"):
        call_command("export_archive", file)
    assert file.read_text() == "precious"
