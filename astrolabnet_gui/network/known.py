"""Known: what is known of one server, as its last good answers and my own acts say; it makes the Things of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from ..errors import NotApplicable
from ..model.key import Key
from ..model.kind import KINDS
from ..model.livy import Batch, Id, Session
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing
from .delta import Things
from .follow import SERVER_RESTARTED, SESSION_CLOSED, SESSION_ENDED, Followed
from .identity import Identity, is_another, is_doubtful
from .idle import ended_idle, ends_soon
from .memory import Memories
from .things import batch_thing, server_thing, session_thing, task_thing

# Results of sessions that are gone are still results; only a limit keeps them from growing without end.
REMEMBERED = 50


class Known:
    """Sessions, batches and my tasks of one server.

    Args:
        server: its address and name.
        owns: says of the name of a session or batch whether this workspace gave it.
        wall: time of day, UTC.
        memories: ids as an earlier run of the program saw them; at another address they say nothing.
    """

    def __init__(
        self,
        server: Server,
        *,
        owns: Callable[[str], bool],
        wall: Callable[[], datetime],
        memories: Memories | None = None,
    ) -> None:
        self.server = server
        self.version = ""
        memories = memories or Memories()
        self.identity = Identity(remembered=memories.of(server.uuid, server.url))
        memories.told_by[server.uuid] = lambda: self.identity.memory(self.server.url)
        self.epoch = self.identity.epoch
        self.tasks: dict[str, Followed] = {}
        self._owns, self._wall = owns, wall
        self._here: dict[str, dict[Id, Session | Batch]] = {"sessions": {}, "batches": {}}
        self._mine: set[Key] = set()
        self._since: dict[Key, tuple[str, datetime | None]] = {}
        self._active: dict[Key, datetime] = {}
        self._gone: dict[Key, Thing] = {}
        self._made: dict[Key, tuple[Session | Batch | Task, tuple[object, ...], Thing]] = {}
        self._listed: set[str] = set()

    def key(self, collection: str, ident: Id) -> Key:
        """Key of a session or batch of the present run of ids."""
        return Key(self.server.uuid, self.epoch, (collection, ident))

    def session(self, key: Key) -> Session | None:
        """Session of the present run of ids, None if it is gone."""
        found = self._here["sessions"].get(key.id) if key.epoch == self.epoch else None
        return found if isinstance(found, Session) else None

    def active(self, *, mine: bool = False) -> bool:
        """Something here is about to change: starts, runs, waits (``mine``: of mine only)."""
        busy = ("starting", "not_started", "recovering", "busy", "running", "shutting_down")
        if any(not task.ended for task in self.tasks.values()):
            return True
        return any(
            value.state in busy and (not mine or self.key(collection, ident) in self._mine)
            for collection, values in self._here.items()
            for ident, value in values.items()
        )

    def listed(self, collection: str, values: Iterable[Session | Batch], *, complete: bool) -> list[Followed]:
        """Take a list in.

        Returns:
            Tasks of mine worth asking now: their session has just changed its state, or may be another one.
        """
        values = tuple(values)
        if self.identity.look(collection, values, complete=complete):
            self._restarted()
        old = self._here[collection]
        now: dict[Id, Session | Batch] = {v.id: old[v.id] if old.get(v.id) == v else v for v in values}
        first = collection not in self._listed
        self._listed.add(collection)
        if complete:
            for ident in old.keys() - now.keys():
                self._vanished(collection, old[ident])
        else:
            now = {**old, **now}
        changed = {i for i, value in now.items() if i in old and old[i].state != value.state}
        doubtful = {i for i, value in now.items() if i in old and is_doubtful(old[i], value)}
        self._here[collection] = now
        for ident, value in now.items():
            key = self.key(collection, ident)
            if value.name and self._owns(value.name):
                self._mine.add(key)
            self._note(key, value.state, known=not first)
            if collection == "sessions" and value.state in ("dead", "killed", "success"):
                self._end_tasks(key, SESSION_ENDED)
            elif collection == "sessions" and value.state == "idle":
                for task in self.tasks.values():
                    if task.session == key:
                        task.session_free(self._wall())
        newest = {t.session.id: t for t in self.tasks.values() if t.session.id in doubtful and t.id is not None}
        return [t for t in self.tasks.values() if not t.ended and t.session.id in changed] + list(newest.values())

    def saw(self, task: Followed, seen: Task, session: str) -> None:
        """The server said how a task of mine stands, or showed by other code that its session is not what it was."""
        assert seen.statement is not None
        if not is_another(task.task, seen.statement):
            task.saw(seen.statement, self._wall(), session=session, spooled=seen.spooled)
            return
        here = {collection: tuple(values.values()) for collection, values in self._here.items()}
        self.identity.renew()
        self._restarted()
        for collection, values in here.items():
            self.listed(collection, values, complete=True)

    def claim(self, value: Session | Batch) -> Key:
        """A session or batch of mine that was just made; its Key."""
        collection = "sessions" if isinstance(value, Session) else "batches"
        if self.identity.claim(collection, value):
            self._restarted()
        self._here[collection].setdefault(value.id, value)
        key = self.key(collection, value.id)
        self._mine.add(key)
        self._note(key, value.state, known=True)
        return key

    def move(self, server: Server) -> None:
        """The server was edited; at another address other ids hold."""
        if server.url != self.server.url:
            self.identity = Identity()
            self._restarted()
            self._listed.clear()
            self.version = ""
        self.server = server

    def follow(self, session: Key, task: Task, state: str, problem: str, now: float) -> Followed:
        """Take in what my side knows of a task; a second call with the same task key changes the first.

        Raises:
            NotApplicable: there is no such session (any more).
        """
        if session not in self._gone and self.session(session) is None:
            raise NotApplicable("this session is not known (any more)", server=self.server.alias)
        wall = self._wall()
        found = self.tasks.get(task.task_key) if task.task_key else None
        if found is None:
            found = Followed(session, task, state, task.sent or wall, now, problem)
            self.tasks[found.name] = found
        else:
            self._made.pop(found.key, None)
            keep = {"progress": found.task.progress, "spark_ui": found.task.spark_ui}
            found.session = session
            found.task = task.model_copy(update=keep if task.progress is None else {})
            if task.statement is None:
                found.turn(state, problem, wall)
        if task.statement is not None:
            found.saw(task.statement, wall, spooled=task.spooled)
            found.sent_at = now
            found.due = None if found.ended else now
        if session in self._gone:
            found.session_ended(SESSION_CLOSED, wall)
        return found

    def used(self, session: Id) -> None:
        """The server has just counted something as activity of a session: its idle time begins anew."""
        self._active[self.key("sessions", session)] = self._wall()

    def forget(self, key: Key) -> None:
        """Drop a task from sight, or what is remembered of a session that is gone with its tasks."""
        for name in [n for n, t in self.tasks.items() if key in (t.key, t.session)]:
            self._made.pop(self.tasks.pop(name).key, None)
        self._gone.pop(key, None)

    def things(self, root: tuple[str, str, datetime | None], stale_since: datetime | None) -> Things:
        """All things of this server.

        Args:
            root: state word, problem and since of the server itself.
            stale_since: when the rest was last known to be true; None = now.
        """
        state, problem, since = root
        top = server_thing(self.server, state, version=self.version, since=since, problem=problem)
        out: dict[Key, Thing] = {top.key: top}
        for collection, values in self._here.items():
            for ident, value in values.items():
                key = self.key(collection, ident)
                out[key] = self._thing(key, value, stale_since)
        out.update(self._gone)
        out.update((task.key, self._task(task, None if task.ended else stale_since)) for task in self.tasks.values())
        return out

    def _task(self, task: Followed, stale_since: datetime | None) -> Thing:
        """Thing of a task; the one made before if nothing has changed."""
        key = task.key
        made_of, now, thing = self._made.get(key, (None, (), None))
        how = (task.state, task.since, task.problem, stale_since)
        if thing is None or made_of is not task.task or now != how:
            thing = task_thing(
                key, task.task, task.state, since=task.since, problem=task.problem, stale_since=stale_since
            )
            self._made[key] = (task.task, how, thing)
        return thing

    def _thing(self, key: Key, value: Session | Batch, stale_since: datetime | None) -> Thing:
        """Thing of a session or batch; the one made before if nothing has changed."""
        since, mine = self._since.get(key, ("", None))[1], key in self._mine
        made_of, now, thing = self._made.get(key, (None, (), None))
        ends = None
        if isinstance(value, Session) and stale_since is None:
            ends = ends_soon(value, self._active.get(key), self._wall())
        how = (since, mine, stale_since, ends)
        if thing is None or made_of is not value or now != how:
            if isinstance(value, Session):
                thing = session_thing(key, value, since=since, mine=mine, stale_since=stale_since, ends=ends)
            else:
                thing = batch_thing(key, value, since=since, mine=mine, stale_since=stale_since)
            self._made[key] = (value, how, thing)
        return thing

    def _note(self, key: Key, state: str, *, known: bool) -> None:
        """Remember since when; of what was there before the first look nobody knows it."""
        if self._since.get(key, ("", None))[0] != state:
            self._since[key] = (state, self._wall() if known else None)
            # What was there before the first look has been idle for longer: it may end sooner than we say.
            if state != "shutting_down":
                self._active[key] = self._wall()

    def _vanished(self, collection: str, value: Session | Batch, *, restart: bool = False) -> None:
        """A complete list does not show it any more. What holds results of mine stays in sight as "gone"."""
        key = self.key(collection, value.id)
        thing = self._thing(key, value, None)
        self._since.pop(key, None)
        active = self._active.pop(key, None)
        self._made.pop(key, None)
        mine = key in self._mine
        self._mine.discard(key)
        has_tasks = any(task.session == key for task in self.tasks.values())
        self._end_tasks(key, SERVER_RESTARTED if restart else SESSION_CLOSED)
        ended = collection == "batches" and value.state in KINDS["batches"].terminal
        if not (has_tasks or (mine and (ended or restart))):
            return
        wall = self._wall()
        why = "The server restarted." if restart else ended_idle(value, active, wall)
        self._gone[key] = thing.model_copy(
            update={
                "state": thing.state if ended else "gone",
                "since": thing.since if ended else wall,
                "problem": thing.problem or why or "The server no longer lists it.",
                "stale_since": wall,
            }
        )
        while len(self._gone) > REMEMBERED:
            self.forget(next(iter(self._gone)))

    def _restarted(self) -> None:
        """The ids belong to a new run: what was there under the old ones is gone."""
        for collection, values in self._here.items():
            for value in values.values():
                self._vanished(collection, value, restart=True)
        self.epoch = self.identity.epoch
        self._here = {"sessions": {}, "batches": {}}

    def _end_tasks(self, session: Key, words: str) -> None:
        for task in self.tasks.values():
            if task.session == session:
                task.session_ended(words, self._wall())
