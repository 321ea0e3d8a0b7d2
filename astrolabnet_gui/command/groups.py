"""Groups: follows the parts of what was sent to several servers, and shows each group as one thing."""

from __future__ import annotations

from collections.abc import Callable

from ..model.group import Group, Member
from ..model.key import Key
from ..model.livy import Batch
from ..model.output import Text, parse
from ..model.task import Task
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.engine import Engine
from ..tasks.spool import read


class Groups:
    """All groups of this process. Everything in the engine's thread."""

    def __init__(self) -> None:
        self._groups: dict[Key, Group] = {}
        self._leave: Callable[[], None] | None = None

    def get(self, key: Key) -> Group | None:
        """Group as it is now."""
        return self._groups.get(key)

    def put(self, engine: Engine, key: Key, group: Group) -> None:
        """Show a group, new or changed."""
        if self._leave is None:
            self._leave = engine.store.subscribe(lambda delta: self._heard(engine, delta))
        self._groups[key] = group
        engine.show([thing_of(key, group)])

    def change(self, engine: Engine, key: Key, address: str, member: Member) -> None:
        """One server's part is another one now."""
        group = self._groups[key]
        members = tuple(member if old.address == address else old for old in group.members)
        self.put(engine, key, group.model_copy(update={"members": members}))

    def drop(self, engine: Engine, key: Key) -> None:
        """Show it no more; what was sent stays."""
        if self._groups.pop(key, None) is not None:
            engine.show([], [key])

    def _heard(self, engine: Engine, delta: Delta) -> None:
        news = {thing.key: thing for thing in (*delta.added, *delta.changed)}
        by_task = {t.payload.task_key: t for t in news.values() if isinstance(t.payload, Task) and t.payload.task_key}
        for key, group in tuple(self._groups.items()):
            members = tuple(_seen(m, news, by_task, delta.removed) for m in group.members)
            if members != group.members:
                self.put(engine, key, group.model_copy(update={"members": members}))


def seen(member: Member, thing: Thing) -> Member:
    """A part as its task or batch says now."""
    if member.state == "left out":
        return member
    task = thing.payload
    parts, spooled = member.parts, member.spooled
    if isinstance(task, Task) and task.statement is not None:
        parts, spooled = parse(task.statement.output), task.spooled
    elif isinstance(task, Batch) and thing.state in thing.kind.terminal and task.log:
        parts = (Text(text="\n".join(task.log)),)
    return member.model_copy(
        update={
            "thing": thing.key, "state": thing.state, "problem": thing.problem, "progress": thing.progress,
            "parts": parts, "spooled": spooled, "task_key": task.task_key if isinstance(task, Task) else "",
        }
    )  # fmt: skip


def whole(group: Group) -> Group:
    """The group with its large results read from their files. Blocks.

    Raises:
        Missing: one is gone.
    """

    def one(member: Member) -> Member:
        if not (member.well and member.spooled):
            return member
        return member.model_copy(update={"spooled": "", "parts": parse(read(member.spooled))})

    return group.model_copy(update={"members": tuple(map(one, group.members))})


def _seen(member: Member, news: dict[Key, Thing], by_task: dict[str, Thing], gone: tuple[Key, ...]) -> Member:
    thing = news.get(member.thing) if member.thing is not None else None
    thing = thing or (by_task.get(member.task_key) if member.task_key else None)
    if thing is not None:
        return seen(member, thing)
    if member.thing in gone and member.open:
        return member.model_copy(update={"state": "lost", "problem": "It is not in sight any more."})
    return member


def thing_of(key: Key, group: Group) -> Thing:
    """A group as a thing."""
    bad = [group.name_of(m) for m in group.counted if not m.open and not m.well]
    return Thing(
        key=key, label=group.title, fact=f"{len(group.counted)} servers", state=group.state, progress=group.progress,
        problem=f"Not from {', '.join(bad)}." if bad else "", mine=True, payload=group,
    )  # fmt: skip
