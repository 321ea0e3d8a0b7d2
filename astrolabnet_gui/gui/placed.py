"""Placed: where a person put things on the graph, as the layout of the workspace keeps it. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..model.key import Key


def places_of(layout: Mapping[str, Any]) -> dict[Key, tuple[float, float]]:
    """Places of servers as kept; what is not a pair of numbers is left out."""
    kept = layout.get("places")
    found = {}
    for uuid, pair in kept.items() if isinstance(kept, dict) else ():
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int | float) for n in pair):
            found[key_of(uuid)] = (float(pair[0]), float(pair[1]))
    return found


def name_of(key: Key) -> str:
    """A server's uuid, or of a thing of the workspace its path: ``sources/alerts``."""
    return key.server or "/".join(map(str, key.path))


def key_of(name: str) -> Key:
    """The key of such a name."""
    from ..model.key import Key

    kind, slash, ident = name.partition("/")
    return Key("").child(kind, ident) if slash else Key(name)
