"""Names of sessions and batches: unique on the server, so that a creation whose reply was lost is found again."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..model.livy import MADE_NAME


def unique_name(workspace: str, key: str, title: str = "") -> str:
    """Name of a new session or batch. It becomes ``spark.app.name``: it tells who made it, and what a person called it.

    Args:
        workspace: first eight letters of the workspace's uuid.
        key: ULID made for this creation.
        title: what a person called it; what can not stand in an address becomes a dash.
    """
    words = re.sub(r"[^A-Za-z0-9_]+", "-", title).strip("-")[:40].rstrip("-")
    return f"aln-{workspace}-{key.lower()}{'-' if words else ''}{words}"


def act_of(name: str) -> str:
    """ULID of the creation that gave this name; "" if the name is not ours."""
    found = MADE_NAME.fullmatch(name)
    return found[2].upper() if found else ""


def owns(workspace: str) -> Callable[[str], bool]:
    """Says of a session's or batch's name whether this workspace gave it."""

    def mine(name: str) -> bool:
        found = MADE_NAME.fullmatch(name)
        return found is not None and found[1] == workspace

    return mine
