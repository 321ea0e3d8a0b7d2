"""Sites: each tells its tasks in ``journal-<site>.ndjson`` of a shared folder; what others told is history here."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from ..errors import Missing
from ..model.record import Record
from ..settings.files import read_capped, write_whole
from ..tasks.archive import Archive
from ..tasks.archive_index import Wanted

_FILE = re.compile(r"journal-([0-9a-f]{8})\.ndjson")
# What a line holds: where and what, never code, output or settings.
_TOLD = {
    "task_key", "name", "language", "state", "problem", "server", "alias", "session", "session_name", "run", "ident",
    "site", "sent", "started", "completed",
}  # fmt: skip
MOST = 20_000
_FINAL = {"done": 3, "failed": 3, "cancelled": 3, "refused": 2, "lost": 1, "unknown": 0}


def site_of(state: Path) -> str:
    """Eight letters that name this state folder; made once."""
    file = state / "site"
    try:
        told = file.read_text("ascii").strip()
        if re.fullmatch("[0-9a-f]{8}", told):
            return told
    except (OSError, UnicodeDecodeError):
        pass
    made = secrets.token_hex(4)
    try:
        write_whole(file, made.encode())
    except Missing:
        return made
    return made


def exchange(archive: Archive, folder: Path, site: str) -> list[Record]:
    """Tell my tasks, take in those of the others; the records that are new here.

    Raises:
        Missing: the folder or the archive can not be written.
    """
    mine = [record for record in archive.find(Wanted(limit=MOST)) if record.run != "site"]
    write_whole(folder / f"journal-{site}.ndjson", lines(reversed(mine)).encode())
    told: dict[str, Record] = {}
    for file in sorted(folder.glob("journal-*.ndjson")):
        found = _FILE.fullmatch(file.name)
        if found is not None and found[1] != site:
            told = joined(told, read_lines(file))
    known = {record.task_key: record for record in archive.find(Wanted(limit=MOST))}
    deleted = archive.deleted()
    new = [
        r for r in told.values()
        if r.task_key not in deleted and (r.task_key not in known or _better(r, known[r.task_key]))
    ]  # fmt: skip
    return [archive.put(record, "", None) for record in new]


def lines(records: Iterable[Record]) -> str:
    """Records as lines of JSON."""
    return "".join(json.dumps(r.model_dump(mode="json", include=_TOLD), sort_keys=True) + "\n" for r in records)


def read_lines(file: Path) -> dict[str, Record]:
    """Records of a site by task key; a line that can not be read costs only itself."""
    found: dict[str, Record] = {}
    try:
        text = read_capped(file).decode("utf-8", "replace")
    except (OSError, ValueError):
        return found
    for line in text.splitlines()[-MOST:]:
        try:
            told = json.loads(line)
            record = Record.model_validate({name: told[name] for name in _TOLD if name in told} | {"run": "site"})
        except (ValueError, TypeError, RecursionError):
            continue
        found = joined(found, {record.task_key: record})
    return found


def joined(one: dict[str, Record], other: dict[str, Record]) -> dict[str, Record]:
    """Both; of one task, what was told last in the order of its life. In whatever order sites are read, the same."""
    out = dict(one)
    for key, record in other.items():
        out[key] = max(out.get(key, record), record, key=_rank)
    return out


def _rank(record: Record) -> tuple[int, str, str]:
    return _FINAL.get(record.state, 0), "" if record.completed is None else record.completed.isoformat(), record.text()


def _better(told: Record, known: Record) -> bool:
    """Another site knows how a task ended of which this one knows only that it is lost."""
    return known.run == "site" and _rank(told) > _rank(known)
