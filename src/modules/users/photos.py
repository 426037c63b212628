"""Students' pictures: what is accepted, where they are kept, and what they are when they go out."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from uuid import uuid4

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image

from contracts.base import Download, Upload
from contracts.errors import Invalid
from contracts.users import PHOTO_MAX_BYTES
from modules.users.models import StudentProfile

LARGEST_BYTES = PHOTO_MAX_BYTES
MOST_PIXELS = 50_000_000
FOLDER = "profile_pics"

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
"""Formats that are accepted, by Pillow's names."""

CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
"""Formats that are shown: those above, and one more that the legacy took in."""

UNKNOWN = "application/octet-stream"

# What Pillow raises, besides its own errors, for files that are cut short or made to mislead.
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, MemoryError)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Picture:
    """A file that is known to be a picture."""

    content: bytes
    extension: str


def checked(upload: Upload | None) -> Picture | None:
    """The picture in a file, which is read to its last pixel: a header proves nothing. Raises Invalid("photo")."""
    if upload is None:
        return None
    if len(upload.content) > LARGEST_BYTES:
        raise _refused(_("The picture is larger than %(size)s MiB.") % {"size": LARGEST_BYTES // 1024**2})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(upload.content), formats=tuple(EXTENSIONS)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _refused(_("The picture has too many pixels."))
                image.load()
                return Picture(content=upload.content, extension=EXTENSIONS[str(image.format)])
    except _BOMBS:
        raise _refused(_("The picture has too many pixels.")) from None
    except _UNREADABLE:
        raise _refused(_("This is not a picture that can be read. Send a JPEG, PNG, WebP or GIF file.")) from None


def _refused(text: str) -> Invalid:
    return Invalid(fields={"photo": [text]})


@contextmanager
def stored(picture: Picture | None) -> Iterator[str]:
    """Keep a picture under a name of its own for a change that follows in the block; gives its path, "" for none.

    The file is there before the row that names it, and goes again when the block fails.
    """
    if picture is None:
        yield ""
        return
    name = f"{FOLDER}/{uuid4().hex}.{picture.extension}"
    path = default_storage.save(name, ContentFile(picture.content))
    try:
        yield path
    except BaseException:
        default_storage.delete(path)
        raise


def forget(path: str) -> None:
    """Delete a file that no student has any more; old data may name one file for several. Call it after the commit."""
    if path and not StudentProfile.objects.filter(profile_pic=path).exists():
        default_storage.delete(path)


def read(path: str) -> Download | None:
    """A kept picture; None when there is no such file. What it is goes by its content, never by its name."""
    if not path:
        return None
    try:
        with default_storage.open(path) as file:
            content = file.read()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousFileOperation):
        return None
    return Download(name=PurePosixPath(path).name, content_type=content_type(content), content=content)


def content_type(content: bytes) -> str:
    """The type of a file by its first bytes; bytes without meaning for whatever is no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=tuple(CONTENT_TYPES)) as image:
                return CONTENT_TYPES[str(image.format)]
    except (*_UNREADABLE, Image.DecompressionBombError):
        return UNKNOWN
