"""Replicas: which copy of a dataset is the newest, and how the others stand to it. Nothing is called equal that was not
proved by a fingerprint of the same state of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from ..model.dataset import Replica, Standing
from ..model.key import Key
from .names import TableName, quoted
from .schema import Field

_DATED = ("mjd", "midpointmjdtai", "mjd_obs", "obs_mjd", "jd", "hjd", "bjd", "obstime", "obs_time", "timestamp", "time",
          "date", "night")  # fmt: skip
_NUMBERS = ("byte", "short", "integer", "long", "float", "double")
_TIMES = ("date", "timestamp", "timestamp_ntz")
STATES: Mapping[Standing, str] = {
    "equal": "verified equal", "behind": "behind", "differs": "differs", "unknown": "not compared",
}  # fmt: skip


def dated_column(columns: Iterable[Field], declared: str = "") -> str:
    """Column whose largest value says how new the data are: the declared one, else an MJD, JD or time by its name."""
    usable = {c.name: c for c in columns if c.type in (*_NUMBERS, *_TIMES) or c.type.startswith("decimal")}
    if declared:
        return declared if declared in usable else ""
    by_name = {name.casefold(): name for name in usable}
    named = next((by_name[word] for word in _DATED if word in by_name), "")
    meaning = next((c.name for c in usable.values() if c.ucd.casefold().startswith("time.epoch")), "")
    return (
        meaning or named or next((name for low, name in by_name.items() if re.search(r"(^|_)(mjd|jd)($|_)", low)), "")
    )


def newest_statement(table: TableName, column: str) -> str:
    """Largest value of a column that is a number or a time; NaN, which Spark holds for the largest, is left out."""
    name = quoted(column)
    return f"SELECT cast(max(nullif({name}, cast('NaN' AS double))) AS string) FROM {table.sql}"


def newest_time_statement(table: TableName, column: str) -> str:
    """The same of a time."""
    return f"SELECT cast(max({quoted(column)}) AS string) FROM {table.sql}"


def data_time_statement(table: TableName, columns: Iterable[Field], column: str) -> str:
    """Whichever of both fits the column's type."""
    real = any(c.name == column and c.type in ("float", "double") for c in columns)
    return newest_statement(table, column) if real else newest_time_statement(table, column)


def ranked(replicas: Mapping[Key, Replica]) -> list[Key]:
    """Newest first: by data time, then by last commit; those of which nothing is known come last."""

    def order(key: Key) -> tuple[object, ...]:
        one = replicas[key]
        return (*_descending(_number(one.data_time)), *_words(one.data_time), _late(one.committed), key)

    return sorted(replicas, key=order)


def standings(replicas: Mapping[Key, Replica]) -> dict[Key, Replica]:
    """Each replica with how it stands to the newest one, and which others it was proved equal to.

    Equal: the same rows, by fingerprints that belong to the present commits. Behind: its data time is older, or it
    has fewer rows and an older commit. Differs: proved to hold other rows, or other columns. Unknown: nobody proved it.
    """
    order = [key for key in ranked(replicas) if replicas[key].asked is not None]
    first = replicas[order[0]] if order else None
    groups: dict[tuple[object, ...], list[Key]] = {}
    for key, one in replicas.items():
        if one.sum is not None and is_fresh(one):
            groups.setdefault((one.fingerprint_rows, one.sum, one.columns), []).append(key)
    found = {}
    for key, one in replicas.items():
        same = next((keys for keys in groups.values() if key in keys), [])
        others = tuple(other for other in same if other != key)
        standing = _standing(one, first, bool(others), key == (order[0] if order else None))
        found[key] = one.model_copy(update={"standing": standing, "equal_to": others})
    return found


def is_fresh(one: Replica) -> bool:
    """Its fingerprint was taken of the files as they are now, as far as the server tells when they changed."""
    return one.committed is None or one.proved_commit is None or one.proved_commit >= one.committed


def _standing(one: Replica, first: Replica | None, twin: bool, is_first: bool) -> Standing:
    if first is None or one.asked is None:
        return "unknown"
    fresh = one.sum is not None and is_fresh(one)
    known = first.sum is not None and is_fresh(first)
    if is_first:
        return "equal" if twin else "unknown"
    if (
        fresh
        and known
        and (one.fingerprint_rows, one.sum, one.columns) == (first.fingerprint_rows, first.sum, first.columns)
    ):
        return "equal"
    if is_older(one, first):
        return "behind"
    if one.columns and first.columns and one.columns != first.columns:
        return "differs"
    return "differs" if fresh and known else "unknown"


def is_older(one: Replica, other: Replica) -> bool:
    """Its newest datum is older than that of the other; False where data times can not be compared."""
    if one.data_time is None or other.data_time is None:
        return False
    mine, theirs = _number(one.data_time), _number(other.data_time)
    if mine is not None and theirs is not None:
        return mine < theirs
    return one.data_time < other.data_time if mine is None and theirs is None else False


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _descending(number: Decimal | None) -> tuple[int, Decimal]:
    return (1, Decimal(0)) if number is None else (0, -number)


def _words(text: str | None) -> tuple[int, Sequence[int]]:
    return (1, ()) if not text or not text[0].isdigit() or _number(text) is not None else (0, [-ord(c) for c in text])


def _late(moment: datetime | None) -> float:
    return 0.0 if moment is None else -moment.timestamp()
