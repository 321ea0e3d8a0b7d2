"""What can be asked of a table about places: the rows around one, the rows near to each of a list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import Field as Parameter

from ..catalog import cone, preview, sky_index
from ..catalog.packed import packed_rows, unpacked_rows
from ..catalog.roles import roles
from ..catalog.schema import Field
from ..catalog.spots import find
from ..errors import BadInput
from ..model.key import Key
from ..model.output import Column, Table
from ..sources.places import listed, place
from ..sources.sheet_files import writable
from ..sources.sheets import Sheet, read
from ..tasks.table_file import write_table
from .context import Context
from .data import answering
from .kept import ADVANCED, KeptParams, Looked, degrees, looked
from .looking import rows
from .registry import Result, command

UNITS = {"arcsec": 1 / 3600, "arcmin": 1 / 60, "deg": 1.0}
_APART = Field(name=cone.APART, type="double", unit="arcsec", ucd="pos.angDistance")
_SHOWN = {cone.APART: "separation_arcsec"}
_TYPES = {
    "bool": "boolean", "int8": "byte", "int16": "short", "int32": "integer", "int64": "long", "uint8": "short",
    "uint16": "integer", "uint32": "long", "float": "float", "double": "double", "string": "string",
}  # fmt: skip


class _RadiusParams(KeptParams):
    """How far."""

    radius: float = Parameter(default=60.0, gt=0, le=1e6, title="Radius", allow_inf_nan=False)
    unit: Literal["arcsec", "arcmin", "deg"] = Parameter(
        default="arcsec", title="Unit", json_schema_extra={"widget": "choice"}
    )

    into: str = Parameter(
        default="", title="Also into a file", max_length=4096, json_schema_extra=ADVANCED,
        description="A new one; its ending says as what: .vot, .fits, .parquet or .csv.",
    )  # fmt: skip

    @property
    def radius_deg(self) -> float:
        """In degrees."""
        return self.radius * UNITS[self.unit]

    @property
    def within(self) -> str:
        """The radius in words."""
        return f"{self.radius:g} {self.unit}"

    @property
    def target(self) -> Path | None:
        """The file the answer shall become."""
        return Path(self.into).expanduser().absolute() if self.into else None


class ConeParams(_RadiusParams):
    """Around what, and how far."""

    at: str = Parameter(
        title="Place", min_length=1, max_length=200,
        description="Degrees (10.68 +41.27), hours and minutes (00:42:44.3 +41:16:09), or the name of an object.",
    )  # fmt: skip
    rows: int = Parameter(default=1000, ge=1, le=20_000, title="Rows at most", json_schema_extra=ADVANCED)


class MatchParams(_RadiusParams):
    """Which list, and how near."""

    file: str = Parameter(
        default="", title="List", max_length=4096, json_schema_extra={"widget": "file"},
        description="A table of this computer with positions: FITS, VOTable, CSV, ECSV or Parquet.",
    )  # fmt: skip
    places: tuple[str, ...] = Parameter(
        default=(), title="Or places", max_length=cone.MOST,
        description="In place of a file, one on a line: degrees (10.68 +41.27) or hours (00:42:44.3 +41:16:09).",
    )  # fmt: skip
    radius: float = Parameter(default=1.0, gt=0, le=1e6, title="Radius", allow_inf_nan=False)
    nearest: bool = Parameter(default=True, title="Only the nearest of each")
    list_ra: str = Parameter(default="", title="Right ascension there", max_length=400, json_schema_extra=ADVANCED,
        description="Column; empty: found by UCD or name.")  # fmt: skip
    list_dec: str = Parameter(default="", title="Declination there", max_length=400, json_schema_extra=ADVANCED,
        description="Column; empty: found by UCD or name.")  # fmt: skip


@command(
    "table.cone", "Rows around a place…", on=("tables",), params=ConeParams, when=answering, scope="read",
    idempotent=True, icon="search", example='net["lal"].table("sky.alerts").cone(at="10.68 +41.27", radius=30)',
)  # fmt: skip
async def around(ctx: Context, key: Key, params: ConeParams) -> Result:
    """The rows within a radius of a place of the sky, nearest first, each with its distance. The server searches.

    A name is looked up at the CDS (Sesame), which needs a network and the extra astro.
    """
    await _refuse(ctx, params)
    seen = await looked(ctx, key, params)
    ra, dec = seen.position()
    at = await ctx.blocking(place, params.at, ctx.house.resolve)
    source = _source(seen, (at,), params.radius_deg)
    inner = cone.cone_statement(source, ra, dec, at, params.radius_deg, params.rows)
    ctx.progress(None, "searching")
    table = await _asked(ctx, key, inner, (_APART, *seen.columns))
    found = sorted(table.rows, key=lambda row: float(row[0]))
    table = table.model_copy(update={"rows": tuple(found)})
    data = {"table": table.model_dump(mode="json"), "at": at, "within": params.within,
            "file": await _written(ctx, table, params)}  # fmt: skip
    cut = ", the nearest of more" if len(found) == params.rows else ""
    where = f"{at[0]:.5f} {at[1]:+.5f}"
    return Result(text=f"{len(found):,} rows within {params.within} of {where}{cut}.", data=data)


@command(
    "table.match", "Match with a list…", on=("tables",), params=MatchParams, when=answering, scope="read",
    idempotent=True, icon="search", example='net["lal"].table("sky.alerts").match(file="mine.fits", radius=2)',
)  # fmt: skip
async def match(ctx: Context, key: Key, params: MatchParams) -> Result:
    """Which rows of the table lie near to the places of a list of yours. The list travels, the server compares.

    The list is a file of this computer, or places as they are written. Each row of the answer is one of the list, the
    distance, and the row of the table.
    """
    await _refuse(ctx, params)
    sheet = await _list_of(ctx, params)
    numbers, places = await ctx.blocking(partial(_places, sheet, params))
    seen = await looked(ctx, key, params)
    ra, dec = seen.position()
    source = await ctx.blocking(_source, seen, places, params.radius_deg)
    inner = cone.match_statement(source, ra, dec, places, params.radius_deg, nearest=params.nearest)
    ctx.progress(0.3, f"comparing {len(places):,} places")
    extra = (Field(name=cone.ROW, type="long"), _APART)
    table = await _asked(ctx, key, inner, (*extra, *seen.columns))
    joined = await ctx.blocking(partial(_joined, sheet, numbers, table))
    matched = len({row[0] for row in table.rows})
    data = {"table": joined.model_dump(mode="json"), "places": len(places), "matched": matched, "of": sheet.rows,
            "within": params.within, "file": await _written(ctx, joined, params)}  # fmt: skip
    cut = " Only the first are shown." if len(table.rows) >= cone.MOST else ""
    return Result(text=f"{matched:,} of {len(places):,} places have a row within {params.within}.{cut}", data=data)


async def _refuse(ctx: Context, params: _RadiusParams) -> None:
    """Refuse a file that can not be written before anything is asked."""
    if params.target is not None:
        await ctx.blocking(writable, params.target)


async def _written(ctx: Context, table: Table, params: _RadiusParams) -> str:
    """The file that the answer became, "" if none was wanted."""
    if params.target is None:
        return ""
    await ctx.blocking(write_table, table, params.target)
    return str(params.target)


async def _list_of(ctx: Context, params: MatchParams) -> Sheet:
    if bool(params.file) == bool(params.places):
        raise BadInput("give the list either as a file or as places.", field="file")
    if params.places:
        return await ctx.blocking(listed, params.places)
    file = Path(params.file.removeprefix("here:")).expanduser().absolute()
    ctx.progress(0.0, f"reading {file.name}")
    return await ctx.blocking(read, file)


def _source(seen: Looked, places: Sequence[tuple[float, float]], radius_deg: float) -> str:
    """The table, with what filters it: what a person chose, and its index of the sky if it has one."""
    where = seen.where()
    if index := sky_index.condition((c.name for c in seen.columns), places, radius_deg):
        where.append(index)
    return f"(SELECT * FROM {seen.name.sql} WHERE {' AND '.join(where)})" if where else seen.name.sql


async def _asked(ctx: Context, key: Key, inner: str, columns: tuple[Field, ...]) -> Table:
    """Rows of a SELECT as a table."""
    sql = packed_rows(inner, preview.row_sql(columns))
    texts = unpacked_rows(await rows(ctx, key, sql), ctx.alias(key))
    found = preview.rows(list(texts), columns, ctx.alias(key))
    return Table(
        columns=tuple(Column(name=_SHOWN.get(c.name, c.name), type=c.words, unit=c.unit) for c in columns),
        rows=tuple(tuple(map(preview.plain, row)) for row in found),
    )


def _places(sheet: Sheet, params: MatchParams) -> tuple[list[int], list[tuple[float, float]]]:
    """Rows of a list that have a position, and those positions in degrees."""
    import math

    fields = tuple(Field(name=c.name, type=_TYPES.get(c.type, c.type), unit=c.unit, ucd=c.ucd) for c in sheet.columns)
    who = roles(fields)
    scales, columns = [], []
    for role, given in (("ra", params.list_ra), ("dec", params.list_dec)):
        name = given or getattr(who, role)
        if not name:
            what = "right ascension" if role == "ra" else "declination"
            raise BadInput(f"no column of the list looks like a {what}.", field=f"list_{role}", remedy="Name it.")
        spot = find(fields, name, f"list_{role}")
        if not spot.is_number:
            raise BadInput(f"{spot.words} of the list is {spot.field.words}, not a number.", field=f"list_{role}")
        scales.append(degrees(spot.field.unit, hours=role == "ra"))
        columns.append(sheet.arrow.column(spot.path[0]).to_pylist())
    numbers, places = [], []
    for n, (a, d) in enumerate(zip(*columns, strict=True)):
        if a is not None and d is not None and math.isfinite(a) and abs(d * scales[1]) <= 90:
            numbers.append(n)
            places.append((float(a) * scales[0], float(d) * scales[1]))
    if not places:
        raise BadInput("no row of the list has a position.", field="places" if params.places else "file")
    return numbers, places


def _joined(sheet: Sheet, numbers: list[int], table: Table) -> Table:
    """The list's columns, the distance, the table's columns; names of the table that the list has too get its mark."""
    mine = {c.name.casefold() for c in sheet.columns}
    chosen = [numbers[int(row[0])] for row in table.rows]
    whole = [sheet.arrow.column(c.name).to_pylist() for c in sheet.columns]
    cells: list[list[Any]] = [[column[n] for n in chosen] for column in whole]
    heads = [Column(name=c.name, type=c.type, unit=c.unit) for c in sheet.columns]
    there = [
        c.model_copy(update={"name": f"{c.name} (table)" if c.name.casefold() in mine else c.name})
        for c in table.columns[1:]
    ]
    joined = [(*(preview.plain(_plain(column[n])) for column in cells), *row[1:]) for n, row in enumerate(table.rows)]
    return Table(columns=(*heads, *there), rows=tuple(joined))


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, bool | int | float | str | list | dict) else str(cell)
