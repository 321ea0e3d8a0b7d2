"""PluggedViews: tabs that trusted plug-ins add to a result; one that fails says so in its own tab."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from ...command.plugged import PLUGGED
from ...model.output import Part
from ...plugins.contract import View
from ...plugins.loaded import ANY, said, view
from ..style import Dress
from .four import FourStates

# Imported when a result is first shown, for a plug-in's views may import Qt; by the hash of their plug-in.
_VIEWS: dict[tuple[str, str], View | None] = {}


def plugged_views(part: Part, dress: Dress) -> Iterator[tuple[str, QWidget]]:
    """Title and widget of each view that fits a part."""
    for name, brought in list(PLUGGED.items()):
        for entry in brought.views:
            mark = (brought.plugin.sha256, entry.value)
            if mark not in _VIEWS:
                _VIEWS[mark] = view(brought, entry)
            found = _VIEWS[mark]
            if found is None:
                continue
            try:
                if not found.fits(part):
                    continue
                made = found.widget(part)
                if not isinstance(made, QWidget):
                    raise TypeError(f"it made {type(made).__name__}, not a QWidget")
            except ANY as exc:
                broken = FourStates(QWidget(), dress)
                broken.failed(f"The view of the plug-in {name} fails: {said(exc)}.")
                made = broken
            yield f"{found.title}  [{name}]", made
