"""What can be done with lists of servers that others give out: read one. Its servers are offered, never contacted."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ..client.page import page_at
from ..errors import BadInput
from ..model.key import Key
from ..settings.files import read_capped
from ..settings.offered import offers_of
from .context import Context
from .registry import Params, Result, command


class OffersParams(Params):
    """Which list."""

    source: str = Field(
        min_length=1, max_length=4096, title="List", json_schema_extra={"widget": "file", "remember": True},
        description='File on this computer, or https:// address, of JSON: [{"alias": "lal", "url": "https://…"}].',
    )  # fmt: skip


@command(
    "server.offers", "Servers offered…", params=OffersParams, scope="read", idempotent=True, icon="server",
    group="open", example='net.server.offers(source="https://archipelago.example.org/servers.json")',
)  # fmt: skip
async def offers(ctx: Context, _key: Key | None, params: OffersParams) -> Result:
    """Read a list of servers that somebody gives out, to choose from it what to add.

    Only the list is read, once, now. None of its servers is contacted, and none is in the workspace before you add it.
    """
    source = params.source.strip()
    ctx.said("reading the list")
    if source.casefold().startswith(("http://", "https://")):
        data = await page_at(source)
    else:
        file = Path(source).expanduser()
        try:
            data = await ctx.blocking(read_capped, file)
        except (OSError, ValueError) as exc:
            why = (exc.strerror if isinstance(exc, OSError) else None) or exc
            raise BadInput(f"{file.name or source} can not be read: {why}.", field="source") from exc
    found = offers_of(data)
    mine = {server.url: server.alias for server in ctx.engine.servers()}
    listed = [{**offer.model_dump(mode="json"), "known_as": mine.get(offer.url, "")} for offer in found]
    new = sum(1 for one in listed if not one["known_as"])
    words = f"{len(listed)} server{'' if len(listed) == 1 else 's'} offered, {new} of them not in the workspace."
    return Result(text=words, data={"servers": listed})
