"""What can be done with the list of servers: order, tint, bringing one back that was removed, a look before adding."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationError

from ..client.livy import LivyClient
from ..client.probe import look_at
from ..errors import AstroLabNetError, BadInput, Missing
from ..model.key import Key
from ..model.server import Auth, Server, Tint
from ..settings.trusted import Trusted
from .context import Context
from .logins import ServerParams, server_of
from .registry import Params, Result, command
from .undo import way_back

_PROBE = "probe/"


class TintParams(Params):
    """Which tint."""

    tint: Tint = Field(default="", title="Tint", description="A bar beside the name. It says nothing of the state.")


@command(
    "server.tint", "Tint…", on=("servers",), params=TintParams, idempotent=True, inverse="server.tint",
    icon="seal", group="change", example='net["lal"].tint(tint="clay")',
)  # fmt: skip
async def tint(ctx: Context, key: Key, params: TintParams) -> Result:
    """Give a server a tint of your own, to find it again at a glance."""
    old = ctx.server(key)
    await change(ctx, old.model_copy(update={"tint": params.tint}))
    back = way_back(f"tint of {old.alias}", "server.tint", key, tint=old.tint)
    return Result(text=f"{old.alias} is tinted {params.tint or 'no more'}.", data=back)


class MoveParams(Params):
    """Where to."""

    to: int = Field(ge=1, title="Place in the list", description="1 is the first.")


@command(
    "server.move", "Move…", on=("servers",), params=MoveParams, idempotent=True, inverse="server.move",
    icon="tree", group="change", example='net["lal"].move(to=1)',
)  # fmt: skip
async def move(ctx: Context, key: Key, params: MoveParams) -> Result:
    """Put a server at another place in the list; the others close up."""
    before = ordered(ctx.engine.servers())
    here = [server.uuid for server in before].index(key.server)
    rest = [server for server in before if server.uuid != key.server]
    to = min(params.to - 1, len(rest))
    now = [*rest[:to], before[here], *rest[to:]]
    for place, server in enumerate(now, 1):
        if server.place != place:
            await change(ctx, server.model_copy(update={"place": place}))
    back = way_back(f"move {before[here].alias}", "server.move", key, to=here + 1)
    return Result(text=f"{before[here].alias} is number {to + 1} of {len(now)}.", data=back)


class RestoreParams(Params):
    """The server as it was."""

    server: dict[str, Any] = Field(title="Server", description="As the workspace keeps it.")


@command(
    "server.restore", "Bring back a server…", params=RestoreParams, inverse="server.remove", icon="undo",
    group="change", example='net.server.restore(server={"uuid": "…", "alias": "lal", "url": "http://lal:8998"})',
)  # fmt: skip
async def restore(ctx: Context, _key: Key | None, params: RestoreParams) -> Result:
    """Take a server into the workspace that was removed before, under its old identity; its password is asked anew."""
    try:
        server = Server.model_validate(params.server)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"that is no server: {where}: {what}.", field="server") from exc
    ctx.house.workspace.save_server(server)
    await ctx.blocking(ctx.house.trusted.meet, server)
    key = ctx.engine.add_server(server)
    back = way_back(f"bring back {server.alias}", "server.remove", key, sure=True)
    return Result(text=f"{server.alias} is back.", focus=key, data=back)


class ProbeParams(ServerParams):
    """Address and login as they stand in a form.

    Attributes:
        of: uuid of the server that is edited: what is left empty is taken from it.
    """

    of: str = Field(default="", title="Server")


@command(
    "server.probe", "Test an address…", params=ProbeParams, scope="read", idempotent=True, icon="plug-in", group="open",
    example='net.server.probe(alias="lal", url="https://livy.example.org:8998")',
)  # fmt: skip
async def probe(ctx: Context, _key: Key | None, params: ProbeParams) -> Result:
    """Ask an address who answers there, before it is kept. Nothing is written down, the secret neither."""
    old = ctx.server(Key(params.of)) if params.of else None
    known = old.auth if old is not None else Auth()
    names = {
        "secret": params.secret,
        "key": params.key_password,
        "proxy": params.proxy_password,
        **{f"header/{h}": s for h, s in params.headers.items()},
    }
    given = {f"{_PROBE}{name}": value for name, value in names.items() if value}
    auth = known.model_copy(
        update={
            "kind": params.login, "user": params.user,
            "secret": _name("secret", params.secret) if params.secret else known.secret,
            "certificate": params.certificate,
            "key_secret": _name("key", params.key_password) if params.key_password else known.key_secret,
            "proxy_user": params.proxy_user,
            "proxy_secret": _name("proxy", params.proxy_password) if params.proxy_password else known.proxy_secret,
            "headers": {h: _name(f"header/{h}", s) for h, s in params.headers.items()} or known.headers,
        }
    )  # fmt: skip
    server = server_of(Server(uuid="probe", alias="probe", url="http://localhost", auth=auth), params)

    async def secret(name: str) -> str | None:
        if name in given:
            return given[name]
        found: str | None = await ctx.blocking(ctx.house.secrets.read, name, server.home_of(name))
        return found

    ctx.said(f"asking {server.url}")
    # What stands in the form was seen by a person; what an edited server has already goes only where it went before.
    seen = Trusted()
    typed = (params.secret, params.key_password, *params.headers.values())
    given_now = [name for name in typed if name.startswith(("env:", "file:"))]
    kept = [] if old is None or old.home != server.home else [known.secret, known.key_secret, *known.headers.values()]
    kept = [name for name in kept if ctx.house.trusted.bound(server.home, name)]
    route = [f"ssh:{server.route}"] if server.route else []
    seen.bind(
        server.home, server.contact, *given_now, *kept, *route, *([params.certificate] if params.certificate else [])
    )
    at_proxy = server.auth.proxy_secret
    if params.proxy_password or ctx.house.trusted.bound(server.proxy, at_proxy):
        seen.bind(server.proxy, at_proxy)
    pin = ctx.house.trusted.pin(server.home)
    if pin:
        seen.keep_pin(server.home, pin)
    client = LivyClient(
        server, secret=secret, trusted=seen, routes=ctx.house.routes, ledger=ctx.house.ledger, beside=ctx.house.beside
    )
    try:
        report = await look_at(client)
    finally:
        await client.aclose()
    if report.finding != "fine":
        raise AstroLabNetError(f"{report.finding}: {report.text}", remedy=report.remedy)
    return Result(text=f"{report.text}.", data=report.model_dump(mode="json"))


def _name(what: str, secret: str) -> str:
    return secret if secret.startswith(("env:", "file:")) else f"{_PROBE}{what}"


def ordered(servers: list[Server]) -> list[Server]:
    """In the order of the list: by place; those without one first, as they came."""
    return sorted(servers, key=lambda server: server.place)


async def change(ctx: Context, server: Server) -> None:
    """Keep and show a server that differs in its looks only.

    Raises:
        Missing: the workspace can not be written.
    """
    if not ctx.house.workspace.writable:
        raise Missing("the workspace can not be changed.")
    ctx.house.workspace.save_server(server)
    await ctx.engine.change_server(server)
