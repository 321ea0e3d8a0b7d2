"""The island: a local server of real Spark, started and stopped as a process; nothing of it is imported here."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import uuid

from pydantic import Field

from ..errors import AstroLabNetError, Missing
from ..model.key import Key
from ..model.server import Auth, AuthKind, Server
from ..settings.workspace import free_alias
from .context import Context
from .looking import utility_of
from .registry import Params, Result, command

PROGRAM = (sys.executable, "-P", "-m", "astrolabnet_gui.island")
START_S = 120.0
_MISSING = 3
_OPEN = frozenset({"idle", "busy", "running", "starting", "not_started"})


class StartParams(Params):
    """How the island shall run."""

    keep_running: bool | None = Field(
        default=None, title="Keep it running",
        description="It goes on when AstroLabNet ends. Empty: as preferred; what a command or a script starts goes on.",
    )  # fmt: skip
    livy_home: str = Field(
        default="", title="Apache Livy", json_schema_extra={"advanced": True},
        description="Folder of an unpacked Apache Livy to start in place of our own. Empty: as preferred.",
    )  # fmt: skip


@command("island.start", "Start local island", params=StartParams, idempotent=True, inverse="island.stop",
         icon="island", example="net.island.start()")  # fmt: skip
async def start(ctx: Context, _key: Key | None, params: StartParams) -> Result:
    """Start a Spark server on this computer and take it into the workspace as "local".

    It speaks the language of Livy, so all that works with servers works with it. It answers on this computer only,
    to you only. One that runs already is found and used.
    """
    likes = ctx.house.preferences.value.island
    keep = likes.keep_running or ctx.house.brief if params.keep_running is None else params.keep_running
    livy_home = params.livy_home or likes.livy_home
    known = next((s for s in ctx.engine.servers() if s.is_island), None)
    if known is not None:
        ctx.engine.announce(known.uuid, "starting")
    arguments = ["start", "--json", *([] if keep else ["--exit-with-parent"])]
    try:
        said = await _island(ctx, *arguments, *([f"--livy-home={livy_home}"] if livy_home else []))
    except BaseException:
        if known is not None:
            ctx.engine.announce(known.uuid, "")
        raise
    server = _server(ctx, known, said)
    ctx.house.workspace.save_server(server)
    await ctx.blocking(ctx.house.trusted.meet, server)
    if known is None:
        key = ctx.engine.add_server(server)
    else:
        await ctx.engine.change_server(server)
        key = Key(server.uuid)
    about = {name: said.get(name, "") for name in ("url", "pid", "spark", "java", "python", "log")}
    return Result(text=f"The island is up: Spark {about['spark']}, Java {about['java']}.", focus=key, data=about)


@command("island.stop", "Stop local island", idempotent=True, inverse="island.start", icon="pause", group="remove",
         example="net.island.stop()")  # fmt: skip
async def stop(ctx: Context, _key: Key | None, params: Params) -> Result:
    """End the island and all its sessions. Tables it has written stay on the disk."""
    known = next((s for s in ctx.engine.servers() if s.is_island), None)
    here = [] if known is None else ctx.engine.store.children(Key(known.uuid))
    count = len([t for t in here if t.stale_since is None and t.state in _OPEN])
    if count and not await ctx.ask(
        f"{count} session{'s are' if count > 1 else ' is'} open on the island. Stop it and lose what they hold?"
    ):
        return Result(text="The island goes on.", data={"done": False})
    ctx.said("stopping the island")
    said = await _process(ctx, "stop")
    if known is not None:
        ctx.engine.announce(known.uuid, "stopped")
    return Result(text=said.strip() or "The island has ended.")


@command("island.status", "Island's state", scope="read", idempotent=True, icon="island", group="open",
         example="net.island.status()")  # fmt: skip
async def status(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Say how many sessions run on the island, how many its memory carries, and how much of it they use."""
    said = json.loads(await _process(ctx, "status", "--json"))
    used, free = (float(said.get(f"memory.{name}_bytes", 0)) / 1e9 for name in ("used", "available"))
    spare = ", a warm one waits" if said.get("spare.ready") else ""
    return Result(
        text=f"{said.get('sessions.active', '?')} of {said.get('sessions.max', '?')} sessions{spare}; "
        f"{used:.1f} GB used, {free:.1f} GB free.",
        data=said,
    )


@command("island.kafka", "Fetch Kafka for the island", idempotent=True, icon="plug-in",
         example="net.island.kafka()")  # fmt: skip
async def kafka(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Fetch Spark's connectors for Kafka and Avro (about 10 MB, once); sessions and channels from then on have them."""
    said = await _process(ctx, "fetch", "kafka", saying="fetching the connectors")
    known = next((s for s in ctx.engine.servers() if s.is_island), None)
    if known is not None:
        # The small session that looks at data was opened without them.
        await utility_of(ctx, Key(known.uuid)).close()
    return Result(text=f"Spark's connectors for Kafka: {said.strip()}")


class IslandLogParams(Params):
    """Which part of the log."""

    lines: int = Field(default=200, ge=1, le=10_000, title="Lines", description="The newest so many.")


@command("island.log", "Island's log", params=IslandLogParams, scope="read", idempotent=True, icon="journal",
         group="open", example="net.island.log()")  # fmt: skip
async def log(ctx: Context, _key: Key | None, params: IslandLogParams) -> Result:
    """Show the newest lines of the log of the island itself; each session has its own."""
    lines = (await _process(ctx, "logs")).splitlines()
    return Result(text=f"{len(lines)} lines", data={"lines": lines[-params.lines :], "total": len(lines)})


async def _island(ctx: Context, *arguments: str) -> dict[str, object]:
    """What ``start --json`` says."""
    text = await _process(ctx, *arguments, saying="starting the island")
    try:
        said = json.loads(text.strip().splitlines()[-1])
        if not isinstance(said, dict) or not isinstance(said.get("url"), str):
            raise ValueError
    except (ValueError, IndexError) as exc:
        raise AstroLabNetError(
            "the island started, but did not say where it is.", server="local", remedy="See its log: island.log."
        ) from exc
    return said


async def _process(ctx: Context, *arguments: str, saying: str = "") -> str:
    """Output of one island command; its own words as the error.

    Raises:
        Missing: this computer lacks something (the extra, Java).
        AstroLabNetError: it failed, or took too long.
    """
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    speaking = asyncio.create_task(_tell_time(ctx, saying)) if saying else None
    try:
        async with asyncio.timeout(START_S):
            out, err = await process.communicate()
    except TimeoutError as exc:
        raise AstroLabNetError(
            f"the island did not answer within {START_S:.0f} s.", server="local", remedy="See its log: island.log."
        ) from exc
    finally:
        if speaking is not None:
            speaking.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        lines = [line for line in err.decode("utf-8", "replace").splitlines() if line.strip()]
        words = " ".join(lines[-8:]) or f"the island ended with code {process.returncode}."
        if process.returncode == _MISSING:
            raise Missing(words, server="local")
        raise AstroLabNetError(words, server="local", remedy="See its log: island.log.")
    return out.decode("utf-8", "replace")


async def _tell_time(ctx: Context, saying: str) -> None:
    seconds = 0
    while True:
        ctx.said(f"{saying} … {seconds} s" if seconds else saying)
        await asyncio.sleep(1.0)
        seconds += 1


def _server(ctx: Context, known: Server | None, said: dict[str, object]) -> Server:
    """The island as a server of the workspace. Its token stays in its file."""
    token = str(said.get("token_file") or "")
    auth = Auth(kind=AuthKind.BEARER, secret=f"file:{token}") if token else Auth()
    if known is not None:
        return known.model_copy(update={"url": said["url"], "auth": auth})
    alias = free_alias("local", tuple(ctx.engine.servers()))
    return Server(uuid=uuid.uuid4().hex, alias=alias, url=str(said["url"]), origin="island", auth=auth)
