"""What can be done where servers do not reach each other: carry files from one to the other through this computer.

A piece is read by a statement at the one, uploaded to a session of the other, and kept there until its file is whole;
what arrived is known there, so a transfer that broke goes on where it was, from whatever computer.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from ..channels.routes import ASSUMED_BYTES_S, LARGEST_MIB, MIB, File, Piece, Rate, files_of, missing, within
from ..errors import AstroLabNetError, BadInput, Busy, Malformed, Unreachable
from ..model.key import Key
from .context import Context
from .looking import utility_of
from .registry import Params, Result, command
from .roads import road_act
from .session import server_up

MOST_FILES = 10_000
TRIES = 3
ASK_BYTES = 100_000_000


class RelayParams(Params):
    """What, whereto, and how much at most."""

    place: str = Field(title="Folder", min_length=1, max_length=2000, description="Here, as this server sees it.")
    target: str = Field(title="To server", min_length=1, max_length=80, description="Its name.")
    to: str = Field(title="To folder", min_length=1, max_length=2000, description="As that server sees it.")
    cap_mb: int = Field(default=1000, ge=1, le=1_000_000, title="At most", description="Megabytes.")
    chunk_mib: int = Field(
        default=2, ge=1, le=LARGEST_MIB, title="At once", json_schema_extra={"advanced": True},
        description="Mebibytes a piece; the servers keep the last pieces in memory.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Load:
    """One relay."""

    origin: Key
    place: str
    target: Key
    to: str
    chunk: int


@command(
    "route.relay", "Carry files to another server…", on=("servers",), params=RelayParams, when=server_up,
    idempotent=True, icon="plug-in",
    example='net["lal"].relay_route(place="/data/night", target="cern", to="/astro/night")',
)  # fmt: skip
async def relay(ctx: Context, server: Key, params: RelayParams) -> Result:
    """Carry the files of a folder to another server through this computer, for servers that see nothing of each other.

    It is slow, and this computer must stay on. How long it will take is said first. What is there already is not
    carried again; a transfer that broke goes on where it was. Each file is whole or absent, and proved by its sha-256.
    """
    target = _target(ctx, server, params.target)
    load = _Load(server, params.place, target, params.to, params.chunk_mib * MIB)
    ctx.said("looking what is there")
    listed = await road_act(ctx, server, "list", place=load.place, most=MOST_FILES + 1)
    files = files_of(listed.get("files") or ())
    if len(files) > MOST_FILES:
        raise BadInput(f"the folder holds more than {MOST_FILES:,} files.", field="place")
    wanted = [[file.name, *file.stamp] for file in files]
    have = await road_act(ctx, target, "have", place=load.to, chunk=load.chunk, wanted=wanted)
    done, parts = _mapping(have.get("done")), _mapping(have.get("parts"))
    todo = [file for file in files if list(done.get(file.name) or ())[:2] != list(file.stamp)]
    pieces = {file.name: missing(file, _mapping(parts.get(file.name)), load.chunk) for file in todo}
    to_carry = sum(piece.size for these in pieces.values() for piece in these)
    within(to_carry, params.cap_mb)
    estimate = await _estimated(ctx, load, len(todo), to_carry)
    carried, began = 0, asyncio.get_running_loop().time()
    for file in todo:
        for piece in pieces[file.name]:
            await _carry(ctx, load, file, piece)
            carried += piece.size
            spent = asyncio.get_running_loop().time() - began
            left = spent * (to_carry - carried) / carried
            ctx.progress(carried / to_carry, f"{carried / 1e6:.1f} of {to_carry / 1e6:.1f} MB, {left:.0f} s left")
        await _join(ctx, load, file)
    took = asyncio.get_running_loop().time() - began
    if carried:
        rate = Rate(holder=server.server, reader=target.server, bytes_s=carried / max(took, 1e-3), when=ctx.house.now())
        ctx.house.reach.learn((), [rate])
        await ctx.house.beside(ctx.house.reach.save)
    data = {
        "files": len(files), "carried_files": len(todo), "carried_bytes": carried, "took_s": round(took, 2),
        "pieces": sum(map(len, pieces.values())), "estimate_s": round(estimate, 2), "verified": True, "to": load.to,
    }  # fmt: skip
    text = f"{len(todo)} of {len(files)} files carried to {params.target}, {carried / 1e6:.1f} MB in {took:.0f} s "
    return Result(text=f"{text}({estimate:.0f} s were said); each is equal.", data=data)


def _target(ctx: Context, server: Key, alias: str) -> Key:
    for one in ctx.engine.servers():
        if one.alias == alias and one.uuid != server.server:
            return Key(one.uuid)
    raise BadInput(f"there is no other server {alias}.", field="target")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


async def _estimated(ctx: Context, load: _Load, files: int, size_bytes: int) -> float:
    """Seconds it will take, said; a person is asked before it is much.

    Raises:
        BadInput: a person said no.
    """
    known = ctx.house.reach.rates.get((load.origin.server, load.target.server))
    seconds = size_bytes / (known.bytes_s if known else ASSUMED_BYTES_S)
    sure = "as measured" if known else "assumed"
    words = f"{files} files, {size_bytes / 1e6:.1f} MB, about {seconds:.0f} s ({sure})"
    ctx.progress(0.0, words)
    if size_bytes > ASK_BYTES and not await ctx.ask(f"{words}, and this computer must stay on. Carry them?"):
        raise BadInput("nothing was carried.", field="cap_mb")
    return seconds


async def _carry(ctx: Context, load: _Load, file: File, piece: Piece) -> None:
    """One piece. It may be sent again: it has a new name each time, and is kept under the name of its place.

    Raises:
        AstroLabNetError: it did not arrive, however often it was tried.
    """
    read = await road_act(ctx, load.origin, "read", place=load.place, name=piece.name, at=piece.at, size=piece.size)
    data = base64.b64decode(str(read.get("data") or ""))
    if len(data) != piece.size:
        raise Malformed(f"{piece.name} changed while it was read.", remedy="Carry it again when it is complete.")
    sha = hashlib.sha256(data).hexdigest()
    for left in reversed(range(TRIES)):
        name = f"aln-{secrets.token_hex(12)}"
        try:
            utility = utility_of(ctx, load.target)
            if utility.session is None:
                await utility.run("print('ALN {}')", ctx.said)
            assert utility.session is not None
            await ctx.client(load.target).upload_file(utility.session, name, data)
            await road_act(
                ctx, load.target, "take", place=load.to, chunk=load.chunk, name=piece.name, stamp=file.stamp,
                at=piece.at, upload=name, sha=sha,
            )  # fmt: skip
        except (Unreachable, Busy, TimeoutError) as problem:
            if not left:
                raise AstroLabNetError(
                    f"the transfer of {piece.name} broke: {problem}", server=ctx.alias(load.target),
                    remedy="Carry it again: it goes on where it was.",
                ) from problem  # fmt: skip
            await ctx.house.clock.sleep(1.0)
        else:
            return


async def _join(ctx: Context, load: _Load, file: File) -> None:
    """Make a file of its pieces, and prove it."""
    here = await road_act(ctx, load.origin, "sum", place=load.place, name=file.name)
    sha = str(here.get("sha") or "")
    there = await road_act(
        ctx, load.target, "join", place=load.to, chunk=load.chunk, name=file.name, stamp=file.stamp, sha=sha
    )
    if not sha or there.get("sha") != sha:
        raise AstroLabNetError(
            f"{file.name} is not the same there: it changed while it was read.", server=ctx.alias(load.target),
            remedy="Carry it again; only this file is carried then.",
        )  # fmt: skip
