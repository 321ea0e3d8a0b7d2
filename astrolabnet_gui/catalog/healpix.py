"""HEALPix: cells of equal area on the sky, in NESTED order: in plain SQL for the server and in numpy for drawing.

A cell is face, x and y; its number weaves the bits of x and y. Source: Górski et al. 2005 (ApJ 622, 759); tests
compare both forms with astropy-healpix.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..errors import BadInput
from ..model.thing import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEEPEST = 14
_RING = (2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4)
_TURN = (1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7)


class Cell(Value):
    """A cell: order (0 = twelve cells) and number, NESTED."""

    order: int
    number: int

    def __str__(self) -> str:
        return f"{self.order}/{self.number}"

    @property
    def parts(self) -> tuple[int, int, int]:
        """Face, x and y."""
        inside = self.number & ((1 << 2 * self.order) - 1)
        x = sum(((inside >> 2 * bit) & 1) << bit for bit in range(self.order))
        y = sum(((inside >> (2 * bit + 1)) & 1) << bit for bit in range(self.order))
        return self.number >> 2 * self.order, x, y

    @property
    def centre(self) -> tuple[float, float]:
        """Right ascension and declination of its middle, degrees."""
        face, x, y = self.parts
        return position(self.order, face, x + 0.5, y + 0.5)

    @property
    def declinations(self) -> tuple[float, float]:
        """Declinations of its southern and northern corner, degrees."""
        face, x, y = self.parts
        return position(self.order, face, x, y)[1], position(self.order, face, x + 1, y + 1)[1]

    def edge(self, steps: int = 8) -> list[tuple[float, float]]:
        """Points around it, degrees."""
        face, x, y = self.parts
        walk = [n / steps for n in range(steps)]
        ways = (
            [(x + w, float(y)) for w in walk] + [(x + 1.0, y + w) for w in walk]
            + [(x + 1 - w, y + 1.0) for w in walk] + [(float(x), y + 1 - w) for w in walk]
        )  # fmt: skip
        return [position(self.order, face, *at) for at in ways]


def cell(text: str) -> Cell:
    """Read ``5/1234``.

    Raises:
        BadInput: it is no order and number, or there is no such cell.
    """
    order, mark, number = text.partition("/")
    if mark and order.isascii() and order.isdecimal() and number.isascii() and number.isdecimal() and len(text) < 24:
        found = Cell(order=int(order), number=int(number))
        if found.order <= DEEPEST and found.number < 12 << 2 * found.order:
            return found
    raise BadInput(
        f"{text[:40]!r} is no cell of the sky.", field="cell",
        remedy=f"Order (0 to {DEEPEST}) and number, as 5/1234.",
    )  # fmt: skip


def position(order: int, face: int, x: float, y: float) -> tuple[float, float]:
    """Right ascension and declination of a point of a face, degrees; x and y in cells."""
    n = float(1 << order)
    ring = _RING[face] * n - x - y
    if ring < n:
        wide, z = ring, 1.0 - ring * ring / (3.0 * n * n)
    elif ring > 3 * n:
        wide = 4 * n - ring
        z = wide * wide / (3.0 * n * n) - 1.0
    else:
        wide, z = n, (2 * n - ring) * 2.0 / (3.0 * n)
    turn = 45.0 * (_TURN[face] * wide + x - y) / wide if wide > 0 else 45.0 * _TURN[face]
    return turn % 360.0, math.degrees(math.asin(max(-1.0, min(1.0, z))))


def numbers(ra: Any, dec: Any, order: int) -> NDArray[np.int64]:
    """Numbers of the cells of positions in degrees; −1 for what is no position."""
    import numpy as np

    right, up = np.asarray(ra, dtype=np.float64), np.asarray(dec, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        good = (np.abs(up) <= 90.0) & (np.abs(right) < 1e9)
    right, up = np.where(good, right, 0.0), np.where(good, up, 0.0)
    n = 1 << order
    z, turn = np.sin(np.radians(up)), np.mod(right, 360.0) / 90.0
    belt = np.abs(z) <= 2.0 / 3.0
    rise, fall = (np.floor(n * (0.5 + turn) + s * n * 0.75 * z).astype(np.int64) for s in (-1, 1))
    quarter = np.minimum(3, np.floor(turn).astype(np.int64))
    reach = n * np.sqrt(np.maximum(0.0, 3.0 * (1.0 - np.abs(z))))
    left = np.minimum(n - 1, np.floor((turn - quarter) * reach).astype(np.int64))
    rest = np.minimum(n - 1, np.floor((1.0 - (turn - quarter)) * reach).astype(np.int64))
    first, last = rise >> order, fall >> order
    in_belt = np.where(first == last, (first & 3) + 4, np.where(first < last, first & 3, (last & 3) + 8))
    face = np.where(belt, in_belt, np.where(z >= 0, quarter, quarter + 8))
    x = np.where(belt, fall & (n - 1), np.where(z >= 0, n - 1 - rest, left))
    y = np.where(belt, n - 1 - (rise & (n - 1)), np.where(z >= 0, n - 1 - left, rest))
    found = face << (2 * order)
    for bit in range(order):
        found |= (((x >> bit) & 1) << (2 * bit)) | (((y >> bit) & 1) << (2 * bit + 1))
    return np.where(good, found, -1)


def numbered(source: str, order: int) -> str:
    """SQL that gives ``h``, the number of the cell (null for what is no position), and ``v``.

    Args:
        source: SELECT that gives ``ra`` and ``de`` in degrees, and ``v``. The table's own names stay inside it.
    """
    n = 1 << order
    good = "coalesce(de BETWEEN -90D AND 90D AND abs(ra) < 1e9D, false)"
    a = f"SELECT v, sin(radians(de)) AS z, pmod(ra, 360D) / 90D AS t, {good} AS good FROM ({source})"
    b = (
        "SELECT v, good, z, t, abs(z) <= 2D / 3D AS belt, least(3L, cast(floor(t) AS bigint)) AS q, "
        f"cast(floor({n} * (0.5D + t) - {n} * 0.75D * z) AS bigint) AS jp, "
        f"cast(floor({n} * (0.5D + t) + {n} * 0.75D * z) AS bigint) AS jm, "
        f"{n} * sqrt(greatest(0D, 3D * (1D - abs(z)))) AS s FROM ({a})"
    )
    c = (
        f"SELECT v, good, z, belt, jp, jm, q, least({n - 1}L, cast(floor((t - q) * s) AS bigint)) AS kp, "
        f"least({n - 1}L, cast(floor((1D - (t - q)) * s) AS bigint)) AS km FROM ({b})"
    )
    face, x, y = _parts("z", "belt", "jp", "jm", "q", "kp", "km", order)
    d = f"SELECT v, good, {face} AS f, {x} AS x, {y} AS y FROM ({c})"
    number = f"shiftleft(f, {2 * order})" + _woven("x", 0, order) + _woven("y", 1, order)
    return f"SELECT IF(good, {number}, NULL) AS h, v FROM ({d})"


def within(ra: str, dec: str, place: Cell) -> str:
    """SQL condition: the position lies in this cell. Its first part is a range of declinations, which files know."""
    n, (low, high) = 1 << place.order, place.declinations
    z, t = f"sin(radians({dec}))", f"(pmod({ra}, 360D) / 90D)"
    jp = f"cast(floor({n} * (0.5D + {t}) - {n} * 0.75D * {z}) AS bigint)"
    jm = f"cast(floor({n} * (0.5D + {t}) + {n} * 0.75D * {z}) AS bigint)"
    q, s = f"least(3L, cast(floor({t}) AS bigint))", f"({n} * sqrt(greatest(0D, 3D * (1D - abs({z})))))"
    kp = f"least({n - 1}L, cast(floor(({t} - {q}) * {s}) AS bigint))"
    km = f"least({n - 1}L, cast(floor((1D - ({t} - {q})) * {s}) AS bigint))"
    parts = _parts(z, f"(abs({z}) <= 2D / 3D)", jp, jm, q, kp, km, place.order)
    same = " AND ".join(f"({sql}) = {wanted}" for sql, wanted in zip(parts, place.parts, strict=True))
    return f"({dec} BETWEEN {low - 1e-9!r}D AND {high + 1e-9!r}D AND abs({ra}) < 1e9D AND {same})"


def _parts(z: str, belt: str, jp: str, jm: str, q: str, kp: str, km: str, order: int) -> tuple[str, str, str]:
    """SQL of face, x and y."""
    last = (1 << order) - 1
    fp, fm = f"shiftright({jp}, {order})", f"shiftright({jm}, {order})"
    in_belt = f"CASE WHEN {fp} = {fm} THEN ({fp} & 3) + 4 WHEN {fp} < {fm} THEN {fp} & 3 ELSE ({fm} & 3) + 8 END"
    face = f"CASE WHEN {belt} THEN {in_belt} WHEN {z} >= 0 THEN {q} ELSE {q} + 8 END"
    x = f"CASE WHEN {belt} THEN {jm} & {last} WHEN {z} >= 0 THEN {last} - {km} ELSE {kp} END"
    y = f"CASE WHEN {belt} THEN {last} - ({jp} & {last}) WHEN {z} >= 0 THEN {last} - {kp} ELSE {km} END"
    return face, x, y


def _woven(name: str, first: int, order: int) -> str:
    return "".join(f" + shiftleft(shiftright({name}, {bit}) & 1L, {2 * bit + first})" for bit in range(order))
