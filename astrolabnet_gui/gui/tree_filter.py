"""Filter of the tree: words, ``state:``, ``kind:``, ``server:``, ``language:`` and ``since:``. No Qt."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

from ..command.finding import when
from ..model.thing import Thing

KIND_WORDS = {
    "server": "servers",
    "session": "sessions",
    "task": "statements",
    "statement": "statements",
    "batch": "batches",
    "action": "actions",
    "source": "sources",
    "channel": "channels",
}


@dataclass(frozen=True, slots=True)
class TreeFilter:
    """All of it must hold. Words look at the names from the server down; ``state:`` also knows the eight marks.

    Attributes:
        servers, languages: words that must stand in the names, or in the fact.
        since: what has changed since then.
    """

    words: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.states or self.kinds or self.servers or self.languages or self.since)

    def accepts(self, thing: Thing, above: str) -> bool:
        """True if the row of ``thing`` is wanted; ``above`` are the names over it."""
        kind = "statements" if thing.key.kind == "tasks" else thing.key.kind
        if self.kinds and kind not in self.kinds:
            return False
        if self.since is not None and (thing.since is None or thing.since < self.since):
            return False
        if self.servers or self.languages:
            where, how = f"{above} {thing.label} {thing.fact}".casefold(), thing.fact.casefold()
            if not all(word in where for word in self.servers) or not all(word in how for word in self.languages):
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
    servers, languages, since = [], [], None
    for part in text.casefold().split():
        if part.startswith("server:"):
            servers += [part[7:]] if part[7:] else []
        elif part.startswith("language:"):
            languages += [part[9:]] if part[9:] else []
        elif part.startswith("since:"):
            with contextlib.suppress(ValueError):
                since = when(part[6:], datetime.now(UTC))
        elif part.startswith("state:"):
            states += [part[6:]] if part[6:] else []
        elif part.startswith("kind:"):
            kinds += [KIND_WORDS.get(part[5:], part[5:])] if part[5:] else []
        else:
            words.append(part)
    return TreeFilter(tuple(words), tuple(states), tuple(kinds), tuple(servers), tuple(languages), since)
