"""Picture: an image of a result, decoded only after a look at its header."""

from __future__ import annotations

import base64
import binascii
import struct

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImageReader, QPixmap

from ...errors import Malformed
from ...model.output import Image

BYTES_MAX = 40_000_000
PIXELS_MAX = 40_000_000
_PNG, _GIF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
FORMATS = {"image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/gif": "gif"}


def decoded(image: Image) -> QPixmap:
    """Picture of an output.

    Raises:
        Malformed: it is no PNG, JPEG or GIF, is larger than can be shown, or is damaged.
    """
    kind = FORMATS.get(image.mime.split(";")[0].strip().lower())
    if kind is None:
        raise Malformed(f"this kind of picture is not shown ({image.mime}).")
    if len(image.base64) > BYTES_MAX * 4 // 3:
        raise Malformed(f"the picture is larger than {BYTES_MAX // 1_000_000} MB.")
    try:
        data = base64.b64decode("".join(image.base64.split()), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Malformed("the picture is no valid base64.") from exc
    size = dimensions(data, kind)
    if size is None:
        raise Malformed(f"the picture does not begin as a {kind.upper()} does.")
    if not 0 < size[0] * size[1] <= PIXELS_MAX:
        raise Malformed(f"the picture has {size[0]} × {size[1]} points; at most {PIXELS_MAX // 1_000_000} million fit.")
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setAutoTransform(False)
    found = reader.read()
    if found.isNull():
        raise Malformed("the picture is damaged.")
    return QPixmap.fromImage(found)


def dimensions(data: bytes, kind: str) -> tuple[int, int] | None:
    """Width and height as the header says, before anything is decoded; None if it is no such header."""
    if kind == "png" and data.startswith(_PNG) and len(data) >= 24 and data[12:16] == b"IHDR":
        wide, high = struct.unpack(">II", data[16:24])
        return wide, high
    if kind == "gif" and data.startswith(_GIF) and len(data) >= 10:
        wide, high = struct.unpack("<HH", data[6:10])
        return wide, high
    if kind == "jpeg" and data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            return wide, high
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        if length < 2:
            return None
        at += 2 + length
    return None
