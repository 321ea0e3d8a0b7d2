"""Place: where an action may run, by what it asks for and what is known of a server."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from ..model.action import Action
from ..model.server import Server
from ..system import NO_R, r_program

_VERSION = re.compile(r"livy\s*>=\s*(\d+)\.(\d+)", re.IGNORECASE)


def without_r() -> str:
    """Why this computer has no R; "" if it has."""
    return "" if r_program() else NO_R


def lacking(server: object) -> dict[str, str]:
    """Languages a server is known not to have, each with the reason. An island has those of this computer."""
    why = without_r() if isinstance(server, Server) and server.is_island else ""
    return {"sparkr": why} if why else {}


def unfit(action: Action, alias: str, livy: str) -> str:
    """Why an action does not run on a server; "" if it does.

    Args:
        alias: name of the server.
        livy: what is known of its version, as "Livy 0.9"; a server that does not tell is given the chance.
    """
    needed = [found for text in action.where if (found := _VERSION.fullmatch(text.strip()))]
    names = [text for text in action.where if not _VERSION.fullmatch(text.strip())]
    if names and not any(fnmatchcase(alias, name.strip()) for name in names):
        return f"{action.title} runs on {', '.join(names)} only."
    there = re.search(r"(\d+)\.(\d+)", livy)
    for found in needed:
        if there and (int(there[1]), int(there[2])) < (int(found[1]), int(found[2])):
            return f"{action.title} needs Livy {found[1]}.{found[2]}; {alias} has {there[0]}."
    return ""
