"""Students' pictures: what is accepted, where they are kept, and what they are when they go out."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath
from uuid import uuid4

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from contracts.base import Download, Upload
from contracts.errors import Invalid
from contracts.users import PHOTO_MAX_BYTES
from modules.users.models import StudentProfile

LARGEST_BYTES = PHOTO_MAX_BYTES
MOST_PIXELS = 50_000_000
FOLDER = "profile_pics"

ACCEPTED = ("JPEG", "PNG", "WEBP", "GIF")
"""Formats that are taken in, by Pillow's names."""
LONGEST_SIDE = 512
"""Pixels of what is kept: enough for a portrait on any screen."""
SMALL_SIDE = 96
"""Pixels of what lists show."""
KEPT, EXTENSION = "WEBP", "webp"
"""Whatever comes in, it is kept in one format."""

CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
"""Formats that are shown: pictures of the legacy go out as they came in."""

UNKNOWN = "application/octet-stream"

# What Pillow raises, besides its own errors, for files that are cut short or made to mislead.
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, MemoryError)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def checked(upload: Upload | None) -> bytes | None:
    """The picture in a file as it will be kept: upright, no larger than needed, without a word on where and with what
    it was taken. It is read to its last pixel: a header proves nothing. Raises Invalid("photo").
    """
    if upload is None:
        return None
    if len(upload.content) > LARGEST_BYTES:
        raise _refused(_("The picture is larger than %(size)s MiB.") % {"size": LARGEST_BYTES // 1024**2})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(upload.content), formats=ACCEPTED) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _refused(_("The picture has too many pixels."))
                image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return _encoded(ImageOps.exif_transpose(image))
    except _BOMBS:
        raise _refused(_("The picture has too many pixels.")) from None
    except _UNREADABLE:
        raise _refused(_("This is not a picture that can be read. Send a JPEG, PNG, WebP or GIF file.")) from None


def small(picture: Download) -> Download:
    """A square out of the middle of a picture, for lists; what cannot be read or is vast goes out as it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(picture.content), formats=tuple(CONTENT_TYPES)) as image:
                if image.width * image.height > MOST_PIXELS:
                    return picture
                image.draft("RGB", (2 * SMALL_SIDE, 2 * SMALL_SIDE))  # spares JPEGs most of the work
                square = ImageOps.fit(ImageOps.exif_transpose(image), (SMALL_SIDE, SMALL_SIDE))
                return Download(name=picture.name, content_type=CONTENT_TYPES[KEPT], content=_encoded(square))
    except (*_UNREADABLE, Image.DecompressionBombError):
        return picture


def _encoded(image: Image.Image) -> bytes:
    """The pixels alone, without what the camera wrote beside them."""
    kept = BytesIO()
    pixels = image.convert("RGBA" if image.has_transparency_data else "RGB")
    pixels.info.clear()
    pixels.save(kept, KEPT, quality=82)
    return kept.getvalue()


def _refused(text: str) -> Invalid:
    return Invalid(fields={"photo": [text]})


@contextmanager
def stored(picture: bytes | None) -> Iterator[str]:
    """Keep a picture under a name of its own for a change that follows in the block; gives its path, "" for none.

    The file is there before the row that names it, and goes again when the block fails.
    """
    if picture is None:
        yield ""
        return
    path = default_storage.save(f"{FOLDER}/{uuid4().hex}.{EXTENSION}", ContentFile(picture))
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
