"""What can be done with archipelago registries: use one, share servers and channels, learn of others' servers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field as Parameter
from pydantic import ValidationError

from ..catalog.files import FileFacts, places, places_statement
from ..catalog.registry import Registry
from ..errors import AstroLabNetError, BadInput
from ..model.key import Key
from ..model.server import Auth, Server
from ..settings.offered import Offer
from ..settings.workspace import free_alias
from .context import Context
from .data import answering
from .looking import tell
from .registered_channels import channel_documents, learn_channels
from .registry import Params, Result, command
from .shared import registry_at, shared_registry

FOLDER = "astrolabnet-registry"
"""Where a server's registry is looked for below the home of its file system, if nobody says otherwise."""


class UseParams(Params):
    """Which folder."""

    folder: str = Parameter(
        default="", title="Folder", max_length=4000, json_schema_extra={"remember": True},
        description="A folder of this computer, or one a server sees, as hdfs://nn/registry. Empty: none but our own.",
    )  # fmt: skip
    server: str = Parameter(default="", title="Seen by", description="Server that sees it. Empty: this computer.")


@command(
    "registry.use", "Use a registry…", params=UseParams, idempotent=True, icon="graph", group="change",
    example='net.registry.use(folder="hdfs://nn/archipelago", server="lal")',
)  # fmt: skip
async def use(ctx: Context, _key: Key | None, params: UseParams) -> Result:
    """Share datasets, channels and what was done with others by a folder of small files. Its datasets are learnt now,
    and its channels on servers you have; its servers are only offered: see Learn of other servers.
    """
    folder, server = params.folder.strip(), _uuid(ctx, params.server)
    registered = ctx.house.registered
    if not folder:
        await ctx.blocking(registered.use, "", "")
        return Result(text="The workspace keeps to its own registry.")
    registry = registry_at(ctx, folder, server)
    found = await registry.all("datasets")
    problems = list(found.problems)
    for name, document in found.documents.items():
        try:
            await registered.own.put("datasets", registered.take(document).name, document)
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
            problems.append(f"{name} of the registry is no dataset that this version can read.")
    await ctx.blocking(registered.use, folder, server)
    for name in registered.datasets:
        await registered.keep(name, registry)
    registered.show(ctx.engine)
    channels, said = await learn_channels(ctx, registry)
    problems += said
    wires = f" and {len(channels)} channel{'s' * (len(channels) != 1)}" if channels else ""
    text = f"{len(found.documents)} datasets{wires} learnt from {folder}. {' '.join(problems)}".rstrip()
    data = {"datasets": sorted(found.documents), "channels": channels, "problems": problems}
    return Result(text=text, data=data)


@command(
    "registry.share", "Share servers and channels", idempotent=True, icon="graph", group="change",
    example="net.registry.share()",
)  # fmt: skip
async def share(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Write the workspace's servers and their channels into the registry in use, so that others can learn of them:
    name, address and way to log in, never a secret. Servers of this computer alone are left out unless the registry
    lies on it too.
    """
    registry = shared_registry(ctx) or ctx.house.registered.own
    shared = ctx.house.registered.shared
    local = shared is None or not shared[1] or urlsplit(ctx.server(Key(shared[1])).url).hostname in _HERE
    told = [s for s in ctx.engine.servers() if local or urlsplit(s.url).hostname not in _HERE]
    for server in told:
        await registry.put(
            "topology", server.alias, {"alias": server.alias, "url": server.url, "login": server.auth.kind}
        )
    channels = channel_documents(ctx, {server.uuid for server in told})
    for name, document in channels.items():
        await registry.put("channels", name, document)
    wires = f" and {len(channels)} channel{'s' * (len(channels) != 1)}" if channels else ""
    data = {"servers": [s.alias for s in told], "channels": sorted(channels)}
    return Result(text=f"{len(told)} servers{wires} are in the registry.", data=data)


_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class LearnParams(Params):
    """Where."""

    folder: str = Parameter(
        default="", title="Folder", max_length=4000,
        description=f"As the server sees it. Empty: its spark.astrolabnet.registry, else {FOLDER} in its home.",
    )  # fmt: skip


@command(
    "registry.learn", "Learn of other servers", on=("servers",), params=LearnParams, when=answering, icon="graph",
    group="open", example='net["lal"].learn_registry()',
)  # fmt: skip
async def learn(ctx: Context, key: Key, params: LearnParams) -> Result:
    """Connect to one, learn all: servers that this server's registry names are offered; those you take are asked for
    theirs, and so on. No server is contacted before you said yes to it by name. Who knows whom is drawn on the graph.
    """
    folder, queue, seen = params.folder.strip(), [key], {s.url for s in ctx.engine.servers()}
    added, refused, channels, problems = list[str](), list[str](), list[str](), list[str]()
    while queue:
        here = queue.pop(0)
        try:
            registry = await registry_of(ctx, here, folder)
            offers, said = await _offers(registry)
        except AstroLabNetError as exc:
            problems.append(str(exc))
            continue
        problems += said
        for offer in (o for o in offers if o.url not in seen):
            seen.add(offer.url)
            words = f"{ctx.alias(here)} names the server {offer.alias}, {offer.url}. Take it in and contact it?"
            if not await ctx.ask(words):
                refused.append(offer.alias)
                continue
            new = await _take_in(ctx, offer)
            added.append(ctx.alias(new))
            if await _is_up(ctx, new):
                queue.append(new)
            else:
                problems.append(f"{ctx.alias(new)} does not answer yet: learn from it later.")
        await _acquaint(ctx, here, {offer.url for offer in offers})
        learnt, said = await learn_channels(ctx, registry)
        channels, problems, folder = channels + learnt, problems + said, ""
    wires = f" Channels: {', '.join(channels)}." if channels else ""
    text = (
        f"{len(added)} servers taken in{': ' + ', '.join(added) if added else ''}.{wires} {' '.join(problems)}".rstrip()
    )
    return Result(text=text, data={"added": added, "refused": refused, "channels": channels, "problems": problems})


async def _offers(registry: Registry) -> tuple[list[Offer], list[str]]:
    found = await registry.all("topology")
    offers, problems = list[Offer](), list(found.problems)
    for name, document in found.documents.items():
        try:
            offers.append(_offer(document))
        except ValidationError:
            problems.append(f"the server {name} of the registry has no good name or address.")
    return offers, problems


def _offer(document: Mapping[str, Any]) -> Offer:
    offer = Offer.model_validate(document)
    return offer.model_copy(update={"url": Server(uuid="offered", alias=offer.alias, url=offer.url).url})


async def registry_of(ctx: Context, server: Key, folder: str = "") -> Registry:
    """Registry that a server sees: in ``folder``, else where its setting ``spark.astrolabnet.registry`` says, else at
    the place agreed on.
    """
    known: tuple[FileFacts, ...] = ()
    if not folder:
        answer = await tell(ctx, server, places_statement())
        known, folder = places(answer), str(answer.get("registry") or "")
    if not folder:
        home = next((one.uri for one in known if one.name == "home"), known[0].uri if known else "")
        folder = f"{home.rstrip('/')}/{FOLDER}"
    return registry_at(ctx, folder, server.server)


async def _take_in(ctx: Context, offer: Offer) -> Key:
    alias = free_alias(offer.alias, tuple(ctx.engine.servers()))
    server = Server(uuid=uuid.uuid4().hex, alias=alias, url=offer.url, origin="registry", auth=Auth(kind=offer.login))
    await ctx.blocking(ctx.house.workspace.save_server, server)
    await ctx.blocking(ctx.house.trusted.meet, server)
    return ctx.engine.add_server(server)


async def _acquaint(ctx: Context, key: Key, urls: set[str]) -> None:
    """Note which servers of the workspace this one names now: the edges of the graph."""
    server = ctx.server(key)
    knows = tuple(sorted(s.uuid for s in ctx.engine.servers() if s.url in urls and s.uuid != server.uuid))
    if knows != server.knows:
        server = server.model_copy(update={"knows": knows})
        await ctx.blocking(ctx.house.workspace.save_server, server)
        await ctx.engine.change_server(server)


async def _is_up(ctx: Context, server: Key) -> bool:
    ctx.said(f"asking {ctx.alias(server)}")
    found = await ctx.engine.until(server, lambda t: t is None or t.state not in ("asking", "starting"))
    return found is not None and found.state == "up"


def _uuid(ctx: Context, alias: str) -> str:
    if not alias:
        return ""
    found = next((s.uuid for s in ctx.engine.servers() if s.alias == alias), None)
    if found is None:
        raise BadInput(f"there is no server {alias!r}.", field="server")
    return found
