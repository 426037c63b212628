"""Files come over under their own names; nothing is overwritten, nothing from outside the folder comes along."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from migrations_legacy.errors import SourceRefused
from migrations_legacy.media import check_folder, check_references, copy_media
from migrations_legacy.report import MediaReport
from tests.legacy.school import MEDIA

pytestmark = pytest.mark.sqlite_only


def copied(folder: Path, target: Path, *, dry_run: bool = False) -> MediaReport:
    report = MediaReport()
    copy_media(folder, FileSystemStorage(location=target), report, dry_run=dry_run)
    return report


def test_every_file_is_copied_once(media: Path, tmp_path: Path) -> None:
    first, second = copied(media, tmp_path / "new"), copied(media, tmp_path / "new")
    assert {name: (tmp_path / "new" / name).read_bytes() for name in MEDIA} == MEDIA
    assert (first.found, first.copied, first.unchanged) == (len(MEDIA), len(MEDIA), 0)
    assert (second.found, second.copied, second.unchanged) == (len(MEDIA), 0, len(MEDIA))
    assert not (first.different)
    assert not (first.refused)
    assert not (second.different)
    assert not (second.refused)


def test_a_file_with_other_content_is_reported_and_left_alone(media: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "root.png").write_bytes(b"tour")
    report = copied(media, tmp_path / "new")
    assert report.different == ["root.png"]
    assert (tmp_path / "new" / "root.png").read_bytes() == b"tour"


def test_links_that_lead_out_of_the_folder_are_refused(media: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (media / "innocent.png").symlink_to(tmp_path / "secret.txt")
    report = copied(media, tmp_path / "new")
    assert report.refused == ["innocent.png"]
    assert not (tmp_path / "new" / "innocent.png").exists()


def test_a_dry_run_copies_nothing(media: Path, tmp_path: Path) -> None:
    assert copied(media, tmp_path / "new", dry_run=True).copied == len(MEDIA)
    assert not (tmp_path / "new").exists()


def test_paths_without_a_file_are_named_with_the_row(media: Path, tmp_path: Path) -> None:
    report = MediaReport()
    files = {"root.png": "students 704", "gone.png": "students 706", "../x": "students 707"}
    check_references(files, FileSystemStorage(location=tmp_path / "new"), report, folder=media)
    assert report.missing == ["../x (students 707)", "gone.png (students 706)"]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="no such folder"):
        check_folder(tmp_path / "none")
