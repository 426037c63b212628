"""Copies the files that rows refer to into the legacy's media folder, under the paths that it expects."""

from collections import Counter
from hashlib import blake2b
from pathlib import Path
from shutil import copyfileobj
from typing import IO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage

_CHUNK = 1 << 20


class MediaOut:
    """A folder that is filled file by file. What is there already is compared and never overwritten."""

    def __init__(self, storage: Storage, folder: Path, counts: Counter[str], warnings: list[str]) -> None:
        self._storage, self._root, self._counts, self._warnings = storage, folder.resolve(), counts, warnings

    def take(self, path: str) -> None:
        """Copy one file. Nothing leaves the folder, wherever a path leads."""
        place = (self._root / path).resolve()
        if not place.is_relative_to(self._root) or place == self._root:
            self._say("refused", path)
            return
        try:
            if not self._storage.exists(path):
                self._counts["missing"] += not place.is_file()
                self._counts["unchanged"] += place.is_file()
                return
            with self._storage.open(path, "rb") as content:
                self._copy(content, place, path)
        except SuspiciousFileOperation:
            self._say("refused", path)

    def _copy(self, content: "File[bytes]", place: Path, path: str) -> None:
        if place.exists():
            with place.open("rb") as there:
                same = _digest(content) == _digest(there)
            if same:
                self._counts["unchanged"] += 1
            else:
                self._say("different", path)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as there:
            copyfileobj(content, there, _CHUNK)
        self._counts["copied"] += 1

    def _say(self, what: str, path: str) -> None:
        self._counts[what] += 1
        self._warnings.append(f"file {what}: {path}")


def _digest(file: "IO[bytes] | File[bytes]") -> bytes:
    digest = blake2b()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()
