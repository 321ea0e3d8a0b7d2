"""Contract: which entry points there are, in which version, and what a view is made of.

    astrolabnet.api       v1 = "astrolabnet_gui.api"   which contract it was written for; never loaded
    astrolabnet.commands  a Command, or several: new verbs, in every face
    astrolabnet.actions   a folder of actions, each as ``actions export`` writes it
    astrolabnet.sources   a folder of presets of brokers, as those in ``resources/sources``
    astrolabnet.views     a View: another tab beside a result (loaded in the window only; it may import Qt)
    astrolabnet.auth      a Login: another way to log in at a server, offered in its form

Within one version nothing is taken away and no meaning changes; what is new may come. A breaking change is v2, and
plug-ins of v1 are then named as too old, not tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model.output import Part

VERSION = 1
API = "astrolabnet.api"
COMMANDS, ACTIONS, SOURCES = "astrolabnet.commands", "astrolabnet.actions", "astrolabnet.sources"
VIEWS, AUTH = "astrolabnet.views", "astrolabnet.auth"
GROUPS = (COMMANDS, ACTIONS, SOURCES, VIEWS, AUTH)


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


@dataclass(frozen=True, slots=True)
class Login:
    """Another way to log in at a server.

    Attributes:
        title: of the choice in the server's form.
        headers: ``headers(user, secret, url)``: what each request to that server carries, by name. The secret comes
            from the keyring, as that of every login; "" if none was given. It is called beside the loop and may take
            seconds; what it gives is used until the server refuses it, and then made anew once, never sooner.
    """

    title: str
    headers: Callable[[str, str, str], Mapping[str, str]]
