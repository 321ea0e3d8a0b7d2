"""Save: asks where, then writes a few bytes at once; what is large goes through a command instead."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ...errors import Missing
from ...settings.files import write_whole
from ..safe import box, plain


def ask_place(parent: QWidget, name: str, kinds: str = "") -> Path | None:
    """Where a file shall be; None if the person thought better of it.

    Args:
        kinds: Qt's filter of file names, as ``"CSV (*.csv);;Parquet (*.parquet)"``.
    """
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save as", plain(name, 100), kinds)
    return Path(chosen) if chosen else None


def save_bytes(parent: QWidget, name: str, data: bytes) -> None:
    """Ask where and write; what goes wrong is said in a box, for it was asked for just now."""
    place = ask_place(parent, name)
    if place is not None:
        try:
            write_whole(place, data)
        except Missing as problem:
            box(parent, "Not saved", str(problem), ("close",), "close").open()
