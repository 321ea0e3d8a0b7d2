"""Searching: what was seen of the data of all servers, by name, column or type. It asks no server and opens nothing."""

from __future__ import annotations

from typing import Any

from pydantic import Field as Parameter

from ..catalog.names import TableName
from ..catalog.schema import Field
from ..model.dataset import Dataset
from ..model.key import Key
from ..model.thing import Thing
from .context import Context
from .registry import Params, Result, command

_KINDS = ("namespaces", "tables", "datasets")


class SearchParams(Params):
    """What is looked for; all words must be found in one table."""

    text: str = Parameter(
        title="Words", min_length=1, max_length=200,
        description="Parts of names of tables, datasets or columns; type:double looks at types, tag:ztf at tags.",
    )  # fmt: skip
    limit: int = Parameter(default=100, ge=1, le=1000, title="At most")


@command(
    "data.find", "Find data…", params=SearchParams, scope="read", idempotent=True, icon="search", group="open",
    example='net.data.find(text="alerts")',
)  # fmt: skip
async def find(ctx: Context, _key: Key | None, params: SearchParams) -> Result:
    """Find datasets, tables and namespaces over all servers by names, columns, types and tags, as they were seen last.

    No server is asked and no session is opened; servers whose data nobody has looked at are named. Columns are known
    of the tables that were looked at.
    """
    words, store = params.text.casefold().split(), ctx.engine.store
    found = []
    for thing in store.things.values():
        if thing.key.kind in _KINDS and (thing.key.kind != "datasets" or not thing.key.server):
            columns = ctx.house.browsing.columns.get(thing.key, ())
            tags = _tags(ctx, thing)
            if all(_has(word, _name(thing).casefold(), columns, tags) for word in words):
                found.append((thing, [c for c in columns if any(_has(word, "", (c,)) for word in words)]))
    unasked = [s.label for s in store.servers() if not any(c.key.kind == "catalogs" for c in store.children(s.key))]
    rows: list[dict[str, Any]] = [
        {
            "address": thing.key.address(ctx.alias(thing.key) if thing.key.server else ""), "name": _name(thing),
            "kind": thing.kind.label, "columns": [f"{c.name} {c.words}" for c in columns],
            "seen": None if thing.since is None else thing.since.isoformat(),
            "answers": thing.stale_since is None,
        }
        for thing, columns in found[: params.limit]
    ]  # fmt: skip
    more = f" of {len(found)}" if len(found) > len(rows) else ""
    text = f"{len(rows)}{more} found." if rows else "Nothing that was seen is called so."
    if unasked:
        shown = ", ".join(unasked[:6]) + ("…" if len(unasked) > 6 else "")
        text += f" Not asked: {shown}; look at their data to search them too."
    return Result(text=text, data={"found": rows, "total": len(found), "not_asked": unasked})


def _name(thing: Thing) -> str:
    return str(thing.payload) if isinstance(thing.payload, TableName) else thing.label


def _tags(ctx: Context, thing: Thing) -> str:
    """Tags of a dataset, in the table of a replica too, and what it says of itself."""
    known = ctx.house.registered.datasets
    value, found = thing.payload, list[Dataset]()
    if isinstance(value, Dataset):
        found = [value]
    elif isinstance(value, TableName):
        parts = (value.catalog, *value.namespace, value.name)
        found = [d for d in known.values() if any(p.table == parts for p in d.places)]
    return " ".join(" ".join(d.tags) for d in found).casefold()


def _has(word: str, name: str, columns: tuple[Field, ...], tags: str = "") -> bool:
    kind, colon, wanted = word.partition(":")
    if colon and kind == "tag":
        return bool(wanted) and wanted in tags
    parts = [part for column in columns for part in column.walk()]
    if colon and kind == "type":
        return any(wanted in part.type.casefold() for part in parts)
    return (bool(name) and word in name) or any(word in part.name.casefold() for part in parts)
