"""What the pointer is told over a row of the tree: all of what is cut there, and what the words mean. No Qt."""

from __future__ import annotations

from ..model.action import Action
from .glossary import meaning
from .tree_row import Row
from .words import state_word, utc


def hint_of(row: Row, column: int) -> str:
    """Words for the pointer, "" if there are none."""
    thing = row.thing
    if thing is None:
        return row.ident.description if isinstance(row.ident, Action) else meaning(row.text)
    if column == 2:
        return "" if thing.since is None else f"since {utc(thing.since)}"
    words = (f"{thing.kind.label} {row.text}", thing.fact, state_word(thing.state), thing.problem)
    lines = [*words, meaning(thing.kind.label), meaning(state_word(thing.state))]
    if getattr(thing.payload, "is_island", False):
        lines.append(meaning("island"))
    return "\n".join(line for line in lines if line)
