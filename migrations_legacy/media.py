"""Copies the legacy's media folder and checks the files that rows refer to."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import IO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage

from migrations_legacy.errors import SourceRefused
from migrations_legacy.report import MediaReport

_CHUNK = 1 << 20

Compared = dict[str, tuple[int, int]]
"""Name → size and time of change of files that were found to be the same."""


def check_folder(folder: Path) -> None:
    """SourceRefused when this is no folder that can be read."""
    if not folder.is_dir():
        raise SourceRefused(f"{folder}: there is no such folder.")


def copy_media(
    folder: Path, storage: Storage, report: MediaReport, *, dry_run: bool = False, compared: Compared | None = None
) -> None:
    """Copy all files of the folder under their own names. What is there already is compared and never overwritten.

    `compared` is kept by a process that copies again and again, so that it reads only what was touched in between.
    """
    compared = {} if compared is None else compared
    root = folder.resolve()
    for path in _files(root, report):
        name = path.relative_to(root).as_posix()
        report.found += 1
        touched = (path.stat().st_size, path.stat().st_mtime_ns)
        if storage.exists(name):
            if compared.get(name) == touched or _same_content(path, storage, name):
                report.unchanged += 1
                compared[name] = touched
            else:
                report.different.append(name)
            continue
        report.copied += 1
        if not dry_run:
            with path.open("rb") as content:
                stored = storage.save(name, File(content, name=name))
            if stored != name:
                storage.delete(stored)
                report.copied -= 1
                report.refused.append(name)


def check_references(
    files: Mapping[str, str], storage: Storage, report: MediaReport, *, folder: Path | None = None
) -> None:
    """Report paths for which there is no file, neither here nor in the folder (of which a dry run copied nothing).

    `files`: path → the row that refers to it.
    """
    for path, row in sorted(files.items()):
        try:
            there = storage.exists(path)
        except SuspiciousFileOperation:
            there = False
        if not there and not (folder is not None and (folder / path).is_file()):
            report.missing.append(f"{path} ({row})")


def _files(root: Path, report: MediaReport) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            report.refused.append(path.relative_to(root).as_posix())
        elif path.is_file():
            yield path
        elif not path.is_dir():
            report.refused.append(path.relative_to(root).as_posix())


def _same_content(path: Path, storage: Storage, name: str) -> bool:
    if storage.size(name) != path.stat().st_size:
        return False
    with path.open("rb") as here, storage.open(name, "rb") as there:
        return _digest(here) == _digest(there)


def _digest(file: "IO[bytes] | File[bytes]") -> bytes:
    digest = blake2b()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()
