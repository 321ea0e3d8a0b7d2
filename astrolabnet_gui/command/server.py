"""What can be done with servers."""

from __future__ import annotations

import uuid
from typing import Any

from pydantic import Field

from ..client.probe import look_at
from ..client.tls import fingerprint_of, in_pairs
from ..errors import AstroLabNetError, NotApplicable
from ..model.key import Key
from ..model.server import Server
from ..model.thing import Thing
from .batch import start_program
from .context import Context
from .logins import ADVANCED, LASTS, PLAIN, EditParams, ServerParams, forget_login, login_of
from .opening import session_for
from .registry import Params, Result, command
from .sending import SendParams, language_of, send
from .session import server_up
from .undo import way_back


class RemoveParams(Params):
    """Whether it was asked."""

    sure: bool = Field(default=False, title="Without a question", json_schema_extra=ADVANCED)


@command(
    "server.add", "Add server…", params=ServerParams, inverse="server.remove", icon="add",
    example='net.server.add(alias="lal", url="https://livy.example.org:8998")',
)  # fmt: skip
async def add(ctx: Context, _key: Key | None, params: ServerParams) -> Result:
    """Take a Livy server into the workspace; it is asked at once, and shows what runs there.

    A password or token is kept in the keyring of the computer; the workspace holds only its name.
    """
    ident = uuid.uuid4().hex
    place = max((s.place for s in ctx.engine.servers()), default=0)
    server, kept = await login_of(ctx, Server(uuid=ident, alias="new", url="http://localhost", place=place), params)
    ctx.house.workspace.save_server(server)
    await ctx.blocking(ctx.house.trusted.meet, server)
    key = ctx.engine.add_server(server)
    back = way_back(f"add {server.alias}", "server.remove", key, sure=True)
    return Result(text=f"{server.alias} is in the workspace.{'' if kept else LASTS}", focus=key, data=back)


def _now(thing: Thing) -> dict[str, Any]:
    server: Server = thing.payload
    return server.model_dump(include=set(PLAIN)) | {
        "login": server.auth.kind, "user": server.auth.user, "certificate": server.auth.certificate,
    }  # fmt: skip


@command(
    "server.edit", "Edit…", on=("servers",), params=EditParams, starts=_now, inverse="server.edit",
    icon="settings", group="change",
    example='net["lal"].edit(url="https://livy.example.org:8999")',
)  # fmt: skip
async def edit(ctx: Context, key: Key, params: EditParams) -> Result:
    """Change name, address or login of a server; what is left out stays as it is."""
    old = ctx.server(key)
    server, kept = await login_of(ctx, old, params)
    ctx.house.workspace.save_server(server)
    if ctx.house.trusted.met(old):
        await ctx.blocking(ctx.house.trusted.meet, server)
    await ctx.engine.change_server(server)
    before = old.model_dump(mode="json", include={*PLAIN})
    changed = {name: before[name] for name in PLAIN if getattr(old, name) != getattr(server, name)}
    was, now = old.auth, server.auth
    if (was.kind, was.user, was.certificate) != (now.kind, now.user, now.certificate):
        changed |= {"login": str(was.kind), "user": was.user, "certificate": was.certificate}
    back = way_back(f"edit {old.alias}", "server.edit", key, **changed) if changed else None
    return Result(text=f"{server.alias} is changed.{'' if kept else LASTS}", focus=key, data=back)


@command(
    "server.remove", "Remove from workspace", on=("servers",), params=RemoveParams, inverse="server.restore",
    icon="close", group="remove",
    dangerous=lambda t, given: "" if given.sure else f"Take {t.label} out of the workspace? What runs there goes on.",
    example='net["lal"].remove()',
)  # fmt: skip
async def remove(ctx: Context, key: Key, params: RemoveParams) -> Result:
    """Forget a server. Nothing is closed or stopped there; only this workspace no longer shows it."""
    server = ctx.server(key)
    ctx.house.workspace.drop_server(server.uuid)
    await ctx.engine.remove_server(server.uuid)
    await forget_login(ctx, server)
    back = way_back(f"remove {server.alias}", "server.restore", None, server=server.model_dump(mode="json"))
    return Result(text=f"{server.alias} is no longer in the workspace.", data=back)


@command(
    "server.test", "Test connection", on=("servers",), scope="read", idempotent=True, icon="plug-in", group="open",
    example='net["lal"].test()',
)  # fmt: skip
async def test(ctx: Context, key: Key, params: Params) -> Result:
    """Ask the server who it is and what it holds, now and whatever state it is in."""
    ctx.said("asking")
    ctx.engine.poll_now(key.server)
    report = await look_at(ctx.client(key))
    if report.finding != "fine":
        raise AstroLabNetError(f"{report.finding}: {report.text}", server=ctx.alias(key), remedy=report.remedy)
    return Result(text=f"{ctx.alias(key)} answers: {report.text}.", data=report.model_dump(mode="json"))


class TrustParams(Params):
    """The certificate as somebody said it."""

    sha256: str = Field(
        default="", title="Fingerprint", description="As the server's owner says it; empty: the one it shows now."
    )


@command(
    "server.trust", "Trust certificate…", on=("servers",), params=TrustParams, inverse="server.edit",
    icon="settings", group="change",
    example='net["lal"].trust(sha256="5A:1F:…")',
)  # fmt: skip
async def trust(ctx: Context, key: Key, params: TrustParams) -> Result:
    """Take one certificate of the server as its own, and no other, whoever signed it.

    Compare the fingerprint with its owner first, over another way than this one. A certificate that changed is
    refused until you do this again: nothing is ever sent to a server whose certificate is not trusted.
    """
    old = ctx.server(key)
    if not old.url.startswith("https:"):
        raise NotApplicable("it has no certificate: its address begins with http://.", server=old.alias)
    ctx.said("looking at its certificate")
    shown = await ctx.client(key).way.look(old.url, 10.0)
    if not shown:
        raise NotApplicable("it shows no certificate just now.", server=old.alias, remedy="Try when it answers.")
    if params.sha256 and fingerprint_of(params.sha256) != shown:
        what = f"it shows another certificate, with sha256 {in_pairs(shown)}. STOP: do not log in there."
        raise NotApplicable(what, server=old.alias, remedy="Ask its owner.")
    if not params.sha256:
        question = f"Does the owner of {old.alias} say that its certificate has the sha256 {in_pairs(shown)}?"
        if not await ctx.ask(question):
            return Result(text="Nothing is trusted that was not before.", focus=key)
    server = old.model_copy(update={"verify": f"pin:{shown}"})
    ctx.house.workspace.save_server(server)
    await ctx.blocking(ctx.house.trusted.meet, server)
    await ctx.engine.change_server(server)
    back = way_back(f"trust in {old.alias}", "server.edit", key, verify=old.verify)
    return Result(text=f"{old.alias} is trusted by {in_pairs(shown)} alone.", focus=key, data=back)


@command(
    "server.send", "Send action…", on=("servers",), params=SendParams, when=server_up, icon="send",
    example='net["lal"].send("pi", darts=1000000)',
)  # fmt: skip
async def send_to_server(ctx: Context, server: Key, params: SendParams) -> Result:
    """Send code, or an action of the library, to the server.

    It goes to an idle session of yours in that language, else a new one is opened and waited for. SQL goes to any
    session of yours, so that it sees the tables and views made there. An action that is a script or a JAR runs as a
    batch.
    """
    action = ctx.house.library.get(params.action, params.kind) if params.action else None
    if action is not None and action.program is not None:
        return await start_program(ctx, server, action, params)
    session = await session_for(ctx, server, language_of(ctx, params))
    return await send(ctx, session, params)
