"""Row: one row of the tree, and what is below it. No Qt."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from ..model.action import Action
from ..model.key import Key
from ..model.thing import Thing
from .words import numbered

UNFOLDED_BY_HAND = frozenset({"catalogs", "namespaces", "tables", "files"})
"""Kinds whose children are asked for when a person unfolds them."""
PAGE = 400
"""So many rows below a thing Qt is told of at first, and more at a time."""
Ident = Key | Action | str
Order = tuple[Any, ...]


class Row:
    """One row. ``ident``: a Key, an Action, or the word of a group. ``order``: its place among its siblings.
    ``limit``: so many of its children Qt is told of at most.
    """

    __slots__ = ("children", "fact", "ident", "limit", "order", "parent", "text", "thing")

    def __init__(self, ident: Ident, order: Order, parent: Row | None) -> None:
        self.ident = ident
        self.order = order
        self.parent = parent
        self.children: list[Row] = []
        self.thing: Thing | None = None
        self.text = ""
        self.fact = ""
        self.limit = PAGE if isinstance(ident, Key) else sys.maxsize

    @property
    def told(self) -> int:
        """So many of its children Qt knows of, the first ones."""
        return min(len(self.children), self.limit)

    @property
    def place(self) -> int:
        """Number among its siblings."""
        if self.parent is None:
            return 0
        return bisect_left(self.parent.children, self.order, key=lambda row: row.order)

    def show(self, thing: Thing) -> None:
        """Take the words of a thing."""
        self.thing = thing
        self.fact = thing.fact
        self.text = numbered(thing)


def is_unasked(row: Row) -> bool:
    """Nothing is known of what is below it: it is asked for when a person unfolds it."""
    thing = row.thing
    return thing is not None and unfolds(thing) and not row.children


def unfolds(thing: Thing) -> bool:
    """It is asked what is within it when a person unfolds it; a file holds nothing."""
    return thing.key.kind in UNFOLDED_BY_HAND and getattr(thing.payload, "kind", "folder") == "folder"


def walk(row: Row) -> Iterator[Row]:
    """A row and all below it."""
    yield row
    for child in row.children:
        yield from walk(child)
