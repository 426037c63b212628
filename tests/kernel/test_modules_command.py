"""`manage.py modules` describes the running code, and holds the README to it."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kernel.canvas import canvases, routes_by_owner
from kernel.management.commands.modules import BEGIN, END

pytestmark = pytest.mark.sqlite_only


def test_a_module_is_described_from_its_code() -> None:
    [leaves] = [c for c in canvases() if c.name == "leaves"]
    assert leaves.provides == "LeavesService"
    assert "approve" in leaves.operations
    assert "leaves.approved.v1" in leaves.publishes
    assert "leaves_studentleave" in leaves.tables


def test_every_listener_is_named_with_what_it_listens_to() -> None:
    listened = {line for canvas in canvases() for line in canvas.subscribes}
    assert any(line.startswith("leaves.approved.v1 → attendance.") for line in listened)


def test_pages_belong_to_the_portal() -> None:
    assert "/student_leave_view/" in routes_by_owner()["portal"]


def test_a_readme_that_is_out_of_date_is_told_and_brought_up_to_date(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# School\n\n{BEGIN}\nold\n{END}\n\nThe end.\n")
    with pytest.raises(CommandError, match="out of date"):
        call_command("modules", check=True, readme=readme)
    call_command("modules", write=True, readme=readme)
    call_command("modules", check=True, readme=readme)
    text = readme.read_text()
    assert text.startswith("# School\n")
    assert text.endswith("The end.\n")
    assert "#### leaves" in text


def test_a_readme_without_a_place_for_the_modules_is_refused(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# School\n")
    with pytest.raises(CommandError, match="no place"):
        call_command("modules", check=True, readme=readme)
