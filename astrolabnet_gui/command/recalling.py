"""What can be asked of the past: its moments, all things at one of them, and what was done since."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field

from ..errors import BadInput
from ..journal.past import Past, difference
from ..journal.row import Row, State
from ..model.key import Key
from ..model.told import read_key, read_thing
from .context import Context
from .registry import COMMANDS, Params, Result, command
from .script import Done, script_of

PAGE, MOST_ACTS = 500, 2_000
_CARRIED_OUT = frozenset({State.ACK, State.DONE})


class Moment(Params):
    """Which moment."""

    time: str = Field(title="Moment", description="UTC, as 2026-11-26T01:30 or seconds since 1970")
    base: str = Field(
        default="", title="Only what differs from", description="an earlier answer's moment",
        json_schema_extra={"advanced": True},
    )  # fmt: skip


def seconds(text: str, field: str = "time") -> float:
    """Seconds since 1970 of a moment as a person writes it; without a zone it is UTC.

    Raises:
        BadInput: it is no moment.
    """
    try:
        return float(text)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{text[:40]!r} is no moment; write 2026-11-26T01:30.", field=field) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _words(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(" ", "seconds").removesuffix("+00:00") + " UTC"


@command(
    "journal.moments",
    "Moments of the past",
    scope="read",
    icon="journal",
    group="open",
    example="net.journal.moments()",
)
async def moments(ctx: Context, _key: Key | None, _params: Params) -> Result:
    """List the moments at which something changed, as far back as they are kept.

    The window writes down what every server, session, task and channel is, as it changes; the oldest is dropped when
    the file grows over 64 MB. Code and output of others are not kept.
    """
    times = (await ctx.house.recording.ask(Past.span)).times
    if not times:
        return Result(text="Nothing was written down yet.", data={"times": []})
    text = f"{len(times)} moments, from {_words(times[0])} to {_words(times[-1])}."
    return Result(text=text, data={"times": list(times)})


@command(
    "journal.past", "Things at a past moment…", params=Moment, scope="read", icon="journal", group="open",
    example="net.journal.past(time='2026-11-26T01:30')",
)  # fmt: skip
async def past(ctx: Context, _key: Key | None, params: Moment) -> Result:
    """Say what every server, session, task and channel was at a past moment, as this computer saw it then."""
    at = seconds(params.time)
    base = seconds(params.base, "base") if params.base else None

    def look(past: Past) -> tuple[dict[str, str], list[str], dict[str, str]]:
        now = past.at(at)
        come, gone = difference({} if base is None else past.at(base), now)
        return come, gone, now

    come, gone, now = await ctx.house.recording.ask(look)
    lines = _lines(now) if base is None else []
    head = f"{_words(at)}: {len(now)} things" if now else f"{_words(at)}: nothing is known of that moment"
    return Result(text="\n".join([head, *lines]), data={"time": at, "set": come, "gone": gone})


def _lines(now: dict[str, str]) -> list[str]:
    things = []
    for key, text in now.items():
        try:
            things.append(read_thing(key, text))
        except ValueError:
            continue
    aliases = {thing.key.server: thing.label for thing in things if not thing.key.path}
    found = sorted((thing.key.address(aliases.get(thing.key.server, "")), thing.state) for thing in things)
    return [f"{address}  {state}" for address, state in found]


@command(
    "journal.since", "What was done since…", params=Moment, scope="read", icon="journal", group="open",
    example="net.journal.since(time='2026-11-26T01:30')",
)  # fmt: skip
async def since(ctx: Context, _key: Key | None, params: Moment) -> Result:
    """List the acts that were carried out since a moment, oldest first, as lines that would do them again."""
    found = [
        {"time": row.time.isoformat(), "command": row.command, "key": row.key, "params": row.params, "line": row.line}
        for row in await _carried_out(ctx, seconds(params.time))
    ]
    return Result(text="\n".join(str(a["line"]) for a in found) or "Nothing was done since.", data={"acts": found})


class Span(Params):
    """From when to when."""

    time: str = Field(title="From", description="UTC, as 2026-11-26T01:30 or seconds since 1970")
    until: str = Field(default="", title="Until", description="the same; nothing: now")


@command(
    "journal.script", "Record as a script…", params=Span, scope="read", icon="journal", group="copy",
    example="net.journal.script(time='2026-11-26T01:30')",
)  # fmt: skip
async def script(ctx: Context, _key: Key | None, params: Span) -> Result:
    """Give what was done between two moments as a program that does it again.

    Servers are parameters at its head; a session or task that was made has a name in the lines after it. Run it with
    ``astrolabnet -s FILE``, or ``-c -s FILE`` without a window. Secrets are not in it.
    """
    until = seconds(params.until, "until") if params.until else float("inf")
    rows = [row for row in await _carried_out(ctx, seconds(params.time)) if row.time.timestamp() <= until]
    if not rows:
        return Result(text="# Nothing was done in that time.")
    return Result(text=script_of(Done(row.line, row.key, _focus(row)) for row in rows))


def _focus(row: Row) -> Key | None:
    told = row.evidence.get("focus")
    return read_key(told) if isinstance(told, str) else None


async def _carried_out(ctx: Context, since_s: float) -> list[Row]:
    """Acts that were carried out since a moment, oldest first."""
    at = datetime.fromtimestamp(since_s, UTC)
    acts: dict[str, Row] = {}
    ended: set[str] = set()
    before: int | None = None
    while len(acts) < MOST_ACTS:
        page = await ctx.written(ctx.house.journal.history(PAGE, before))
        for row in page:
            # Only the newest line of an act says how it ended.
            fit = row.time > at and row.act == row.run and row.command in COMMANDS and row.act not in ended
            ended.add(row.act)
            if fit and row.state in _CARRIED_OUT:
                acts[row.act] = row
        if len(page) < PAGE or page[-1].time <= at:
            break
        before = page[-1].seq
    return list(reversed(acts.values()))
