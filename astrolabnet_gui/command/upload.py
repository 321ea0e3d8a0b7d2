"""Upload: a file of this computer to where a server's Spark can read it; Livy itself has no place for batches' files.

The island reads this computer's files. Elsewhere the file goes to a session of mine (Livy: upload-file), whose driver
copies it into the home folder of the cluster's file system, under the hash of its content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ..actions.program import LARGEST, LISTS
from ..client.caller import upload_name
from ..errors import AstroLabNetError, BadInput
from ..model.key import Key
from ..model.output import Text, parse
from ..resources import resource
from .context import Context
from .needs import HERE, Needs
from .sending import SendParams, ready, send

Wanted = TypeVar("Wanted", bound=Needs)
SessionFor = Callable[[Context, Key, str], Awaitable[Key]]


async def brought(ctx: Context, server: Key, params: Wanted, session_for: SessionFor) -> Wanted:
    """``params`` with every ``here:`` file brought to the server and named as the server sees it.

    Raises:
        BadInput: a file can not be read, or is too large; ``field`` says where it was named.
        AstroLabNetError: it did not arrive.
    """
    given: dict[str, str | tuple[str, ...]] = {name: getattr(params, name) for name in LISTS}
    given |= {"file": params.file} if hasattr(params, "file") else {}
    changed: dict[str, Any] = {}
    for field, value in given.items():
        files = (value,) if isinstance(value, str) else value
        if any(file.startswith(HERE) for file in files):
            there = tuple([await _one(ctx, server, field, file, session_for) for file in files])
            changed[field] = there[0] if isinstance(value, str) else there
    return params.model_copy(update=changed) if changed else params


async def _one(ctx: Context, server: Key, field: str, file: str, session_for: SessionFor) -> str:
    if not file.startswith(HERE):
        return file
    # "#environment" after an archive is the name it is unpacked under.
    path_text, mark, fragment = file.removeprefix(HERE).partition("#")
    path = Path(path_text).expanduser().absolute()
    data = await ctx.blocking(_read, path, field)
    if ctx.server(server).is_island:
        return f"{path}{mark}{fragment}"
    ctx.said(f"bringing {path.name} to {ctx.alias(server)}")
    session = await session_for(ctx, server, "pyspark")
    await ready(ctx, session)
    # Spark knows an R script by the capital letter alone.
    name = upload_name(f"{path.stem}.R" if path.suffix == ".r" else path.name)
    await ctx.client(session).upload_file(session.id, name, data)
    code = resource("code", "keep_upload.py").read_text(encoding="utf-8")
    digest = hashlib.sha256(data).hexdigest()[:16]
    sent = await send(
        ctx, session,
        SendParams(kind="pyspark", code=f"{code}\nkeep_upload({name!r}, {digest!r})", name=f"Keep {name}", wait=True),
    )  # fmt: skip
    uri = _uri(sent.data["output"])
    if not uri:
        raise AstroLabNetError(
            f"{path.name} was uploaded, but could not be kept where a batch finds it: {sent.data['problem']}",
            server=ctx.alias(server), remedy="Copy it there yourself and give its address.",
        )  # fmt: skip
    return f"{uri}{mark}{fragment}"


def _read(path: Path, field: str) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise BadInput(
                f"{path.name} has {size / 1e6:.0f} MB; Livy takes at most {LARGEST // 1_000_000} MB.", field=field,
                remedy="Copy it to the cluster yourself and give its address.",
            )  # fmt: skip
        return path.read_bytes()
    except OSError as exc:
        raise BadInput(f"{path} can not be read: {exc.strerror or exc}.", field=field) from exc


def _uri(output: Mapping[str, Any] | None) -> str:
    texts = [part.text for part in parse(output) if isinstance(part, Text)]
    found = [line.removeprefix("kept:").strip() for text in texts for line in text.splitlines() if "kept:" in line]
    return found[-1] if found else ""
