"""Facts: the words of the detail panel about one thing: title, chip, fact line, figures, rows. No Qt."""

from __future__ import annotations

from datetime import UTC, datetime

from ...catalog.column_tree import Column
from ...catalog.files import FileFacts
from ...model.channel import Channel
from ...model.kind import Health
from ...model.livy import Batch, Session
from ...model.server import Server
from ...model.task import Task
from ...model.thing import Thing
from ..words import clock, count, language, since, size, span, state_word, took

Pairs = tuple[tuple[str, str], ...]
VERBS = {
    "servers": ("session.new", "server.test", "sky.load"),
    "sessions": ("session.send", "session.log", "session.close"),
    "statements": ("task.again", "task.cancel"),
    "tasks": ("task.again", "task.keep"),
    "files": ("file.summary", "file.table"),
    "batches": ("batch.log", "batch.again", "batch.kill"),
    "channels": ("channel.pause", "channel.start", "channel.edit"),
}
"""Verbs that are buttons."""


def verbs(thing: Thing) -> tuple[str, ...]:
    """Verbs that are buttons of a thing as it is now, the most wanted first."""
    if thing.state == "not contacted":
        return ("server.connect",)
    if thing.state == "login needed":
        return ("server.edit", "server.test")
    return (*(("session.keep",) if thing.ends else ()), *VERBS.get(thing.key.kind, ()))


def chip(thing: Thing, now: datetime) -> str:
    """State as a sentence's start: ``Done in 48 s``, ``Running 62 %``, ``Down 14 min``."""
    word = state_word(thing.state)
    word = word[:1].upper() + word[1:]
    if thing.stale_since is not None and thing.key.path:
        return f"{word}, last seen {since(thing.stale_since, now)} ago"
    seconds = duration(thing)
    if seconds is not None and thing.state in thing.kind.terminal:
        return f"{word} in {took(seconds)}" if thing.health is Health.OK else f"{word} after {took(seconds)}"
    if thing.progress is not None and thing.health is Health.BUSY:
        return f"{word} {round(100 * thing.progress)} %"
    age = since(thing.since, now)
    return f"{word} {age}" if age else word


def unheard(thing: Thing, server: Thing | None, now: datetime | None = None) -> str:
    """Why what is shown of a thing may be old; "" if its server answers."""
    if not thing.key.path or server is None or thing.stale_since is None:
        return ""
    why = server.problem or f"{server.label} is {state_word(server.state)}."
    if server.state == "up":
        why = f"{server.label} does not list it any more."
    elif not why.startswith(server.label):
        why = f"{server.label}: {why}"
    return f"{why} The last known state is shown, {since(thing.stale_since, now or datetime.now(UTC))} old."


def duration(thing: Thing) -> float | None:
    """Seconds a task took, by the server's clock; None if it has not ended."""
    statement = thing.payload.statement if isinstance(thing.payload, Task) else None
    if statement is None or statement.started <= 0 or statement.completed < statement.started:
        return None
    return (statement.completed - statement.started) / 1000


def duration_words(thing: Thing) -> str:
    """The same in words; "" if it has not ended."""
    seconds = duration(thing)
    return "" if seconds is None else took(seconds)


def fact_line(thing: Thing) -> str:
    """One line under the title."""
    match thing.payload:
        case Task() as task:
            sent = f"sent {_moment(task.sent)}" if task.sent else ""
            who = "" if task.place else "from this computer" if thing.mine else "by somebody else"
            kept = {
                "kept": "kept in the archive",
                "pinned": "kept in the archive for good",
                "told": "seen from another site",
            }.get(task.archived, "")
            spark = f"Spark {task.progress.spark}" if task.progress is not None and task.progress.spark else ""
            words = (language(task.language), task.place, spark, f"{sent} {who}".strip(), kept)
            return " · ".join(word for word in words if word)
        case Server() as server:
            return " · ".join(w for w in (thing.fact, "on this computer" if server.is_island else server.url) if w)
        case Session() as session:
            return " · ".join(w for w in (thing.fact, session.appId or "") if w)
        case Batch() as batch:
            return " · ".join(w for w in (thing.fact, batch.appId or "") if w)
    return thing.fact


def _moment(when: datetime) -> str:
    """Time of day, after the day if that is not today."""
    here = when.astimezone()
    return clock(when) if here.date() == datetime.now().astimezone().date() else f"{here.day} {here:%b %H:%M}"


def figures(thing: Thing, children: list[Thing]) -> Pairs:
    """Up to five numbers of a server or session."""
    match thing.payload:
        case Server():
            sessions = [c for c in children if c.key.kind == "sessions"]
            busy = sum(1 for c in sessions if c.health is Health.BUSY)
            batches = sum(1 for c in children if c.key.kind == "batches")
            return (("Sessions", str(len(sessions))), ("Busy", str(busy)), ("Batches", str(batches)))
        case Session() as session:
            running = sum(1 for c in children if c.health is Health.BUSY)
            memory = session.driverMemory or "as set there"
            return (("Tasks", str(len(children))), ("Running", str(running)), ("Driver memory", memory))
        case Channel() as channel:
            return _flow(channel)
    return ()


_ROUTES = {"pull": "the destination reads the files", "relay": "through this computer"}


def _way(channel: Channel, now: datetime) -> str:
    """What was found of the way of its data, with its age."""
    asked = "" if channel.road_asked is None else f", asked {since(channel.road_asked, now)} ago"
    return f"{channel.road}{asked}" or "–"


def _flow(channel: Channel) -> Pairs:
    """Rows, what flows, what waits, when nothing waits any more, what could not be read."""
    waits, catch_up, full = channel.waiting_rows, channel.catch_up_s, channel.full_in_s
    # At its rates it can do one of both only; the one that loses data goes first.
    then = ("Caught up in", catch_up) if full is None else ("Full in", full)
    return (
        ("Rows", "–" if channel.rows is None else count(channel.rows)),
        ("Rate", "–" if channel.rows_s is None else f"{channel.rows_s:.3g} rows/s"),
        ("Waiting", "–" if waits is None else count(waits)),
        (then[0], "–" if then[1] is None else span(then[1])),
        ("Not readable", count(channel.bad)),
    )


def rows(thing: Thing, now: datetime | None = None) -> Pairs:
    """Name and value of what is worth knowing about a server, session, batch or file."""
    now = now or datetime.now(UTC)
    match thing.payload:
        case Server() as server:
            login = "none" if server.auth.kind == "none" else f"{server.auth.kind} {server.auth.user}".strip()
            return (
                ("Address", server.url), ("Login", login), ("Certificates", server.verify),
                ("Spark history", server.history_url or "–"), ("Known by", server.origin),
            )  # fmt: skip
        case Session() as session:
            return (
                ("Number", str(session.id)), ("Name", session.name or "–"), ("Owner", session.owner or "–"),
                ("Acts as", session.proxyUser or "–"), ("Language", language(session.kind)),
                ("Spark application", session.appId or "–"), ("Spark UI", session.appInfo.sparkUiUrl or "–"),
                ("Started here", "yes" if thing.mine else "no"),
            )  # fmt: skip
        case FileFacts() as file:
            return (
                ("Place", file.uri or "all file systems"), ("Kind", f"{file.format} {file.kind}".strip()),
                ("Size", size(file.size_bytes) if file.kind == "file" else "–"), ("Owner", file.owner or "–"),
                ("Rights", file.permission or "–"),
                ("Changed", "–" if file.changed is None else f"{since(file.changed, now)} ago"),
            )  # fmt: skip
        case Column(field=column):
            return (
                ("Type", column.words), ("Unit", column.unit or "–"), ("Meaning", column.ucd or "–"),
                ("May be null", "yes" if column.nullable else "no"), ("Comment", column.comment or "–"),
            )  # fmt: skip
        case Channel() as channel:
            return (
                ("Volume", size(channel.written_bytes) if channel.written_bytes else "–"),
                ("Behind by", "–" if channel.lag_s is None else span(channel.lag_s)),
                ("Room for what waits", "–" if channel.fullness is None else f"{channel.fullness:.0%} full"),
                ("Into", channel.to or "–"), ("Shown as", channel.table or "–"),
                ("Only where", channel.where or "every row"),
                ("At most at once", count(channel.at_once) if channel.at_once else "all that is there"),
                ("Route", _ROUTES.get(channel.route, "–")), ("Way that was found", _way(channel, now)),
                ("Starts by itself", channel.times or "never"),
                ("Proof", channel.proved or "none yet"), ("Last not readable", channel.bad_why or "–"),
                ("Id", channel.name),
            )  # fmt: skip
        case Batch() as batch:
            return (
                ("Number", str(batch.id)), ("Name", batch.name or "–"), ("Owner", batch.owner or "–"),
                ("Spark application", batch.appId or "–"), ("Spark UI", batch.appInfo.sparkUiUrl or "–"),
                ("Started here", "yes" if thing.mine else "no"),
            )  # fmt: skip
    return ()
