"""Contract: which entry points there are, in which version, and what a view is made of.

    astrolabnet.api       v1 = "astrolabnet_gui.api"   which contract it was written for; never loaded
    astrolabnet.commands  a Command, or several: new verbs, in every face
    astrolabnet.actions   a folder of actions, each as ``actions export`` writes it
    astrolabnet.sources   a folder of presets of brokers, as those in ``resources/sources``
    astrolabnet.views     a View: another tab beside a result (loaded in the window only; it may import Qt)

Within one version nothing is taken away and no meaning changes; what is new may come. A breaking change is v2, and
plug-ins of v1 are then named as too old, not tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..model.output import Part

VERSION = 1
API = "astrolabnet.api"
COMMANDS, ACTIONS, SOURCES = "astrolabnet.commands", "astrolabnet.actions", "astrolabnet.sources"
VIEWS = "astrolabnet.views"
GROUPS = (COMMANDS, ACTIONS, SOURCES, VIEWS)


@dataclass(frozen=True, slots=True)
class View:
    """Another way to look at a part of a result: one more tab.

    Attributes:
        title: of the tab.
        fits: whether a part can be looked at so; called for every part that is shown, so it only looks at its shape.
        widget: the tab, a QWidget without a parent. Both are called in the GUI thread: what lasts freezes the window.
    """

    title: str
    fits: Callable[[Part], bool]
    widget: Callable[[Part], Any]
