"""Filter of the tree: words, ``state:`` and ``kind:``. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.thing import Thing

KIND_WORDS = {
    "server": "servers",
    "session": "sessions",
    "task": "statements",
    "statement": "statements",
    "batch": "batches",
    "action": "actions",
}


@dataclass(frozen=True, slots=True)
class TreeFilter:
    """All of it must hold. Words look at the names from the server down; ``state:`` also knows the eight marks."""

    words: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.states or self.kinds)

    def accepts(self, thing: Thing, above: str) -> bool:
        """True if the row of ``thing`` is wanted; ``above`` are the names over it."""
        if self.kinds and thing.key.kind not in self.kinds:
            return False
        if self.states and not any(s in (thing.state.casefold(), thing.health.value) for s in self.states):
            return False
        return self.accepts_text(f"{above} {thing.key.id} {thing.label} {thing.fact}") if self.words else True

    def accepts_text(self, text: str) -> bool:
        """True if all words stand in ``text``."""
        folded = text.casefold()
        return all(word in folded for word in self.words)


def parse_filter(text: str) -> TreeFilter:
    """Filter of what was typed; an unfinished ``state:`` is not there yet."""
    words, states, kinds = [], [], []
    for part in text.casefold().split():
        if part.startswith("state:"):
            states += [part[6:]] if part[6:] else []
        elif part.startswith("kind:"):
            kinds += [KIND_WORDS.get(part[5:], part[5:])] if part[5:] else []
        else:
            words.append(part)
    return TreeFilter(tuple(words), tuple(states), tuple(kinds))
