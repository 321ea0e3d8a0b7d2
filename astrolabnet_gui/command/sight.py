"""What astronomers look at in a table: the sky map, the light curve of an object, its stamps, one whole row."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import Field as Parameter

from ..catalog import curve, healpix, preview, stamps
from ..catalog.packed import one, packed, real, unpacked
from ..catalog.roles import Roles, is_magnitude
from ..catalog.spots import find
from ..errors import BadInput
from ..model.key import Key
from .context import Context
from .data import answering, first_rows
from .kept import KeptParams, Looked, looked
from .looking import rows
from .registry import Result, command

Counted = dict[int, tuple[int, float, int]]
CELLS = 12 << 12  # what the whole sky has at order 6
BYTES = 1_000_000
NEARER = 4  # orders below a cell that is looked into: sixteen cells a side, which can still be seen


class SkyParams(KeptParams):
    """How fine, and of what."""

    order: int | None = Parameter(
        default=None, ge=0, le=healpix.DEEPEST, title="Order", description="One more halves a cell. Empty: by the rows."
    )
    value: str = Parameter(default="", title="Mean of", max_length=400, description="Empty: the number of rows.")


class CurveParams(KeptParams):
    """Of which object, by which columns."""

    time: str = Parameter(default="", title="Time", max_length=400, description="Empty: found by UCD or name.")
    brightness: str = Parameter(
        default="", title="Brightness", max_length=400, description="Empty: found by UCD or name."
    )


class StampsParams(KeptParams):
    """Which pictures."""

    columns: tuple[str, ...] = Parameter(
        default=(), title="Columns", max_length=6, description="Empty: all that look so."
    )
    rows: int = Parameter(default=3, ge=1, le=stamps.ROWS, title="Rows")


@command(
    "table.sky", "Sky map", on=("tables",), params=SkyParams, when=answering, scope="read", idempotent=True,
    icon="table", example='net["lal"].table("sky.alerts").sky(order=5)',
)  # fmt: skip
async def sky(ctx: Context, key: Key, params: SkyParams) -> Result:
    """Count the rows in each cell of the sky (HEALPix, NESTED), on the server; only within a cell if one is given."""
    seen = await looked(ctx, key, params)
    inside = healpix.cell(params.cell) if params.cell else None
    finest = 6 if inside is None else min(healpix.DEEPEST, inside.order + 6)
    order = params.order
    if order is None:
        order = finest if inside is None else min(finest, inside.order + NEARER)
    most = 12 << 2 * order if inside is None else 1 << 2 * max(0, order - inside.order)
    if most > CELLS:
        raise BadInput(
            f"order {order} would give up to {most:,} cells; {CELLS:,} can be drawn.", field="order",
            remedy="Choose a cell to look into, or a lower order.",
        )  # fmt: skip
    ra, dec = seen.position()
    value = find(seen.columns, params.value, "value").number if params.value else "cast(NULL AS double)"
    condition = f" WHERE {' AND '.join(seen.where())}" if seen.where() else ""
    source = f"SELECT {ra} AS ra, {dec} AS de, {value} AS v FROM {seen.name.sql}{condition}"
    groups = (
        "SELECT h, count(*) AS n, sum(IF(abs(v) < double('Infinity'), v, NULL)) AS v, "
        "count_if(abs(v) < double('Infinity')) AS k "
        f"FROM ({healpix.numbered(source, order)}) GROUP BY h"
    )
    ctx.progress(None, "counting cells")
    got = unpacked(await rows(ctx, key, packed(groups, ("h", "n", "v", "k"))), seen.server)
    counted = {
        int(row["h"]): (int(row["n"]), real(row.get("v")) or 0.0, int(row["k"]))
        for row in got if row.get("h") is not None
    }  # fmt: skip
    if params.order is None:
        order, counted = _coarsened(order, counted, 0 if inside is None else inside.order + 1)
    cells = [(h, n, v / k if k else None) for h, (n, v, k) in sorted(counted.items())]
    lost = sum(int(row["n"]) for row in got if row.get("h") is None)
    placed = sum(c[1] for c in cells)
    data = {
        "order": order, "cell": params.cell, "value": params.value, "rows": placed + lost, "without": lost,
        "cells": cells,
    }  # fmt: skip
    return Result(text=f"{placed:,} rows in {len(cells):,} cells of order {order}.", data=data)


@command(
    "table.lightcurve", "Light curve", on=("tables",), params=CurveParams, when=answering, scope="read",
    idempotent=True, icon="table", example='net["lal"].table("sky.alerts").lightcurve(object="ZTF26syn0001")',
)  # fmt: skip
async def lightcurve(ctx: Context, key: Key, params: CurveParams) -> Result:
    """All points of one object, those in its alerts' histories among them, each once; without an object that with the
    most rows. The names of the objects with the most rows come along.
    """
    seen = await looked(ctx, key, params)
    object_ = seen.spot("", "object", "the name of an object")
    who = _curve_roles(seen, params)
    where = seen.where()
    listed = []
    if not params.object:
        ctx.progress(0.0, "looking for objects")
        answer = await rows(ctx, key, curve.objects_statement(seen.name, object_, where))
        listed = [(str(row[0]), int(row[1])) for row in answer]
    chosen = params.object or (listed[0][0] if listed else "")
    points: tuple[curve.Point, ...] = ()
    if chosen:
        ctx.progress(0.5, f"fetching {chosen[:60]}")
        test = curve.equals(object_, chosen)
        got = await rows(ctx, key, curve.points_statement(seen.name, seen.columns, who, test))
        points = curve.points(unpacked(got, seen.server))
    bright = find(seen.columns, who.brightness, "brightness")
    data = {
        "object": chosen, "objects": listed, "points": [tuple(p.model_dump().values()) for p in points],
        "time": who.time, "time_unit": find(seen.columns, who.time, "time").field.unit, "brightness": who.brightness,
        "unit": bright.field.unit, "magnitudes": is_magnitude(bright), "cut": len(points) >= curve.MOST,
    }  # fmt: skip
    return Result(text=f"{chosen or 'no object'}: {len(points):,} points.", data=data)


@command(
    "table.stamps", "Cut-out stamps", on=("tables",), params=StampsParams, when=answering, scope="read",
    idempotent=True, icon="table", example='net["lal"].table("sky.alerts").stamps(object="ZTF26syn0001")',
)  # fmt: skip
async def cutouts(ctx: Context, key: Key, params: StampsParams) -> Result:
    """The pictures in some rows: FITS in binary columns, packed or not. It needs the extra astro."""
    seen = await looked(ctx, key, params)
    named = params.columns or seen.roles.stamps[:6]
    if not named:
        raise BadInput(f"no column of {seen.name} looks like a stamp.", field="columns", remedy="Name a binary column.")
    columns = [find(seen.columns, name, "columns") for name in named]
    label = next((find(seen.columns, n) for n in (seen.roles.object, seen.roles.id) if n), None)
    answer = await rows(ctx, key, stamps.statement(seen.name, columns, label, seen.where(), params.rows))
    got = [one([row], seen.server) for row in answer]
    ctx.said("unpacking the stamps")
    found = await ctx.blocking(partial(stamps.stamps, got, columns))
    data = {"stamps": [stamp.model_dump(mode="json") for stamp in found], "rows": len(got)}
    good = sum(not stamp.problem for stamp in found)
    return Result(text=f"{good} of {len(found)} stamps of {len(got)} rows.", data=data)


class PacketParams(KeptParams):
    """Which row, and how much of it."""

    binary: bool = Parameter(
        default=False, title="Binary values too", description=f"As base64, the first {BYTES:,} bytes of each."
    )


@command(
    "table.packet", "Look at one row whole", on=("tables",), params=PacketParams, when=answering, scope="read",
    idempotent=True, icon="table", example='net["lal"].table("sky.alerts").packet(object="ZTF26syn0001")',
)  # fmt: skip
async def packet(ctx: Context, key: Key, params: PacketParams) -> Result:
    """One row as a tree of names and values, as an alert packet is read. Binary values show their length, or are
    fetched.
    """
    seen = await looked(ctx, key, params)
    got = await first_rows(
        ctx, key, seen.name, seen.columns, 1, " AND ".join(seen.where()), BYTES if params.binary else 0
    )
    names = _names(seen)
    row: Any = dict(zip(names, map(preview.plain, got[0]), strict=True)) if got else None
    return Result(text=f"{seen.name}: {'one row' if got else 'no row'}.", data={"packet": row})


def _coarsened(order: int, cells: Counted, least: int) -> tuple[int, Counted]:
    """Cells joined four by four until they hold some rows each: a map of single rows shows nothing."""
    rows_there = sum(n for n, _, _ in cells.values())
    while order > least and len(cells) > max(48 if least == 0 else 16, rows_there / 8):
        joined: Counted = {}
        for number, more in cells.items():
            n, v, k = joined.get(number >> 2, (0, 0.0, 0))
            joined[number >> 2] = (n + more[0], v + more[1], k + more[2])
        order, cells = order - 1, joined
    return order, cells


def _curve_roles(seen: Looked, params: CurveParams) -> Roles:
    time = seen.spot(params.time, "time", "a time")
    bright = seen.spot(params.brightness, "brightness", "a brightness")
    return seen.roles.model_copy(update={"time": time.words, "brightness": bright.words})


def _names(seen: Looked) -> list[str]:
    """Names of the columns; one that comes twice gets its number."""
    found: list[str] = []
    for n, column in enumerate(seen.columns):
        found.append(column.name if column.name not in found else f"{column.name} ({n + 1})")
    return found
