"""What is let in is told from the content, and no name leads anywhere."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.assessments import SUBMISSION_EXTENSIONS, SUBMISSION_MAX_BYTES
from contracts.base import Upload
from contracts.errors import Invalid
from modules.assessments import uploads
from tests.modules.assessments import files

LET_IN = {
    "pdf": files.PDF,
    "doc": files.compound("WordDocument"),
    "xls": files.compound("Workbook"),
    "ppt": files.compound("PowerPoint Document"),
    "docx": files.open_xml("word/document.xml"),
    "xlsx": files.open_xml("xl/workbook.xml"),
    "pptx": files.open_xml("ppt/presentation.xml"),
    "odt": files.open_document("text"),
    "ods": files.open_document("spreadsheet"),
    "odp": files.open_document("presentation"),
    "rtf": b"{\\rtf1 Hello}",
    "txt": "Ein Aufsatz über Mengen\r\n".encode(),
    "md": b"# Title\n",
    "csv": "name;mark\nZoë;8\n".encode("cp1252"),
    "tex": b"\\documentclass{article}",
    "png": files.PNG,
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "jpeg": b"\xff\xd8\xff\xe1\x00\x10Exif\x00",
    "gif": b"GIF89a\x01\x00\x01\x00",
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "tif": b"II*\x00\x08\x00\x00\x00",
    "tiff": b"MM\x00*\x00\x00\x00\x08",
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    "avif": b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00",
    "zip": files.archive(("essay.txt", b"Hello")),
}
KEPT_OUT = {
    "page": b"<!DOCTYPE html><script>alert(1)</script>",
    "page after blanks": b"\xef\xbb\xbf \n\t<HTML>",
    "page in UTF-16": "<html>".encode("utf-16"),
    "drawing with script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "markup": b'<?xml version="1.0"?><svg/>',
    "script": b"#!/bin/sh\nrm -r x\n",
    "Windows program": b"MZ\x90\x00\x03\x00\x00\x00",
    "Linux program": b"\x7fELF\x02\x01\x01\x00",
    "film": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
    "installer": files.COMPOUND + bytes(128),
    "macros": files.open_xml("word/document.xml", ("word/vbaProject.bin", b"\x00")),
    "other package": files.open_xml("visio/document.xml"),
    "book": files.archive(("mimetype", b"application/epub+zip")),
    "broken archive": files.archive(("a.txt", b"Hello"))[:-10],
    "empty archive": files.archive(),
    "bytes": bytes(range(256)),
}


def test_every_kind_that_people_are_told_of_is_let_in_and_no_other() -> None:
    assert LET_IN.keys() == set(SUBMISSION_EXTENSIONS)


@pytest.mark.parametrize("extension", LET_IN)
def test_a_file_is_recognised_by_its_content(extension: str) -> None:
    kind = uploads.kind_of(LET_IN[extension])
    assert kind is not None
    assert extension in kind.extensions
    assert (
        uploads.accepted_name(Upload(name=f"My work.{extension}", content=LET_IN[extension])) == f"My work.{extension}"
    )


@pytest.mark.parametrize("what", KEPT_OUT)
@pytest.mark.parametrize("name", ["essay.pdf", "essay.txt", "essay"])
def test_pages_programs_and_the_unknown_stay_out_under_any_name(what: str, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        uploads.accepted_name(Upload(name=name, content=KEPT_OUT[what]))
    assert set(caught.value.fields) == {"submission_file"}


@pytest.mark.parametrize("name", ["evil.html", "evil.SVG", "run.exe", "run.sh", "photo.png.js"])
def test_a_harmless_content_does_not_let_in_a_harmful_ending(name: str) -> None:
    for content in (b"Hello", files.PDF):
        with pytest.raises(Invalid):
            uploads.accepted_name(Upload(name=name, content=content))


@pytest.mark.parametrize("size", [0, SUBMISSION_MAX_BYTES + 1])
def test_empty_and_oversized_files_stay_out(size: int) -> None:
    with pytest.raises(Invalid) as caught:
        uploads.accepted_name(Upload(name="essay.txt", content=b"a" * size))
    assert set(caught.value.fields) == {"submission_file"}


def test_a_file_of_exactly_the_largest_size_is_let_in() -> None:
    assert uploads.accepted_name(Upload(name="essay.txt", content=b"a" * SUBMISSION_MAX_BYTES)) == "essay.txt"


@pytest.mark.parametrize(
    ("given_name", "content", "name"),
    [
        ("photo.jpg", files.PNG, "photo.png"),
        ("ESSAY.PDF", files.PDF, "ESSAY.PDF"),
        ("essay", files.PDF, "essay.pdf"),
        ("Version 1.2 of Dr. Smith", files.PDF, "Version 1.2 of Dr. Smith.pdf"),
        (".pdf", files.PDF, "file.pdf"),
        ("", files.PDF, "file.pdf"),
        ("..", files.PDF, "file.pdf"),
        ("C:\\Users\\me\\essay (final).pdf", files.PDF, "essay (final).pdf"),
        ("../../etc/passwd", b"Hello", "passwd.txt"),
        ("résumé ☃.pdf", files.PDF, "résumé ☃.pdf"),
        ("a\x00b\r\n\u202efdp.pdf", files.PDF, "abfdp.pdf"),
        ("e" * 500 + ".pdf", files.PDF, "e" * 116 + ".pdf"),
    ],
)
def test_names_are_kept_readable_and_end_as_the_content_says(given_name: str, content: bytes, name: str) -> None:
    assert uploads.accepted_name(Upload(name=given_name, content=content)) == name


@given(st.text(max_size=300))
def test_no_name_leads_out_of_the_folder_or_is_too_long(given_name: str) -> None:
    try:
        name = uploads.accepted_name(Upload(name=given_name, content=files.PDF))
    except Invalid:
        return
    path = uploads.stored_path(student_id=701, assignment_id=5, name=name)
    folder, _slash, last = path.rpartition("/")
    assert folder == "assignments/submissions"
    assert last.startswith("701_5_")
    assert last.lower().endswith(".pdf")
    assert len(last.encode()) < 150
    assert not set(last) & set(" \\:*?\"<>|'\0")


def test_two_files_of_one_name_are_kept_apart() -> None:
    paths = {uploads.stored_path(student_id=701, assignment_id=5, name="essay.pdf") for _n in range(100)}
    assert len(paths) == 100


starts = [content[:n] for content in chain(LET_IN.values(), KEPT_OUT.values()) for n in (4, 12, len(content))]


@given(st.sampled_from(starts), st.binary(max_size=200), st.integers(0, 400))
def test_no_content_whatever_makes_the_check_fail(start: bytes, more: bytes, cut: int) -> None:
    damaged = start[:cut] + more + start[cut:]
    kind = uploads.kind_of(damaged)
    assert kind is None or set(kind.extensions) <= set(SUBMISSION_EXTENSIONS)
