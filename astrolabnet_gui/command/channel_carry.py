"""Carrying for channels: where no server reads the other's files, this computer brings them before each start."""

from __future__ import annotations

from ..channels.spec import Spec
from ..errors import BadInput, NotApplicable
from ..model.key import Key
from .context import Context
from .relaying import RelayParams, relay

_FILES = ("json", "csv", "parquet", "orc", "text", "packets", "files")


def origin_of(ctx: Context, server: Key, spec: Spec) -> Key | None:
    """The other server of the workspace that has the data; None if it is this one, or none of them."""
    url = spec.origin_url.rstrip("/")
    found = next((Key(s.uuid) for s in ctx.engine.servers() if url and s.url.rstrip("/") == url), None)
    return None if found == server else found


def carried(spec: Spec) -> Spec:
    """The same, with its files carried through this computer.

    Raises:
        BadInput: that can not be.
    """
    if spec.mode == "stream":
        raise BadInput(
            "through this computer nothing flows for ever.", field="route",
            remedy="Take snapshot, incremental or mirror: the files are carried before each start.",
        )  # fmt: skip
    if spec.format not in _FILES or not (spec.held or spec.place):
        raise BadInput(f"only files can be carried through this computer, not {spec.format}.", field="route")
    return arriving(spec.model_copy(update={"route": "relay", "held": spec.held or spec.place, "place": ""}))


def arriving(spec: Spec) -> Spec:
    """With the folder in which carried files arrive, once it is known where its rows go."""
    if spec.route != "relay" or spec.place or not spec.to:
        return spec
    return spec.model_copy(update={"place": spec.to.rstrip("/") + "-carried"})


async def carry(ctx: Context, server: Key, spec: Spec) -> None:
    """Bring what a channel reads, where this computer is its road; nothing where it is not.

    Raises:
        AstroLabNetError: it did not arrive.
    """
    if spec.route != "relay":
        return
    origin = origin_of(ctx, server, spec)
    if origin is None:
        raise NotApplicable(
            f"{spec.title} comes from {spec.origin_url} through this computer, which is no server of this workspace.",
            server=ctx.alias(server), remedy="Add that server, or choose another route.",
        )  # fmt: skip
    asked = RelayParams(place=spec.held, target=ctx.alias(server), to=spec.place, cap_mb=1_000_000)
    await relay(ctx, origin, asked)
