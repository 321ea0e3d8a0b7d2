"""Finds: what the palette can offer for typed words: verbs, acts of the window, things, kinds; recent ones first.

A search is a generator that pauses every few hundred things, so that the caller can stop it or let the window breathe.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..command.line import python_line
from ..command.registry import HIDDEN, Command, Nothing, commands_for
from ..model.key import Key
from ..model.kind import KINDS, Health
from ..model.thing import Thing
from .desk import Desk
from .match import rank, typed_words
from .tree_filter import KIND_WORDS
from .verb_keys import key_of
from .view_acts import ViewAct
from .words import count, numbered, percent, place, state_word

SHOWN, PAUSE, RECENT = 12, 250, 8
FEW = 4
"""Verbs before the things that are found."""
COMMANDS, THINGS, RESULTS, KINDS_HEAD, RECENTLY = "Commands", "Things", "Results", "Kinds", "Recent"
MORE = "More commands"
Mark = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Find:
    """One row of the palette.

    Attributes:
        title, detail: what it is and where; icon: file in resources/icons.
        verb with key (None: the workspace), act, key alone (a thing), or kind: what it stands for.
        why_not: why it can not be done now.
        hint: key that does it; word, health, progress: state of a thing.
    """

    title: str
    detail: str
    icon: str
    key: Key | None = None
    verb: Command | None = None
    act: ViewAct | None = None
    kind: str = ""
    why_not: str = ""
    hint: str = ""
    word: str = ""
    health: Health | None = None
    progress: float | None = None

    @property
    def mark(self) -> Mark:
        """What tells it from others, to remember it by."""
        name = self.verb.name if self.verb else self.act.name if self.act else self.kind
        return name, repr(self.key)

    def line(self, alias: str) -> str:
        """The Python that does the same; "" if there is none."""
        if self.verb is None:
            return ""
        shown = python_line(self.verb, self.key, Nothing(), alias)
        return shown if self.verb.params is Nothing else f"{shown[:-1]}…)"


@dataclass(slots=True)
class Section:
    """Rows under one head; ``left_out``: how many more fit."""

    head: str
    finds: list[Find] = field(default_factory=list)
    left_out: int = 0


class Finder:
    """Searches what a desk knows.

    Args:
        acts: acts of the window.
    """

    def __init__(self, desk: Desk, acts: Callable[[], tuple[ViewAct, ...]]) -> None:
        self._desk, self._acts = desk, acts
        self._recent: deque[Mark] = deque(maxlen=RECENT)

    def chosen(self, find: Find) -> None:
        """Remember a choice: it comes first the next time."""
        if find.mark in self._recent:
            self._recent.remove(find.mark)
        self._recent.appendleft(find.mark)

    def search(self, text: str) -> Iterator[list[Section] | None]:
        """Sections for what was typed; None each time it pauses, the sections last.

        ``>`` looks for verbs only, ``:`` for kinds; ``:session lal`` for things of a kind.
        """
        text = text.strip()
        if text.startswith(">"):
            yield self._commands(typed_words(text[1:]))
            return
        if text.startswith(":"):
            name, _, rest = text[1:].partition(" ")
            kind = KIND_WORDS.get(name.casefold(), "")
            if not kind:
                yield self._kinds(name.casefold())
                return
            yield from self._things(typed_words(rest), kind, [])
            return
        words = typed_words(text)
        first = self._commands(words) if words else self._begin()
        yield from self._things(words, "", first)

    # --- verbs

    def _begin(self) -> list[Section]:
        """Nothing was typed: what was chosen lately, then the verbs of what is looked at."""
        pool = {find.mark: find for find in self._all_commands(())}
        for name, key in self._recent:
            thing = next((t for t in self._looked_about() if repr(t.key) == key), None) if not name else None
            if thing is not None:
                pool[(name, key)] = self.of_thing(thing)
        recent = [pool[mark] for mark in self._recent if mark in pool]
        own = [f for f in self._all_commands(()) if f.key is not None and f not in recent and not f.why_not]
        looked_at = self._desk.thing(self._desk.selection)
        head = f"{COMMANDS} on {looked_at.label}" if looked_at else COMMANDS
        return [Section(RECENTLY, recent), Section(head, own[:SHOWN])]

    def _looked_about(self) -> Iterator[Thing]:
        yield from self._desk.store.things.values()

    def _commands(self, words: tuple[str, ...]) -> list[Section]:
        best: list[tuple[int, int, bool, int, Find]] = []
        for order, find in enumerate(self._all_commands(words)):
            title = find.title.casefold()
            cost = rank(words, title, find.detail.casefold())
            if cost is not None:
                lately = self._recent.index(find.mark) if find.mark in self._recent else RECENT
                # "se" means "Send action" before "Find tasks sent from elsewhere".
                later = not title.startswith(words[0]) if words else False
                best.append((bool(find.why_not) * 100 + cost, lately, later, order, find))
        best.sort(key=lambda one: one[:4])
        found = [one[4] for one in best]
        on = {f.detail for f in found[:SHOWN] if f.key is not None}
        head = f"{COMMANDS} {on.pop()}" if len(on) == 1 and all(f.key for f in found[:SHOWN]) else COMMANDS
        return [Section(head, found[:SHOWN], max(0, len(found) - SHOWN))]

    def _all_commands(self, words: tuple[str, ...]) -> Iterator[Find]:
        """Verbs of what is looked at and what is over it, of servers a word names, of the workspace, of the window."""
        for thing in self._spoken_of(words):
            for verb in commands_for(thing):
                if verb.name not in HIDDEN:
                    yield Find(
                        verb.words, f"on {numbered(thing)}", verb.icon or "more", thing.key, verb,
                        why_not=self._desk.why_not(verb, thing), hint=key_of(verb.name),
                    )  # fmt: skip
        for verb in commands_for(None):
            if verb.name not in HIDDEN:
                yield Find(
                    verb.words,
                    "",
                    verb.icon or "more",
                    None,
                    verb,
                    why_not=self._desk.why_not(verb, None),
                    hint=key_of(verb.name),
                )
        for act in self._acts():
            yield Find(act.now(), act.menu, act.icon or "settings", act=act, why_not=act.why_not(), hint=act.key)

    def _spoken_of(self, words: tuple[str, ...]) -> list[Thing]:
        found: dict[Key, Thing] = {}
        at = self._desk.selection
        while at is not None:
            thing = self._desk.thing(at)
            if thing is not None:
                found[at] = thing
            at = at.parent
        named = [s for s in self._desk.store.servers() if any(s.label.casefold().startswith(w) for w in words)]
        return [*found.values(), *(s for s in named[:5] if s.key not in found)]

    # --- things and kinds

    def of_thing(self, thing: Thing) -> Find:
        """Row of a thing."""
        key = thing.key
        where = place(key.parent, self._desk.alias(key)) if key.parent is not None else ""
        detail = f"{thing.kind.label.lower()}{f' on {where}' if where else ''}"
        detail += f", {thing.fact}" if thing.fact else ""
        moves = thing.progress is not None and thing.health is Health.BUSY
        word = percent(thing.progress or 0) if moves else state_word(thing.state)
        return Find(
            numbered(thing), detail, "island" if thing.fact == "this computer" else thing.kind.icon, key,
            word=word, health=thing.health, progress=thing.progress if moves else None,
        )  # fmt: skip

    def _things(self, words: tuple[str, ...], kind: str, first: list[Section]) -> Iterator[list[Section] | None]:
        lately = {mark[1]: n for n, mark in enumerate(self._recent) if not mark[0]}
        best: list[tuple[int, int, int]] = []
        fitting, things = 0, list(self._desk.store.things.values())
        aliases = {thing.key.server: thing.label.casefold() for thing in things if not thing.key.path}
        for order, thing in enumerate(things):
            if order % PAUSE == PAUSE - 1:
                yield None
            if kind and thing.key.kind != kind:
                continue
            beside = f"{thing.kind.label} {aliases.get(thing.key.server, '')} {thing.fact}".casefold()
            cost = rank(words, f"{thing.key.id if thing.key.path else ''} {thing.label}".casefold(), beside)
            if cost is None:
                continue
            fitting += 1
            near = lately.get(repr(thing.key), RECENT) if lately else RECENT
            one = (-cost - len(thing.key.path), -near, -order)
            if len(best) < SHOWN:
                heapq.heappush(best, one)
            else:
                heapq.heappushpop(best, one)
        found = [things[-one[2]] for one in sorted(best, reverse=True)]
        results = [t for t in found if t.key.kind == "statements" and t.state in ("done", "available")]
        others = [t for t in found if t not in results]
        sections = [
            Section(THINGS, [self.of_thing(t) for t in others], max(0, fitting - SHOWN)),
            Section(RESULTS, [self.of_thing(t) for t in results]),
        ]
        more: list[Section] = []
        if words and found and first:
            # Who types a name means a thing as often as a verb: a few verbs, the things, then the other verbs.
            head, *others_first = first
            first = [Section(head.head, head.finds[:FEW]), *others_first]
            more = [Section(MORE, head.finds[FEW:], head.left_out)]
        yield [*first, *sections, *more]

    def _kinds(self, typed: str) -> list[Section]:
        numbers: dict[str, int] = {}
        for thing in self._desk.store.things.values():
            numbers[thing.key.kind] = numbers.get(thing.key.kind, 0) + 1
        found = [
            Find(f":{word}", f"{count(numbers.get(name, 0))} there", KINDS[name].icon, kind=word)
            for word, name in KIND_WORDS.items()
            if name in KINDS and word.startswith(typed) and (word != "statement" or typed)
        ]
        return [Section(KINDS_HEAD, found)]
