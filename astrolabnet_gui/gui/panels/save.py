"""Save: asks where, then writes a few bytes at once; what is large goes through a command instead."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ...errors import Missing
from ...settings.files import write_whole
from ..safe import box, plain

_ENDING = re.compile(r"\*(\.\w+)")


def ask_place(parent: QWidget, name: str, kinds: str = "") -> Path | None:
    """Where a file shall be; None if the person thought better of it.

    Args:
        kinds: Qt's filter of file names, as ``"CSV (*.csv);;Parquet (*.parquet)"``. The kind that is chosen counts,
            whatever ending the name still has.
    """
    chosen, kind = QFileDialog.getSaveFileName(parent, "Save as", plain(name, 100), kinds)
    if not chosen:
        return None
    place, endings = Path(chosen), _ENDING.findall(kinds)
    wanted = _ENDING.search(kind)
    if wanted and place.suffix.lower() != wanted[1] and (not place.suffix or place.suffix.lower() in endings):
        place = place.with_suffix(wanted[1])
    return place


def save_bytes(parent: QWidget, name: str, data: bytes) -> None:
    """Ask where and write; what goes wrong is said in a box, for it was asked for just now."""
    place = ask_place(parent, name)
    if place is not None:
        try:
            write_whole(place, data)
        except Missing as problem:
            box(parent, "Not saved", str(problem), ("close",), "close").open()
