"""What is taken in as a picture, and what goes out."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from contracts.base import Upload
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.users import UsersService
from modules.users import photos
from modules.users.models import StudentProfile
from tests import actors
from tests.modules.users.people import make_student, picture, student_id

pytestmark = pytest.mark.django_db


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def opened(content: bytes | None) -> Image.Image:
    assert content
    return Image.open(BytesIO(content))


def camera_picture(size: tuple[int, int], **options: Any) -> Upload:
    """A picture as a camera makes it: lying on its side, red above and blue below, with place, device and comment."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))  # what the camera stores at the left is above when upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (12.0, 34.0, 56.0)
    content = BytesIO()
    image.save(content, "JPEG", exif=exif, comment=b"SecretComment", quality=95, **options)
    return Upload(name="me.jpg", content=content.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_are_known_by_their_content_and_kept_in_one_format(kind: str) -> None:
    kept = opened(photos.checked(picture(kind, name="invoice.html")))
    assert (kept.format, kept.size) == ("WEBP", (4, 4))


@pytest.mark.parametrize(
    ("size", "kept"),
    [((1200, 900), (512, 384)), ((900, 1200), (384, 512)), ((40, 30), (40, 30)), ((5000, 1), (512, 1))],
)
def test_a_picture_is_kept_no_larger_than_needed(size: tuple[int, int], kept: tuple[int, int]) -> None:
    assert opened(photos.checked(picture("JPEG", size=size))).size == kept


@pytest.mark.parametrize("size", [(40, 30), (1200, 900)])
def test_a_picture_stands_upright_and_tells_nothing_but_its_pixels(size: tuple[int, int]) -> None:
    upload = camera_picture(size)
    assert b"SecretCamera" in upload.content
    content = photos.checked(upload)
    kept = opened(content).convert("RGB")
    assert content
    assert [mark for mark in (b"Secret", b"EXIF", b"XMP", b"ICCP") if mark in content] == []
    assert kept.width < kept.height
    red, _green, blue = (list(band.tobytes()) for band in kept.resize((1, 2)).split())
    assert (red[0] > 200 > red[1], blue[0] < 60 < blue[1]) == (True, True), "red above, blue below"


def test_what_is_transparent_stays_so() -> None:
    content = BytesIO()
    Image.new("RGBA", (20, 20), (10, 20, 30, 0)).save(content, "PNG")
    kept = opened(photos.checked(Upload(name="me.png", content=content.getvalue())))
    assert kept.mode == "RGBA"
    assert kept.getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        picture("PNG", size=(400, 400)).content[:-60],
        picture("JPEG", size=(400, 400)).content[:400],
        picture("BMP").content,
        picture("TIFF").content,
        png_header(4, 4),
        png_header(100_000, 100_000),
        png_header(9_000, 9_000),
        picture().content + b"x" * photos.LARGEST_BYTES,
    ],
    ids=["empty", "html", "gif+script", "cut png", "cut jpeg", "bmp", "tiff", "no pixels", "bomb", "big", "heavy"],
)
def test_what_is_no_picture_of_the_four_kinds_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        photos.checked(Upload(name="me.png", content=content))
    assert set(caught.value.fields) == {"photo"}


def test_a_failed_change_leaves_no_file(media: Path) -> None:
    def files() -> list[Path]:
        return list(media.glob("profile_pics/*"))

    def change() -> None:
        with photos.stored(photos.checked(picture())):
            assert len(files()) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert files() == []


@pytest.mark.parametrize("actor", [actors.hod(), actors.teacher(), actors.student()])
def test_whoever_is_logged_in_sees_a_picture(users: UsersService, media: Path, actor: Any) -> None:
    (media / "me.html").write_bytes(picture("JPEG").content)
    user = make_student(profile={"profile_pic": "me.html"})
    found = users.photo(actor=actor, student_id=student_id(user))
    assert (found.content_type, found.content) == ("image/jpeg", picture("JPEG").content)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "BMP"])
def test_lists_show_a_small_square_made_of_whatever_is_kept(users: UsersService, media: Path, kind: str) -> None:
    content = picture(kind, size=(800, 600)).content
    (media / "me.png").write_bytes(content)
    user = make_student(profile={"profile_pic": "me.png"})
    shown = users.photo(actor=actors.teacher(), student_id=student_id(user), small=True)
    assert (shown.content_type, opened(shown.content).size) == ("image/webp", (96, 96))
    assert len(shown.content) < 4000
    assert users.photo(actor=actors.teacher(), student_id=student_id(user)).content == content, "kept as it was"


@pytest.mark.parametrize("content", [b"<html>", png_header(9_000, 9_000), png_header(100_000, 100_000)])
def test_what_cannot_be_made_small_goes_out_as_it_is(users: UsersService, media: Path, content: bytes) -> None:
    (media / "me.png").write_bytes(content)
    user = make_student(profile={"profile_pic": "me.png"})
    assert users.photo(actor=actors.hod(), student_id=student_id(user), small=True).content == content


def test_a_stranger_sees_none(users: UsersService) -> None:
    with pytest.raises(Forbidden):
        users.photo(actor=actors.anonymous(), student_id=1)


def test_an_old_upload_that_is_no_picture_goes_out_as_bytes_without_meaning(users: UsersService, media: Path) -> None:
    (media / "me.png").write_bytes(b"<html>")
    user = make_student(profile={"profile_pic": "me.png"})
    assert users.photo(actor=actors.hod(), student_id=student_id(user)).content_type == "application/octet-stream"


@pytest.mark.parametrize("path", ["", "missing.png", "../outside.png", "/etc/hostname", "folder", "file.png/x.png"])
def test_a_file_that_is_not_there_is_not_found(users: UsersService, media: Path, path: str) -> None:
    (media / "folder").mkdir()
    (media / "file.png").write_bytes(b"")
    (media.parent / "outside.png").write_bytes(picture().content)
    user = make_student(profile={"profile_pic": path})
    for student in (student_id(user), 999):
        with pytest.raises(NotFound):
            users.photo(actor=actors.hod(), student_id=student)


def test_the_picture_of_a_half_made_student_is_seen_by_nobody(users: UsersService, media: Path) -> None:
    (media / "me.png").write_bytes(picture().content)
    user = make_student(profile={"profile_pic": "me.png"})
    StudentProfile.objects.update(half_made=True)
    with pytest.raises(NotFound):
        users.photo(actor=actors.hod(), student_id=student_id(user))


def test_a_picture_is_found_under_its_path_of_the_legacy_and_nothing_else_is(users: UsersService, media: Path) -> None:
    (media / "pic url.png").write_bytes(picture().content)
    (media / "secret.png").write_bytes(picture().content)
    make_student(profile={"profile_pic": "pic url.png"})
    make_student("other", profile={"profile_pic": ""})
    for actor in (actors.hod(), actors.teacher(), actors.student()):
        assert users.photo_at(actor=actor, path="pic url.png").content == picture().content
        for path in ("secret.png", "", "../pic url.png", "PIC URL.PNG", "pic url.png\0"):
            with pytest.raises(NotFound):
                users.photo_at(actor=actor, path=path)
    with pytest.raises(Forbidden):
        users.photo_at(actor=actors.anonymous(), path="pic url.png")
