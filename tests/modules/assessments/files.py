"""Small files of every kind that matters here, made on the spot."""

import zipfile
from io import BytesIO

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def archive(*entries: tuple[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in entries:
            made.writestr(name, content)
    return buffer.getvalue()


def open_document(subtype: str) -> bytes:
    return archive(("mimetype", f"application/vnd.oasis.opendocument.{subtype}".encode()), ("content.xml", b"<x/>"))


def open_xml(main: str, *more: tuple[str, bytes]) -> bytes:
    return archive(("[Content_Types].xml", b"<Types/>"), (main, b"<x/>"), *more)


def compound(stream: str) -> bytes:
    return COMPOUND + stream.encode("utf-16-le") + bytes(128)
