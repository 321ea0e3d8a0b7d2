"""Form aids: what some forms do beyond a plain one: settings a server has, presets of sources, ways between servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from ..model.key import Key
from .controls import Control
from .desk import Desk
from .offers import ASKED, Offers
from .source_form import VERBS as SOURCES
from .source_form import SourceForm
from .ways_form import VERBS as WAYS
from .ways_form import WaysForm


def aid(
    desk: Desk, verb: str, key: Key | None, given: Mapping[str, Any], controls: Mapping[str, Control], form: QWidget
) -> None:
    """Give the form of a verb what it needs; it lives as long as the form."""
    if verb in ASKED:
        Offers(desk, verb, key, controls, form)
    elif verb in SOURCES:
        SourceForm(desk, verb, controls, form)
    elif verb in WAYS:
        WaysForm(desk, key, given, controls, form)
