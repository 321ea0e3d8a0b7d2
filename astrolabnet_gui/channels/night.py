"""Night: how much an archived night brings, and when, so that it can be played again at another speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

from pydantic import Field, ValidationError

from ..model.thing import Value

_MOST_PARTS = 1000


class Played(Value):
    """How far a wire is in a night that is played: rows and bytes until now, and a second of the night, now."""

    rows: int
    size_bytes: int
    rows_s: float
    bytes_s: float


class Parts(Value):
    """What came when: rows and bytes of parts of equal length.

    Attributes:
        first_s: seconds of the epoch at which the first part begins; part_s: length of each.
    """

    first_s: float = Field(allow_inf_nan=False)
    part_s: float = Field(gt=0, allow_inf_nan=False)
    rows: tuple[int, ...] = Field(min_length=1, max_length=_MOST_PARTS)
    bytes: tuple[int, ...] = Field(min_length=1, max_length=_MOST_PARTS)

    @property
    def last_s(self) -> float:
        """When the last part ends."""
        return self.first_s + self.part_s * len(self.rows)

    @property
    def peak_rows_s(self) -> float:
        """Rows a second in the fullest part."""
        return max(self.rows) / self.part_s

    def at(self, moment_s: float) -> Played:
        """How far it is at a moment of the night; from its end on, all of it."""
        done = min(max(0.0, (moment_s - self.first_s) / self.part_s), float(len(self.rows)))
        whole, share = int(done), done - int(done)
        if whole == len(self.rows):
            return Played(rows=sum(self.rows), size_bytes=sum(self.bytes), rows_s=0.0, bytes_s=0.0)
        begun = moment_s >= self.first_s
        rows, octets = [0, *accumulate(self.rows)], [0, *accumulate(self.bytes)]
        return Played(
            rows=rows[whole] + int(share * self.rows[whole]), size_bytes=octets[whole] + int(share * self.bytes[whole]),
            rows_s=self.rows[whole] / self.part_s if begun else 0.0,
            bytes_s=self.bytes[whole] / self.part_s if begun else 0.0,
        )  # fmt: skip


def parts_of(counted: Mapping[str, Any]) -> Parts | None:
    """When the rows of a count came; None if nothing says so."""
    try:
        found = Parts.model_validate(counted.get("parts"))
    except ValidationError:
        return None
    return found if len(found.rows) == len(found.bytes) else None


def span_of(all_of: Iterable[Parts]) -> tuple[float, float]:
    """First and last moment of several."""
    found = list(all_of)
    return min(one.first_s for one in found), max(one.last_s for one in found)
