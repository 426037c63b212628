"""Where handed-in files are kept: Django's default storage."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


@contextmanager
def stored(path: str, content: bytes) -> Iterator[str]:
    """Stores a file for the block, which puts it on record under the path it is given; taken back when that fails."""
    kept = default_storage.save(path, ContentFile(content))
    try:
        yield kept
    except BaseException:
        default_storage.delete(kept)
        raise


def content(path: str) -> bytes | None:
    """What is stored there; None when nothing is, or when the path leads elsewhere."""
    try:
        if not path or not default_storage.exists(path):
            return None
        with default_storage.open(path) as file:
            found: bytes = file.read()
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation):
        return None
    return found


def remove(paths: Iterable[str]) -> None:
    """Removes files; those that are not there are passed over."""
    for path in paths:
        default_storage.delete(path)
