"""World: servers, sessions, tasks, tables… as objects; all that can be done with one is a function of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from ..command.line import NAMES, NOUNS
from ..command.registry import COMMANDS
from ..errors import BadInput
from ..model.key import Key
from ..model.kind import KINDS
from ..model.output import Part, Table, parse
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.spool import output_of
from ..tasks.table_file import arrow_table, astropy_table, pandas_frame
from .act import Act, Verbs
from .desk import Desk
from .graph import Graph
from .play import Stage, play
from .run import Run

PATIENCE_S = 10.0
_KIND_OF = {NAMES.get(kind, kind): kind for kind in KINDS if kind != "tasks"}
_HERE = frozenset({"actions", "tasks", "groups", "channels", "sources", "datasets"})
# What a server shows of its data only when it is looked into.
_LOOKED_INTO = frozenset({"catalogs", "namespaces", "tables"})
Say = Callable[[str], None]


class Node:
    """One thing: ``.state``, ``.sessions[3]``, and its commands as functions."""

    def __init__(self, desk: Desk, thing: Thing, say: Say) -> None:
        self._desk, self._key, self._say = desk, thing.key, say

    @property
    def thing(self) -> Thing:
        """The thing as it is now."""
        self._desk.settle(0.0)
        found = self._desk.store.get(self._key)
        if found is None:
            raise BadInput("it is no longer there.")
        return found

    @property
    def state(self) -> str:
        """State word."""
        return self.thing.state

    @property
    def address(self) -> str:
        """Printed address, as the command line takes it: ``lal/sessions/3``."""
        root = self._desk.store.get(self._key.root)
        alias = root.payload.alias if root is not None and isinstance(root.payload, Server) else self._key.server
        return self._key.address(alias)

    @property
    def output(self) -> tuple[Part, ...]:
        """What a task gave: texts, tables, pictures."""
        payload = self.thing.payload
        return tuple(parse(output_of(payload))) if isinstance(payload, Task) else ()

    @property
    def below(self) -> list[Node]:
        """All that is one step below it."""
        self._desk.settle(0.0)
        return [self._of(thing) for thing in self._desk.store.children(self._key)]

    @property
    def rows(self) -> Table:
        """The table a task gave.

        Raises:
            BadInput: it gave none.
        """
        found = next((part for part in self.output if isinstance(part, Table)), None)
        if found is None:
            raise BadInput("the result holds no table.")
        return found

    def to_arrow(self) -> Any:
        """That table as a ``pyarrow.Table``; units are in the fields' metadata."""
        return arrow_table(self.rows)

    def to_pandas(self) -> Any:
        """That table as a ``pandas.DataFrame``."""
        return pandas_frame(self.rows)

    def to_astropy(self) -> Any:
        """That table as an ``astropy.table.Table`` with its units; nulls are masked."""
        return astropy_table(self.rows)

    @property
    def run(self) -> Run:
        """``run("spark.range(9).count()")``: send code, wait for its end, give the task."""
        if self._key.kind not in ("servers", "sessions"):
            raise BadInput(f"code runs in a session or on a server, not in {self._key.kind}.")
        return Run(self)

    def table(self, name: str) -> Any:
        """A table by its name in SQL, ``sky.alerts``; of other things the command of that name."""
        if self._key.kind != "servers":
            return self.__getattr__("table")(name=name)
        *above, last = name.split(".")
        namespace = above[-1] if above else "default"
        catalog = above[-2] if len(above) > 1 else "spark_catalog"
        return self.catalogs[catalog].namespaces[namespace].tables[last]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        kind = _KIND_OF.get(name)
        if kind is not None and KINDS[kind].parent == self._key.kind:
            return Nodes(self._desk, self._key, kind, self._say)
        verb, _, noun = name.partition("_")
        return Act(self._desk, f"{noun or NOUNS[self._key.kind]}.{verb}", self._key, self._of, self._say)

    def __dir__(self) -> list[str]:
        own = NOUNS[self._key.kind]
        verbs = [c.name.split(".") for c in COMMANDS.values() if self._key.kind in c.on]
        below = [name for name, kind in _KIND_OF.items() if KINDS[kind].parent == self._key.kind]
        runs = ["run"] if self._key.kind in ("servers", "sessions") else []
        runs += ["output", "to_pandas", "to_arrow", "to_astropy"] if self._key.kind in ("statements", "tasks") else []
        return ["address", "state", "thing", "below", *below, *runs, *(v if n == own else f"{v}_{n}" for n, v in verbs)]

    def __repr__(self) -> str:
        thing = self.thing
        return " ".join(p for p in (f"<{thing.kind.label}", thing.label, thing.state, thing.problem) if p) + ">"

    def _of(self, thing: Thing) -> Node:
        return Node(self._desk, thing, self._say)


class Nodes:
    """Children of a thing by their id."""

    def __init__(self, desk: Desk, parent: Key, collection: str, say: Say) -> None:
        self._desk, self._parent, self._collection, self._say = desk, parent, collection, say

    def __getitem__(self, ident: int | str) -> Node:
        try:
            thing = self._desk.child(self._parent, self._collection, ident, PATIENCE_S)
        except BadInput:
            if self._collection in _LOOKED_INTO:
                self._desk.do("data.look", self._parent, {})
            elif self._collection == "tasks":
                self._desk.do("task.find", None, {"task": str(ident)})
            else:
                raise
            thing = self._desk.child(self._parent, self._collection, ident, PATIENCE_S)
        return Node(self._desk, thing, self._say)

    def __iter__(self) -> Iterator[Node]:
        self._desk.settle(0.0)
        here = self._desk.store.children(self._parent)
        return iter([Node(self._desk, t, self._say) for t in here if t.key.kind == self._collection])

    def _ipython_key_completions_(self) -> list[int | str]:
        return [node._key.id for node in self]

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return repr(list(self))


class Servers(list[Node]):
    """All servers, as a table in a notebook."""


class Net:
    """All servers: ``net["lal"]``; commands of the workspace: ``net.island.start()``.

    Args:
        say: hears the sentence each command ends with.
        close: ends what stands behind.
    """

    def __init__(self, desk: Desk, say: Say = lambda _: None, close: Callable[[], None] = lambda: None) -> None:
        self._desk, self._say, self._close = desk, say, close
        #: Where ``play`` is seen.
        self.stage = Stage()

    def __getitem__(self, alias: str) -> Node:
        self._desk.settle(PATIENCE_S, alias)
        return Node(self._desk, self._desk.store.find(alias), self._say)

    def at(self, address: str) -> Node:
        """The thing at a printed address: ``lal/sessions/3``.

        Raises:
            BadInput: there is none.
        """
        self._desk.settle(PATIENCE_S, address.partition("/")[0])
        return Node(self._desk, self._desk.find(address, PATIENCE_S), self._say)

    @property
    def desk(self) -> Desk:
        """What stands behind it: the engine's events and the store of things."""
        return self._desk

    @property
    def graph(self) -> Graph:
        """The servers and what joins them, as they are now; a picture in a notebook."""
        return Graph(self._desk)

    @property
    def servers(self) -> Servers:
        """All servers, once each has answered or has failed to."""
        self._desk.settle(PATIENCE_S)
        return Servers(Node(self._desk, thing, self._say) for thing in self._desk.store.servers())

    def play(self, file: str | Path, pause_s: float = 0.5) -> None:
        """Carry a script out statement by statement, each shown before; the window's tree and graph follow.

        Raises:
            BadInput: the file can not be read, or is no Python.
        """
        play(Path(file), {"net": self}, self.stage, pause_s)

    async def settled(self, within_s: float = PATIENCE_S) -> Net:
        """Wait, on a loop of one's own, until each server has answered or has failed to.

        Raises:
            TimeoutError: some still had not after ``within_s`` seconds.
        """
        await self._desk.settle_async(within_s)
        return self

    def close(self) -> None:
        """End the engine behind it; what runs on servers goes on."""
        self._close()

    def __enter__(self) -> Net:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getattr__(self, noun: str) -> Any:
        if noun.startswith("_"):
            raise AttributeError(noun)
        return (
            Nodes(self._desk, Key(""), noun, self._say)
            if noun in _HERE
            else Verbs(self._desk, noun, self._of, self._say)
        )

    def __dir__(self) -> list[str]:
        nouns = {c.name.partition(".")[0] for c in COMMANDS.values() if not c.on}
        return sorted(nouns | _HERE | {"servers", "at", "graph", "play", "close"})

    def _of(self, thing: Thing) -> Node:
        return Node(self._desk, thing, self._say)

    def _ipython_key_completions_(self) -> list[str]:
        return [thing.label for thing in self._desk.store.servers()]

    def __repr__(self) -> str:
        self._desk.settle(0.0)
        names = [t.payload.alias for t in self._desk.store.servers() if isinstance(t.payload, Server)]
        return f"<servers: {', '.join(names) or 'none yet: net.island.start()'}>"
