"""Registry: what an archipelago knows of itself: one folder of small JSON files, so that who sees one server, or one
disk, learns all.

    <folder>/topology/<name>.json    a server: alias, url, login (never a secret), note
    <folder>/datasets/<name>.json    a dataset: tags, description, its replicas
    <folder>/channels/<name>.json    a channel's spec, as the room of channels writes it
    <folder>/journal/<ulid>.json     an OpenLineage run event: what was read and written, when

The folder lies on this computer (``DiskShelf``) or on any file system a server sees (``ServerShelf``, which asks the
server's own session). Each file is written beside its place and renamed, so a reader sees the old or the new one.
A file that can not be read is named and left as it is; the others go on.

    registry = Registry(DiskShelf(folder, beside=house.beside))
    await registry.put("channels", "ztf-to-lyon", spec.model_dump(mode="json"))
    found = await registry.all("channels")          # found.documents: name -> dict; found.problems: sentences
    await registry.tell(run_event(...))             # see lineage.py

A channel's state and checkpoint do not belong here: they lie beside its data.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import quote, unquote

from ulid import ULID

from ..errors import AstroLabNetError, BadInput, Missing
from ..settings.files import read_capped, write_whole
from . import scala

Kind = Literal["topology", "datasets", "channels", "journal"]
T = TypeVar("T")
MAX_BYTES = 1_000_000
MOST = 10_000
_ENDING = ".json"
_FS = 'val p = new org.apache.hadoop.fs.Path(a.get("uri").asText); val fs = p.getFileSystem(sc.hadoopConfiguration);'
# One statement reads a whole kind: a question a file would cost a quarter of a second each.
_READ = (
    _FS
    + """
val rows = new java.util.ArrayList[Object]; if (fs.exists(p)) fs.listStatus(p).filter(f => f.isFile &&
f.getPath.getName.endsWith(".json") && !f.getPath.getName.startsWith(".") && f.getLen <= a.get("most").asLong)
.sortBy(f => f.getPath.getName).reverse.take(a.get("many").asInt).foreach { f =>
val b = new Array[Byte](f.getLen.toInt); val in = fs.open(f.getPath); try in.readFully(0, b) finally in.close();
rows.add(java.util.Arrays.asList(f.getPath.getName, java.util.Base64.getEncoder.encodeToString(b))) };
out.put("rows", rows)"""
)
_WRITE = (
    _FS
    + """
val t = new org.apache.hadoop.fs.Path(p.getParent, "." + p.getName + "." + a.get("token").asText + ".tmp");
fs.mkdirs(p.getParent); val o = fs.create(t, true);
try o.write(java.util.Base64.getDecoder.decode(a.get("data").asText)) finally o.close();
val q = fs.makeQualified(p); val c = org.apache.hadoop.fs.FileContext.getFileContext(q.toUri, sc.hadoopConfiguration);
try c.rename(fs.makeQualified(t), q, org.apache.hadoop.fs.Options.Rename.OVERWRITE)
catch { case e: Throwable => fs.delete(t, false); throw e };
out.put("done", Boolean.box(true))"""
)
_DROP = _FS + 'out.put("done", Boolean.box(fs.delete(p, false)))'


class Shelf(Protocol):
    """Where the files lie. ``name`` is ``kind/file.json``."""

    async def read(self, kind: str) -> list[tuple[str, bytes]]:
        """Names (without the kind) and content of all files of a kind, newest names first; [] if there are none."""

    async def write(self, name: str, data: bytes) -> None:
        """Replace a file whole."""

    async def drop(self, name: str) -> None:
        """Remove a file; one that is not there is removed already."""


class DiskShelf:
    """A folder of this computer.

    Args:
        beside: runs what blocks beside the loop.
    """

    def __init__(self, folder: Path, beside: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self.folder = folder
        self._beside = beside

    async def read(self, kind: str) -> list[tuple[str, bytes]]:
        """See Shelf."""

        def read() -> list[tuple[str, bytes]]:
            found = []
            files = sorted((self.folder / kind).glob(f"*{_ENDING}"), reverse=True)
            for file in [f for f in files if not f.name.startswith(".")][:MOST]:
                try:
                    found.append((file.name, read_capped(file)))
                except (OSError, ValueError):
                    found.append((file.name, b""))
            return found

        found: list[tuple[str, bytes]] = await self._beside(read)
        return found

    async def write(self, name: str, data: bytes) -> None:
        """See Shelf."""
        await self._beside(lambda: write_whole(self.folder / name, data))

    async def drop(self, name: str) -> None:
        """See Shelf."""

        def drop() -> None:
            try:
                (self.folder / name).unlink(missing_ok=True)
            except OSError as exc:
                raise Missing(f"{name} could not be removed: {exc.strerror or exc}.") from exc

        await self._beside(drop)


class ServerShelf:
    """A folder on a file system that a server sees.

    Args:
        uri: of the folder, as the server's Hadoop reads it.
        tell: asks a line of Scala there (``Utility.tell``).
    """

    def __init__(self, uri: str, tell: Callable[[str], Awaitable[Mapping[str, Any]]]) -> None:
        self.uri = uri.rstrip("/")
        self._tell = tell

    async def read(self, kind: str) -> list[tuple[str, bytes]]:
        """See Shelf."""
        values = {"uri": f"{self.uri}/{kind}", "most": MAX_BYTES, "many": MOST}
        told = await self._tell(scala.statement(_READ, values))
        return [(str(name), _decoded(str(text))) for name, text in told.get("rows", ())]

    async def write(self, name: str, data: bytes) -> None:
        """See Shelf."""
        values = {"uri": f"{self.uri}/{name}", "data": _encoded(data), "token": str(ULID())}
        await self._tell(scala.statement(_WRITE, values))

    async def drop(self, name: str) -> None:
        """See Shelf."""
        await self._tell(scala.statement(_DROP, {"uri": f"{self.uri}/{name}"}))


@dataclass(frozen=True, slots=True)
class Found:
    """Documents of one kind by their names, and sentences about files that can not be used."""

    documents: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class Registry:
    """See the module."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def all(self, kind: Kind) -> Found:
        """All documents of a kind.

        Raises:
            AstroLabNetError: the folder itself can not be read.
        """
        documents, problems = dict[str, dict[str, Any]](), list[str]()
        for file, data in await self.shelf.read(kind):
            try:
                document = json.loads(data.decode("utf-8-sig"))
                if not isinstance(document, dict):
                    raise ValueError("it holds no object")
                documents[unquote(file.removesuffix(_ENDING))] = document
            except (ValueError, RecursionError) as exc:
                problems.append(f"{kind}/{file} of the registry can not be used: {exc or 'it is empty'}.")
        return Found(documents, tuple(problems))

    async def get(self, kind: Kind, name: str) -> dict[str, Any] | None:
        """One document; None if there is none, or it can not be used."""
        return (await self.all(kind)).documents.get(name)

    async def put(self, kind: Kind, name: str, document: Mapping[str, Any]) -> None:
        """Write a document, new or in place of the old one.

        Raises:
            BadInput: it has no good name, or is larger than a registry's file may be.
            AstroLabNetError: the folder can not be written.
        """
        try:
            text = json.dumps(dict(document), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
            data = f"{text}\n".encode()
        except (TypeError, ValueError) as exc:
            raise BadInput(f"{name} can not be written as JSON: {exc}.") from exc
        if len(data) > MAX_BYTES:
            raise BadInput(f"{name} is too large for the registry: {len(data)} bytes, at most {MAX_BYTES}.")
        await self.shelf.write(f"{kind}/{file_name(name)}", data)

    async def drop(self, kind: Kind, name: str) -> None:
        """Remove a document."""
        await self.shelf.drop(f"{kind}/{file_name(name)}")

    async def tell(self, event: Mapping[str, Any]) -> None:
        """Add an event to the journal; events are only added."""
        await self.put("journal", str(ULID()), event)


def file_name(name: str) -> str:
    """File of a name: whatever it holds, it stays one file in its folder.

    Raises:
        BadInput: it is empty or too long.
    """
    plain = quote(name, safe="")
    if not name.strip() or len(plain) > 200:
        raise BadInput(f"{name[:40]!r} can be no name in the registry.", field="name")
    return f"{'%2E' + plain[1:] if plain.startswith('.') else plain}{_ENDING}"


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as exc:
        raise AstroLabNetError("the registry's files did not arrive whole.") from exc
