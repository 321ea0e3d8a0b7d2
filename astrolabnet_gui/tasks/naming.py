"""Names of sessions and batches: unique on the server, so that a creation whose reply was lost is found again."""

from __future__ import annotations

from collections.abc import Callable

from ..model.livy import MADE_NAME


def unique_name(workspace: str, key: str) -> str:
    """Name of a new session or batch. It becomes ``spark.app.name``: it tells nothing but who made it.

    Args:
        workspace: first eight letters of the workspace's uuid.
        key: ULID made for this creation.
    """
    return f"aln-{workspace}-{key.lower()}"


def owns(workspace: str) -> Callable[[str], bool]:
    """Says of a session's or batch's name whether this workspace gave it."""

    def mine(name: str) -> bool:
        found = MADE_NAME.fullmatch(name)
        return found is not None and found[1] == workspace

    return mine
