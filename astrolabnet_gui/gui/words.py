"""Words: times, sizes and counts as a person reads them (look.md §2 and §8). No Qt."""

from __future__ import annotations

from datetime import UTC, datetime

from ..model.action import LANGUAGES
from ..model.key import Key
from ..model.kind import KINDS
from ..model.thing import Thing

THIN = "\u202f"
_NAMES = {
    "sessions": "session", "statements": "task", "batches": "batch", "catalogs": "catalog", "namespaces": "namespace",
    "tables": "table", "columns": "column", "datasets": "dataset", "files": "file",
}  # fmt: skip

# Their ids are no numbers of a server.
_NAMED = frozenset({"files", "sources", "channels", "datasets"})


def span(seconds: float) -> str:
    """A duration with one unit: ``31 s``, ``6 min``, ``2 h``, ``12 d``."""
    if seconds < 60:
        return f"{max(0, int(seconds))}{THIN}s"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)}{THIN}{unit}"
    return ""


def took(seconds: float) -> str:
    """How long something took: ``0.42 s``, ``9.4 s``, ``48 s``, then as ``span``."""
    if seconds < 1:
        return f"{seconds:.2f}{THIN}s"
    return f"{seconds:.1f}{THIN}s" if seconds < 10 else span(seconds)


def since(moment: datetime | None, now: datetime) -> str:
    """Time from ``moment`` to ``now``; "" if it is not known."""
    return "" if moment is None else span((now - moment).total_seconds())


def clock(moment: datetime) -> str:
    """Time of day here."""
    return moment.astimezone().strftime("%H:%M:%S")


def utc(moment: datetime) -> str:
    """The same moment for a tooltip."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def count(number: int) -> str:
    """``12 288`` with thin spaces."""
    return f"{number:,}".replace(",", THIN)


def size(octets: float) -> str:
    """``640 MB`` with three figures; "none" for nothing."""
    if octets <= 0:
        return "none"
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if octets < 999.5 or unit == "PB":
            break
        octets /= 1000
    digits = 0 if unit == "B" or octets >= 99.5 else 1 if octets >= 9.95 else 2
    return f"{octets:.{digits}f}{THIN}{unit}"


def percent(fraction: float) -> str:
    """``62 %``."""
    return f"{round(100 * fraction)}{THIN}%"


def one_line(words: str) -> str:
    """Several lines where there is room for one."""
    return " · ".join(words.splitlines())


def plural(number: int, noun: str) -> str:
    """``1 task``, ``3 tasks``."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def place(key: Key, alias: str) -> str:
    """``lal › session 3 › task 7``; ``tasks › 4K2F9Q`` of the history."""
    if key.kind == "tasks":
        return f"tasks › {str(key.id)[-6:]}"
    if key.kind in _NAMED and not key.server:
        return f"{key.kind} › {key.id}"
    steps = [alias]
    for i in range(0, len(key.path), 2):
        collection, ident = str(key.path[i]), key.path[i + 1]
        noun = _NAMES.get(collection, collection)
        if collection == "files":
            steps.append(str(ident).rstrip("/").rpartition("/")[2] or str(ident))
            continue
        steps.append(noun if len(str(ident)) > 20 else f"{noun} {ident}")
    return " › ".join(steps)


def column_type(server_word: str) -> str:
    """Livy's ``LONG_TYPE`` as ``long``; Spark's words as they are."""
    return server_word.removesuffix("_TYPE").lower() if server_word.endswith("_TYPE") else server_word


def language(kind: str) -> str:
    """``Python`` of ``pyspark``; another word as it is."""
    return LANGUAGES.get(kind, kind)


def kind_label(kind: str) -> str:
    """What things of a kind are called."""
    return KINDS[kind].label if kind in KINDS else kind


def state_word(state: str) -> str:
    """A state as a person reads it: Livy's ``available`` is done, underscores are blanks."""
    return {"available": "done"}.get(state, state.replace("_", " "))


def numbered(thing: Thing) -> str:
    """Its name after its number (``3 nightly``), where it has a short one that the name does not say."""
    ident = str(thing.key.id)
    said = not thing.key.path or thing.key.kind in _NAMED or len(ident) > 12 or thing.label.endswith(ident)
    return thing.label if said else f"{ident} {thing.label}"
