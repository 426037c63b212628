"""What may be handed in: told from a file's content, never from what the sender says of it; and the names it gets."""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4

from django.utils.translation import gettext as _

from contracts.assessments import SUBMISSION_EXTENSIONS, SUBMISSION_MAX_BYTES
from contracts.base import Upload
from contracts.errors import Invalid

UNKNOWN_TYPE = "application/octet-stream"
LONGEST_NAME = 120  # characters, for people
LONGEST_STORED_NAME = 100  # bytes


@dataclass(frozen=True)
class Kind:
    """A kind of file that is let in. The first extension is given to files that come without a fitting one."""

    content_type: str
    extensions: tuple[str, ...]


def _office(subtype: str, extension: str) -> Kind:
    return Kind(f"application/vnd.{subtype}", (extension,))


PDF = Kind("application/pdf", ("pdf",))
RTF = Kind("application/rtf", ("rtf",))
TEXT = Kind("text/plain", ("txt", "md", "csv", "tex"))
ZIP = Kind("application/zip", ("zip",))

_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", Kind("image/png", ("png",))),
    (b"\xff\xd8\xff", Kind("image/jpeg", ("jpg", "jpeg"))),
    (b"GIF87a", Kind("image/gif", ("gif",))),
    (b"GIF89a", Kind("image/gif", ("gif",))),
    (b"II*\x00", Kind("image/tiff", ("tif", "tiff"))),
    (b"MM\x00*", Kind("image/tiff", ("tif", "tiff"))),
)
_WEBP = Kind("image/webp", ("webp",))
_HEIC = Kind("image/heic", ("heic",))
_MEDIA_BRANDS = {
    b"heic": _HEIC,
    b"heix": _HEIC,
    b"hevc": _HEIC,
    b"mif1": _HEIC,
    b"msf1": _HEIC,
    b"avif": Kind("image/avif", ("avif",)),
}
"""What follows "ftyp" in the container format that phones use for pictures; it holds films as well, which stay out."""

_ZIP_START = b"PK\x03\x04"
_OPEN_DOCUMENTS = {
    kind.content_type.encode(): kind
    for kind in (
        _office("oasis.opendocument.text", "odt"),
        _office("oasis.opendocument.spreadsheet", "ods"),
        _office("oasis.opendocument.presentation", "odp"),
    )
}
_OPEN_XML = {
    "word/": _office("openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/": _office("openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ppt/": _office("openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
_COMPOUND_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMPOUND_STREAMS = {
    "WordDocument": Kind("application/msword", ("doc",)),
    "Workbook": _office("ms-excel", "xls"),
    "PowerPoint Document": _office("ms-powerpoint", "ppt"),
}
"""Old office files are little file systems, and so are installers: the name of the main stream tells them apart."""

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*(?:<[a-z!?/]|#!)", re.IGNORECASE)
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,8}")
_UNSAFE = re.compile(r"[^\w.-]+")
_JOINERS = "\u200c\u200d"  # written inside words of several scripts


def kind_of(content: bytes) -> Kind | None:
    """What a file is, by its content; None for everything that is not let in, such as markup and programs."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _WEBP
    if content[4:8] == b"ftyp":
        return _MEDIA_BRANDS.get(content[8:12])
    if content.startswith(_ZIP_START):
        return _kind_of_archive(content)
    if content.startswith(_COMPOUND_START):
        return next((k for name, k in _COMPOUND_STREAMS.items() if name.encode("utf-16-le") in content), None)
    return TEXT if _is_plain_text(content) else None


def accepted_name(file: Upload) -> str:
    """The name for people under which a file is let in; its ending fits the content.

    Invalid("submission_file") for a file that is empty, too large, or of a kind that is not let in: by its content, or
    by an ending that stands for something else.
    """
    if not file.content:
        raise _refused(_("The file is empty."))
    if len(file.content) > SUBMISSION_MAX_BYTES:
        raise _refused(
            _("The file is larger than %(size)d MiB. Make it smaller and try again.")
            % {"size": SUBMISSION_MAX_BYTES // 1024**2}
        )
    stem, extension = _split(_plain_name(file.name))
    kind = kind_of(file.content)
    if kind is None or (extension and extension.lower() not in SUBMISSION_EXTENSIONS):
        raise _refused(
            _("Files of this kind cannot be handed in. These can: %(kinds)s.")
            % {"kinds": ", ".join(SUBMISSION_EXTENSIONS)}
        )
    if extension.lower() not in kind.extensions:
        extension = kind.extensions[0]
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def stored_path(*, student_id: int, assignment_id: int, name: str) -> str:
    """Where a file with an accepted name is kept, below the media folder: a path that no other file has."""
    stem, extension = _split(name)
    safe = _UNSAFE.sub("_", stem).strip("._-") or "file"
    safe = safe.encode()[: LONGEST_STORED_NAME - len(extension) - 1].decode(errors="ignore")
    return f"assignments/submissions/{student_id}_{assignment_id}_{uuid4().hex[:8]}_{safe}.{extension}"


def _refused(message: str) -> Invalid:
    return Invalid(fields={"submission_file": [message]})


def _kind_of_archive(content: bytes) -> Kind | None:
    """Only the table of contents is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return None
    names = {entry.filename for entry in entries}
    if entries and entries[0].filename == "mimetype":
        # The format wants this first entry uncompressed and without extra field: 30 bytes of header, then 8 of name.
        size = entries[0].file_size
        return _OPEN_DOCUMENTS.get(content[38 : 38 + min(size, 200)])
    if "[Content_Types].xml" in names:
        if any(name.endswith("vbaProject.bin") for name in names):
            return None
        return next((k for folder, k in _OPEN_XML.items() if any(n.startswith(folder) for n in names)), None)
    return ZIP if entries else None


def _is_plain_text(content: bytes) -> bool:
    """Text in a usual encoding, without control characters, that no browser would take for a page and no system for a
    program.
    """
    text = _decoded(content)
    return text is not None and not _CONTROLS.search(text) and not _MARKUP.match(text)


def _decoded(content: bytes) -> str | None:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _plain_name(name: str) -> str:
    """The last part of a name that may be a path of any system, without invisible characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c in _JOINERS or not unicodedata.category(c).startswith("C")).strip()


def _split(name: str) -> tuple[str, str]:
    """Stem and extension; what does not look like an extension belongs to the stem."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not _EXTENSION.fullmatch(extension):
        stem, extension = name, ""
    return stem.strip(" .") or "file", extension
