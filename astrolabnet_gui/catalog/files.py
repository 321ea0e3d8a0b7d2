"""Files: folders and files of the file systems a server sees, asked by one-line Scala statements; what they hold is
recognised by their names, for opening each would cost more than looking is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from ..errors import Malformed
from ..model.thing import Value
from .names import TableName, literal, quoted
from .scala import statement

MOST = 1_000
Kind = Literal["folder", "file"]
_ENDINGS = {
    ".parquet": "parquet", ".orc": "orc", ".avro": "avro", ".csv": "csv", ".json": "json", ".jsonl": "json",
    ".csv.gz": "csv", ".json.gz": "json", ".txt": "text", ".fits": "fits", ".fits.gz": "fits", ".fit": "fits",
    ".vot": "votable", ".xml": "xml",
}  # fmt: skip
TABLES = ("parquet", "orc", "avro", "csv", "json", "text", "delta", "iceberg", "hats")
"""Formats that become a table by their place alone."""
_FS = 'val p = new org.apache.hadoop.fs.Path(a.get("uri").asText); val fs = p.getFileSystem(sc.hadoopConfiguration);'
_LIST = (
    _FS
    + """
val all = fs.listStatus(p).sortBy(f => f.getPath.getName);
val from = a.get("from").asInt; val many = a.get("many").asInt;
val rows = new java.util.ArrayList[Object];
all.drop(from).take(many).foreach { f => rows.add(java.util.Arrays.asList(f.getPath.getName,
Boolean.box(f.isDirectory), Long.box(f.getLen), Long.box(f.getModificationTime), String.valueOf(f.getOwner),
String.valueOf(f.getPermission))) };
out.put("uri", fs.makeQualified(p).toString); out.put("total", Int.box(all.length)); out.put("rows", rows)"""
)
_SUM = (
    _FS
    + """
val c = fs.getContentSummary(p); val s = fs.getFileStatus(p); val room = fs.getStatus(p);
out.put("uri", fs.makeQualified(p).toString); out.put("bytes", Long.box(c.getLength));
out.put("files", Long.box(c.getFileCount)); out.put("folders", Long.box(c.getDirectoryCount));
out.put("changed", Long.box(s.getModificationTime)); out.put("owner", String.valueOf(s.getOwner));
out.put("permission", String.valueOf(s.getPermission)); out.put("folder", Boolean.box(s.isDirectory));
out.put("free", Long.box(room.getRemaining))"""
)
_MEASURE = (
    _FS
    + """
val it = fs.listFiles(p, true); var n = 0L; var b = 0L; var t = 0L;
while (it.hasNext) { val f = it.next; val x = f.getPath.getName;
if (!x.startsWith(".") && (!x.startsWith("_") || x.contains("="))) {
n += 1; b += f.getLen; t = math.max(t, f.getModificationTime) } };
out.put("uri", fs.makeQualified(p).toString); out.put("files", Long.box(n)); out.put("bytes", Long.box(b));
out.put("changed", Long.box(t))"""
)
_PLACES = """
val fs = org.apache.hadoop.fs.FileSystem.get(sc.hadoopConfiguration); val rows = new java.util.ArrayList[Object];
Seq("home" -> fs.getHomeDirectory.toString, "warehouse" -> spark.conf.get("spark.sql.warehouse.dir"),
"root" -> fs.makeQualified(new org.apache.hadoop.fs.Path("/")).toString).foreach { x =>
rows.add(java.util.Arrays.asList(x._1, x._2)) };
out.put("registry", spark.conf.get("spark.astrolabnet.registry", "")); out.put("rows", rows)"""


class FileFacts(Value):
    """One file or folder.

    Attributes:
        uri: where it is, with its file system; name: last part.
        format: what it holds, as far as names say: parquet, csv, delta, hats…; "" if they do not.
        size_bytes: of a file; 0 for a folder.
    """

    uri: str
    name: str
    kind: Kind
    format: str = ""
    size_bytes: int = 0
    changed: datetime | None = None
    owner: str = ""
    permission: str = ""


class Summary(Value):
    """What one call to the file system says of a whole folder, and the room left there."""

    uri: str
    size_bytes: int
    files: int
    folders: int
    free_bytes: int
    changed: datetime | None = None
    owner: str = ""
    permission: str = ""


def places_statement() -> str:
    """Folders to begin with: the user's home, the warehouse, the root of the default file system."""
    return statement(_PLACES, {})


def list_statement(uri: str, first: int = 0, many: int = MOST) -> str:
    """A page of what a folder holds, by name."""
    return statement(_LIST, {"uri": uri, "from": first, "many": many})


def summary_statement(uri: str) -> str:
    """Bytes, files and room: one call to a name node, slow on object stores."""
    return statement(_SUM, {"uri": uri})


def measure_statement(uri: str) -> str:
    """Files, bytes and last change of all that lies below a folder: its files are listed, none is opened."""
    return statement(_MEASURE, {"uri": uri})


def measured(answer: Mapping[str, Any]) -> tuple[int, int, datetime | None]:
    """Files, bytes, last change."""
    try:
        return int(answer["files"]), int(answer["bytes"]), _moment(answer["changed"])
    except (KeyError, TypeError, ValueError) as exc:
        raise Malformed("the measure of the folder is not as asked for") from exc


def exist_statement(uris: Sequence[str]) -> str:
    """Which of these places the server can open."""
    body = """
val rows = new java.util.ArrayList[Object]; val it = a.get("uris").elements;
while (it.hasNext) { val u = it.next.asText; val p = new org.apache.hadoop.fs.Path(u);
rows.add(Boolean.box(scala.util.Try { val f = p.getFileSystem(sc.hadoopConfiguration); f.listStatus(p).length > 0 }
.getOrElse(false))) }; out.put("rows", rows)"""
    return statement(body, {"uris": list(uris)})


def places(answer: Mapping[str, Any]) -> tuple[FileFacts, ...]:
    """Those folders, each once."""
    found = {str(uri).rstrip("/") or str(uri): str(name) for name, uri in reversed(_rows(answer, 2))}
    return tuple(FileFacts(uri=uri, name=name, kind="folder") for uri, name in reversed(found.items()))


def listed(answer: Mapping[str, Any]) -> tuple[tuple[FileFacts, ...], int]:
    """A page of files and folders, and how many there are in all."""
    base = str(answer.get("uri", "")).rstrip("/")
    rows = [
        FileFacts(
            uri=f"{base}/{name}", name=str(name), kind="folder" if folder else "file", size_bytes=int(size),
            format="" if folder else format_of(str(name)), changed=_moment(changed), owner=str(owner),
            permission=str(permission),
        )
        for name, folder, size, changed, owner, permission in _rows(answer, 6)
    ]  # fmt: skip
    return tuple(rows), int(answer.get("total", len(rows)))


def summary(answer: Mapping[str, Any]) -> Summary:
    """What was measured."""
    try:
        return Summary(
            uri=str(answer["uri"]), size_bytes=int(answer["bytes"]), files=int(answer["files"]),
            folders=int(answer["folders"]), free_bytes=int(answer["free"]), changed=_moment(answer["changed"]),
            owner=str(answer["owner"]), permission=str(answer["permission"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as exc:
        raise Malformed("the summary of the folder is not as asked for") from exc


def format_of(name: str) -> str:
    """What a file holds, by its ending; "" if that says nothing."""
    low = name.casefold()
    return next(
        (words for ending, words in sorted(_ENDINGS.items(), key=lambda e: -len(e[0])) if low.endswith(ending)), ""
    )


def folder_format(inside: Iterable[FileFacts]) -> str:
    """What a folder is as a whole, by what it holds: ``hats``, ``delta``, ``iceberg``, or the format of its files."""
    inside = tuple(inside)
    names = {one.name for one in inside}
    if names & {"hats.properties", "catalog_info.json"} or ("properties" in names and "dataset" in names):
        return "hats" if "dataset" in names or any(n.startswith("Norder=") for n in names) else ""
    if any(name.startswith("Norder=") for name in names):
        return "hats"
    if "_delta_log" in names:
        return "delta"
    if "metadata" in names and "data" in names:
        return "iceberg"
    formats = {one.format for one in inside if one.kind == "file" and one.name[0] not in "._"}
    return formats.pop() if len(formats) == 1 else ""


def table_statement(name: TableName, uri: str, fmt: str, inside: Sequence[FileFacts] = ()) -> str:
    """SQL that makes a table of what lies at ``uri``; its files stay where they are.

    A HATS catalog is Parquet below ``dataset``; its folders Norder, Dir and Npix become columns, which with
    ``_healpix_29`` are an index of the sky.
    """
    options = " OPTIONS (header 'true', inferSchema 'true')" if fmt == "csv" else ""
    if fmt == "hats":
        fmt = "parquet"
        if any(one.name == "dataset" for one in inside):
            uri = f"{uri.rstrip('/')}/dataset"
        options = " OPTIONS (pathGlobFilter '*.parquet')"
    return f"CREATE TABLE {name.sql} USING {quoted(fmt)}{options} LOCATION {literal(uri)}"


def repair_statement(name: TableName) -> str:
    """Enter the folders of a partitioned table as its partitions: made from files, it has none and seems empty."""
    return f"ALTER TABLE {name.sql} RECOVER PARTITIONS"


def _rows(answer: Mapping[str, Any], width: int) -> list[list[Any]]:
    rows = answer.get("rows")
    if not isinstance(rows, list) or any(not isinstance(row, list) or len(row) != width for row in rows):
        raise Malformed("the list of files is not as asked for")
    return rows


def _moment(epoch_ms: Any) -> datetime | None:
    return datetime.fromtimestamp(int(epoch_ms) / 1000, UTC) if epoch_ms else None
