"""Adopting: tasks are rebuilt from a server alone, by the marks in what runs there; nothing is sent or kept alive."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import AstroLabNetError, JournalClosed, NotApplicable
from ..model.key import Key
from ..model.livy import MADE_NAME, Batch, Session, Statement
from ..model.record import moment
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.marker import Marker, duplicate_error, slug, strip
from ..tasks.reconcile import kept
from ..tasks.verdict import words
from .context import Context
from .registry import Params, Result, command
from .sending import first_words, not_ready
from .session import server_up

_RAN = "It ran, but the server no longer keeps its result."


@dataclass(slots=True)
class Seen:
    """What was found: statements in all, and those shown as tasks of mine, and of them sent from another site."""

    statements: int = 0
    mine: int = 0
    elsewhere: int = 0
    missing: int = 0

    def add(self, other: Seen) -> None:
        """Both together."""
        self.statements += other.statements
        self.mine += other.mine
        self.elsewhere += other.elsewhere
        self.missing += other.missing

    @property
    def sentence(self) -> str:
        """In words."""
        words = ["1 statement is there." if self.statements == 1 else f"{self.statements} statements are there."]
        if self.elsewhere:
            they = "it is" if self.elsewhere == 1 else "they are"
            words.append(f"{self.elsewhere} of them you sent from another site: now {they} followed here too.")
        if self.missing:
            words.append(f"{self.missing} more are not shown.")
        return " ".join(words)


@command(
    "session.attach", "Show what ran there", on=("sessions",), when=not_ready, scope="read", idempotent=True,
    icon="search", group="open", example='net["lal"].sessions[3].attach()',
)  # fmt: skip
async def attach(ctx: Context, session: Key, params: Params) -> Result:
    """Show the statements of a session, also of one that others opened; those that still run are followed.

    The server is asked for the list once, for it sends every result it still has. Looking does not keep the session
    from ending by itself.
    """
    if session.kind != "sessions":
        raise NotApplicable("this is no session.")
    ctx.said("asking for what ran there")
    try:
        seen = await look(ctx, session)
    except TimeoutError as exc:
        raise _too_long(ctx, session) from exc
    return Result(text=seen.sentence, focus=session)


@command(
    "session.adopt", "Find tasks sent from elsewhere", on=("servers",), when=server_up, scope="read", idempotent=True,
    icon="search", group="open", example='net["lal"].adopt_session()',
)  # fmt: skip
async def adopt(ctx: Context, server: Key, params: Params) -> Result:
    """Rebuild the tasks of this workspace from the server alone, on a computer that did not send them.

    Every session that was opened by AstroLabNet is asked once for what ran there. Yours, by its name, gives its tasks
    with their results: running ones are followed, ended ones are kept here. Of others' sessions the tasks are shown.
    Nothing is sent, and no session is kept from ending by itself.
    """
    await _list_mine(ctx, server)
    there = [t for t in ctx.engine.store.children(server) if made_here(t)]
    sessions = [t for t in there if t.key.kind == "sessions" and not not_ready(t)]
    batches = sum(t.key.kind == "batches" and t.mine for t in there)
    total, problems = Seen(), []
    for number, thing in enumerate(sessions):
        ctx.progress(number / len(sessions), f"asking {thing.label} for what ran there")
        try:
            total.add(await look(ctx, thing.key))
        except TimeoutError:
            problems.append(_too_long(ctx, thing.key).what)
        except AstroLabNetError as exc:
            problems.append(f"{thing.label}: {words(exc)}")
    if not sessions and not batches:
        return Result(text="No session or batch of AstroLabNet is on this server.", data={"problems": problems})
    own = f"{batches} batch{' is' if batches == 1 else 'es are'} yours."
    text = " ".join([total.sentence, *([own] if batches else []), *problems])
    counts = {"statements": total.statements, "mine": total.mine, "elsewhere": total.elsewhere, "batches": batches}
    return Result(text=text, data=counts | {"problems": problems})


async def _list_mine(ctx: Context, server: Key) -> None:
    """My sessions and batches stand in sight, though the first list of this server may still be on its way."""
    client = ctx.client(server)
    seen = {t.key.path for t in ctx.engine.store.children(server)}
    for kind, listed in (
        ("sessions", (await client.sessions()).sessions),
        ("batches", (await client.batches()).sessions),
    ):
        for one in listed:
            if (kind, one.id) not in seen and ctx.house.owns(one.name or ""):
                ctx.engine.claim(server.server, one)


def made_here(thing: Thing) -> bool:
    """Whether a session or batch has a name that an AstroLabNet made, of whatever workspace."""
    payload = thing.payload
    return isinstance(payload, (Session, Batch)) and MADE_NAME.fullmatch(payload.name or "") is not None


async def look(ctx: Context, session: Key) -> Seen:
    """Show every statement a session still keeps, and follow those that have not ended.

    Raises:
        TimeoutError: it does not answer; it may be busy with outputs too large for its channel.
        AstroLabNetError: the server does not let it.
    """
    place = ctx.thing(session)
    own = place.mine
    owner = (place.payload.proxyUser or place.payload.owner or "") if isinstance(place.payload, Session) else ""
    found = await kept(ctx.client(session), session.id)
    seen = Seen(statements=len(found.statements), missing=max(0, found.total_statements - len(found.statements)))
    tasks = [t.payload for t in ctx.engine.store.things.values() if isinstance(t.payload, Task)]
    live = {t.task_key for t in tasks if t.statement is not None and not t.place}
    numbers = {t.payload.statement.id for t in ctx.engine.store.children(session) if _has_number(t)}
    # The lowest number of a key is its run; later ones are copies that the guard has stopped.
    for statement in sorted(found.statements, key=lambda s: (isinstance(s.id, str), s.id)):
        if statement.id in numbers:
            continue
        stripped = strip(statement.code)
        marker = stripped.marker
        # A marker alone is no proof: anybody can write one.
        mine = own and marker is not None and marker.workspace == ctx.house.workspace.short
        mine = mine and marker is not None and marker.key not in live
        task = Task(
            statement=statement, language=stripped.kind, code=stripped.code, line_shift=stripped.line_shift,
            sent=moment(statement.started), name="" if marker is None else _name(ctx, marker, stripped.code),
            owner="" if mine else owner,
        )  # fmt: skip
        if marker is None:
            ctx.show(session, task)
            continue
        elsewhere = not mine or not await _sent_from_here(ctx, marker)
        task = task.model_copy(
            update={"task_key": marker.key if mine else "", "site": marker.workspace if elsewhere else ""}
        )
        if mine:
            live.add(marker.key)
            seen.mine += 1
            seen.elsewhere += elsewhere
        if mine and _stopped(statement, marker):
            ctx.show(session, task.model_copy(update={"statement": None}), "lost", _RAN)
        else:
            ctx.show(session, task)
    return seen


def _name(ctx: Context, marker: Marker, code: str) -> str:
    """What the task was called where it was sent. Its mark has only the letters; a title of the library or the first
    words of the code that give the same letters are the name."""
    titles = [action.title for action in ctx.house.library.actions()]
    return next((n for n in (*titles, first_words(code)) if slug(n) == marker.slug), marker.slug.replace("-", " "))


async def _sent_from_here(ctx: Context, marker: Marker) -> bool:
    """Whether the journal of this state folder knows of the sending."""
    try:
        rows = await ctx.written(ctx.house.journal.of_act(marker.key))
    except JournalClosed:
        return False
    return bool(rows)


def _stopped(statement: Statement, marker: Marker) -> bool:
    output = statement.output or {}
    return output.get("status") == "error" and duplicate_error(marker.key) in str(output.get("evalue", ""))


def _has_number(thing: Thing) -> bool:
    return isinstance(thing.payload, Task) and thing.payload.statement is not None


def _too_long(ctx: Context, session: Key) -> NotApplicable:
    return NotApplicable(
        f"{ctx.thing(session).label} does not give its list: it may hold results too large to be sent together.",
        server=ctx.alias(session), remedy="Try again when it is idle.",
    )  # fmt: skip
