"""Folders: the files of a server's file systems as things of the tree, a page of a folder at a time."""

from __future__ import annotations

from datetime import UTC, datetime

from ..catalog import files
from ..catalog.files import FileFacts
from ..errors import NotApplicable
from ..model.key import Key
from ..model.thing import Thing
from .context import Context
from .looking import replace_children, tell
from .registry import Result

ROOT = "Files"


def show_root(ctx: Context, server: Key) -> None:
    """The row under which the files of a server are looked at; nothing is asked for it."""
    key = server.child("files", ROOT, epoch="")
    if ctx.engine.store.get(key) is None:
        facts = FileFacts(uri="", name=ROOT, kind="folder")
        row = Thing(key=key, label=ROOT, state="not asked", since=datetime.now(UTC), payload=facts)
        ctx.engine.show([row], server=server.server)


def facts_at(ctx: Context, key: Key) -> FileFacts:
    """What is known of a file or folder.

    Raises:
        NotApplicable: it is not known any more.
    """
    facts = ctx.thing(key).payload
    if not isinstance(facts, FileFacts):
        raise NotApplicable("this file is not known any more.", server=ctx.alias(key))
    return facts


async def look_into(ctx: Context, key: Key) -> Result:
    """See what a folder holds.

    Raises:
        NotApplicable: it is a file.
    """
    facts = facts_at(ctx, key)
    if facts.kind == "file":
        raise NotApplicable(f"{facts.name} is a file, no folder.", server=ctx.alias(key))
    if not facts.uri:
        found = files.places(await tell(ctx, key, files.places_statement()))
        replace_children(ctx, key, "files", [folder_thing(key, one, one.uri) for one in found])
        return Result(text=f"{len(found)} folders to begin with.", focus=key)
    inside, total = await listing(ctx, key, facts.uri)
    replace_children(ctx, key, "files", [folder_thing(key, one, one.name) for one in inside])
    made = files.folder_format(inside)
    thing = ctx.thing(key)
    again = {"payload": facts.model_copy(update={"format": made}), "fact": words_of(made), "state": "ready"}
    ctx.engine.show([thing.model_copy(update=again)], server=key.server)
    more = f" The first {len(inside):,} are shown." if total > len(inside) else ""
    return Result(text=f"{facts.uri} holds {total:,} files and folders.{more}", focus=key,
                  data={"format": made, "total": total})  # fmt: skip


async def listing(ctx: Context, key: Key, uri: str) -> tuple[tuple[FileFacts, ...], int]:
    """First page of a folder, and how many there are in all."""
    return files.listed(await tell(ctx, key, files.list_statement(uri)))


def folder_thing(parent: Key, facts: FileFacts, ident: str) -> Thing:
    """A row of the tree."""
    return Thing(
        key=parent.child("files", ident), label=facts.name, fact=words_of(facts.format),
        state="ready" if facts.kind == "file" else "not asked", since=datetime.now(UTC), payload=facts,
    )  # fmt: skip


def words_of(fmt: str) -> str:
    """Grey words after a name."""
    return {"hats": "HATS, a table of the sky", "": ""}.get(fmt, fmt)
