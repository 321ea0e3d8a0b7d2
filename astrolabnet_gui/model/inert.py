"""Inert: text that came from elsewhere, so that it steers no terminal, forges no line of a log and acts in no paste."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    """Text without what would steer a terminal; tabs and line ends stay."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))


def logged(text: str) -> str:
    """Text as it may stand in a log: control characters as they are written in code, further lines moved in."""
    told = _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text).encode("utf-8", "backslashreplace").decode()
    return told.replace("\n", "\n    ")


def pasted(text: str) -> str:
    """Text for the clipboard: a terminal runs what follows a control character of it."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n")).encode("utf-8", "replace").decode()


def guarded(cell: str) -> str:
    """Text for a cell of a spreadsheet, which would run it as a formula without an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
