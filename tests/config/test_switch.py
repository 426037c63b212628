"""The environment that a move writes down."""

from pathlib import Path

import pytest

from config.lifting import switch

pytestmark = pytest.mark.sqlite_only


def test_a_file_with_passwords_is_its_owners_alone_also_when_it_was_there_before(tmp_path: Path) -> None:
    out = tmp_path / "lifted.env"
    out.write_text("OLD=1\n")
    out.chmod(0o644)
    processes = switch.lifted("leaves", "postgres://me:secret@db/leaves", "http://leaves:8000", None)
    written = switch.write(out, processes)
    assert written == [out, tmp_path / "lifted.leaves.env"]
    assert [file.stat().st_mode & 0o777 for file in written] == [0o600, 0o600]
    assert "OLD" not in out.read_text()
