"""What can be done with servers."""

from __future__ import annotations

import uuid
from typing import Any

from pydantic import Field, ValidationError
from pydantic.config import JsonDict

from ..client.probe import look_at
from ..errors import AstroLabNetError, BadInput
from ..model.key import Key
from ..model.server import Auth, AuthKind, Server
from ..model.thing import Thing
from .batch import start_program
from .context import Context
from .opening import session_for
from .registry import Params, Result, command
from .sending import SendParams, language_of, send
from .session import server_up
from .undo import way_back

_SECRET: JsonDict = {"widget": "secret"}
_ADVANCED: JsonDict = {"advanced": True}


class ServerParams(Params):
    """Address and login of a server."""

    alias: str = Field(title="Name", min_length=1, max_length=64, description="Short, as it is typed in scripts: lal.")
    url: str = Field(title="Address of Livy", description="As https://livy.example.org:8998, with its path if any.")
    login: AuthKind = Field(default=AuthKind.NONE, title="Login", json_schema_extra={"widget": "choice"})
    user: str = Field(default="", title="User")
    secret: str = Field(
        default="", title="Password or token", json_schema_extra=_SECRET,
        description="Goes to the keyring; or env:NAME, or file:PATH of a file only you can read.",
    )  # fmt: skip
    headers: dict[str, str] = Field(
        default_factory=dict, title="Headers", json_schema_extra=_SECRET | _ADVANCED,
        description="For the login by headers: name and secret value.",
    )  # fmt: skip
    verify: str = Field(
        default="system", title="Trust", json_schema_extra=_ADVANCED,
        description="system, the path of a CA file, or pin:<sha256> of a certificate.",
    )  # fmt: skip
    history_url: str = Field(default="", title="Spark History Server", json_schema_extra=_ADVANCED)
    spark_ui: dict[str, str] = Field(
        default_factory=dict, title="Spark UI", json_schema_extra=_ADVANCED,
        description="Beginning of an address as the server says it, and as it is reached from here.",
    )  # fmt: skip
    results: str = Field(
        default="", title="Folder of results", json_schema_extra=_ADVANCED,
        description="Where tasks leave their results, as the server sees it: hdfs:///results. Empty: as its Spark "
        "settings say, else .astrolabnet/results in its home folder.",
    )  # fmt: skip
    timeout_s: float = Field(default=8.0, gt=0, le=600, title="Patience, s", json_schema_extra=_ADVANCED)


class EditParams(Params):
    """What shall change; a field that is not given stays."""

    alias: str | None = Field(default=None, title="Name", min_length=1, max_length=64)
    url: str | None = Field(default=None, title="Address of Livy")
    login: AuthKind | None = Field(default=None, title="Login", json_schema_extra={"widget": "choice"})
    user: str | None = Field(default=None, title="User")
    secret: str | None = Field(default=None, title="Password or token", json_schema_extra=_SECRET)
    headers: dict[str, str] | None = Field(default=None, title="Headers", json_schema_extra=_SECRET | _ADVANCED)
    verify: str | None = Field(default=None, title="Trust", json_schema_extra=_ADVANCED)
    history_url: str | None = Field(default=None, title="Spark History Server", json_schema_extra=_ADVANCED)
    spark_ui: dict[str, str] | None = Field(default=None, title="Spark UI", json_schema_extra=_ADVANCED)
    results: str | None = Field(default=None, title="Folder of results", json_schema_extra=_ADVANCED)
    timeout_s: float | None = Field(default=None, gt=0, le=600, title="Patience, s", json_schema_extra=_ADVANCED)


class RemoveParams(Params):
    """Whether it was asked."""

    sure: bool = Field(default=False, title="Without a question", json_schema_extra=_ADVANCED)


_LASTS = " This computer has no keyring: the password is kept only until you quit."
_PLAIN = ("alias", "url", "verify", "history_url", "spark_ui", "results", "timeout_s")


@command(
    "server.add", "Add server…", params=ServerParams, inverse="server.remove", icon="add",
    example='net.server.add(alias="lal", url="https://livy.example.org:8998")',
)  # fmt: skip
async def add(ctx: Context, _key: Key | None, params: ServerParams) -> Result:
    """Take a Livy server into the workspace; it is asked at once, and shows what runs there.

    A password or token is kept in the keyring of the computer; the workspace holds only its name.
    """
    ident = uuid.uuid4().hex
    auth, kept = await _login(ctx, ident, Auth(), params)
    place = max((s.place for s in ctx.engine.servers()), default=0)
    server = server_of(Server(uuid=ident, alias="new", url="http://localhost", auth=auth, place=place), params)
    ctx.house.workspace.save_server(server)
    key = ctx.engine.add_server(server)
    back = way_back(f"add {server.alias}", "server.remove", key, sure=True)
    return Result(text=f"{server.alias} is in the workspace.{'' if kept else _LASTS}", focus=key, data=back)


def _now(thing: Thing) -> dict[str, Any]:
    server: Server = thing.payload
    return server.model_dump(include=set(_PLAIN)) | {"login": server.auth.kind, "user": server.auth.user}


@command(
    "server.edit", "Edit…", on=("servers",), params=EditParams, starts=_now, inverse="server.edit",
    icon="settings", group="change",
    example='net["lal"].edit(url="https://livy.example.org:8999")',
)  # fmt: skip
async def edit(ctx: Context, key: Key, params: EditParams) -> Result:
    """Change name, address or login of a server; what is left out stays as it is."""
    old = ctx.server(key)
    auth, kept = await _login(ctx, old.uuid, old.auth, params)
    server = server_of(old.model_copy(update={"auth": auth}), params)
    ctx.house.workspace.save_server(server)
    await ctx.engine.change_server(server)
    before = old.model_dump(mode="json", include={*_PLAIN})
    changed = {name: before[name] for name in _PLAIN if getattr(old, name) != getattr(server, name)}
    if (old.auth.kind, old.auth.user) != (server.auth.kind, server.auth.user):
        changed |= {"login": old.auth.kind.value, "user": old.auth.user}
    back = way_back(f"edit {old.alias}", "server.edit", key, **changed) if changed else None
    return Result(text=f"{server.alias} is changed.{'' if kept else _LASTS}", focus=key, data=back)


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
    for name in (server.auth.secret, *server.auth.headers.values()):
        if name.startswith(server.uuid):
            await ctx.blocking(ctx.house.secrets.forget, name)
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


async def _login(ctx: Context, ident: str, old: Auth, params: ServerParams | EditParams) -> tuple[Auth, bool]:
    """The login as it is stored; False if a secret lasts only until the program ends."""
    kept = True
    update: dict[str, Any] = {}
    if params.login is not None:
        update["kind"] = params.login
    if params.user is not None:
        update["user"] = params.user
    if params.secret:
        name = params.secret
        if not name.startswith(("env:", "file:")):
            name = f"{ident}/login"
            kept = await ctx.blocking(ctx.house.secrets.write, name, params.secret)
        update["secret"] = name
    if params.headers is not None:
        update["headers"] = {}
        for header, secret in params.headers.items():
            name = secret
            if not secret.startswith(("env:", "file:")):
                name = f"{ident}/header/{header}"
                kept = await ctx.blocking(ctx.house.secrets.write, name, secret) and kept
            update["headers"][header] = name
    return old.model_copy(update=update), kept


def server_of(old: Server, params: ServerParams | EditParams) -> Server:
    """``old`` with what is given, checked.

    Raises:
        BadInput: ``field`` names what can not be used.
    """
    given = {name: value for name in _PLAIN if (value := getattr(params, name)) is not None}
    try:
        return Server.model_validate(old.model_dump() | given)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{first['msg'].removeprefix('Value error, ')}.", field=field) from exc
