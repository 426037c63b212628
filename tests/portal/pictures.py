"""Pictures to send."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(kind: str = "PNG", *, colour: str = "teal", name: str = "me.png") -> SimpleUploadedFile:
    """A small picture, as a browser would send it."""
    return SimpleUploadedFile(name, picture_bytes(kind, colour=colour))


def picture_bytes(kind: str = "PNG", *, colour: str = "teal") -> bytes:
    kept = BytesIO()
    Image.new("RGB", (4, 3), colour).save(kept, kind)
    return kept.getvalue()


def colour_of(content: bytes) -> tuple[int, ...]:
    """The colour in the middle of a picture, to the nearest 16."""
    with Image.open(BytesIO(content)) as image:
        pixel = image.convert("RGB").resize((1, 1)).tobytes()
    return tuple(round(part / 16) * 16 for part in pixel)
