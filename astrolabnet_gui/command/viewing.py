"""What can be drawn of any table: histogram, density or points of two columns, a column over time."""

from __future__ import annotations

from typing import Any

from pydantic import Field as Parameter

from ..catalog import binning
from ..catalog.packed import one, real, unpacked
from ..catalog.roles import is_magnitude
from ..catalog.spots import Spot, find
from ..model.key import Key
from .context import Context
from .data import answering
from .kept import ADVANCED, KeptParams, Looked, looked
from .looking import rows
from .registry import Result, command


class HistogramParams(KeptParams):
    """Of which column."""

    column: str = Parameter(
        default="", title="Column", max_length=400, description="Empty: the brightness, or the first."
    )
    bins: int = Parameter(default=64, ge=1, le=512, title="Steps")
    least: float | None = Parameter(default=None, title="From", json_schema_extra=ADVANCED, allow_inf_nan=False)
    most: float | None = Parameter(default=None, title="To", json_schema_extra=ADVANCED, allow_inf_nan=False)
    log: bool = Parameter(default=False, title="Steps of equal ratio", json_schema_extra=ADVANCED)


class DensityParams(KeptParams):
    """Of which two columns."""

    x: str = Parameter(title="Across", max_length=400, min_length=1)
    y: str = Parameter(title="Up", max_length=400, min_length=1)
    bins: int = Parameter(default=100, ge=2, le=128, title="Fields a side")
    log_x: bool = Parameter(default=False, title="log x", json_schema_extra=ADVANCED)
    log_y: bool = Parameter(default=False, title="log y", json_schema_extra=ADVANCED)


class SeriesParams(KeptParams):
    """Which column over which time."""

    y: str = Parameter(default="", title="Column", max_length=400, description="Empty: the brightness.")
    time: str = Parameter(default="", title="Time", max_length=400, description="Empty: found by UCD or name.")
    bins: int = Parameter(default=100, ge=1, le=512, title="Steps")


def _about(spot: Spot) -> dict[str, Any]:
    return {
        "name": spot.words, "unit": "s since 1970" if spot.is_time else spot.field.unit, "ucd": spot.field.ucd,
        "time": spot.is_time,
    }  # fmt: skip


async def _ranges(
    ctx: Context, key: Key, inner: str, axes: str, log: list[bool],
    given: list[tuple[float | None, float | None]] | None = None,
) -> binning.Ranges:  # fmt: skip
    ctx.progress(0.0, "looking for the range")
    answer = await rows(ctx, key, binning.ranges_statement(inner, axes, log))
    return binning.ranges(one(answer, ctx.alias(key)), log, given or [(None, None)] * len(axes))


@command(
    "table.histogram", "Histogram", on=("tables",), params=HistogramParams, when=answering, scope="read",
    idempotent=True, icon="table", example='net["lal"].table("sky.alerts").histogram(column="mag")',
)  # fmt: skip
async def histogram(ctx: Context, key: Key, params: HistogramParams) -> Result:
    """Count the rows in equal steps of a number or a time. The server counts; it reads the column twice."""
    seen = await looked(ctx, key, params)
    column = _chosen(seen, params.column)
    inner = binning.source(seen.name, {"x": column}, seen.where())
    found = await _ranges(ctx, key, inner, "x", [params.log], [(params.least, params.most)])
    data: dict[str, Any] = {"column": _about(column), "rows": found.rows, "good": found.good, "counts": [], "edges": []}
    if found.spans:
        ctx.progress(0.5, "counting")
        span = found.spans[0]
        answer = await rows(ctx, key, binning.histogram_statement(inner, span, params.bins))
        counts = binning.counts(unpacked(answer, seen.server), params.bins)
        data["counts"] = list(counts)
        data["edges"] = [binning.edge(span, params.bins, n) for n in range(params.bins + 1)]
    data["drawn"] = sum(data["counts"])
    return Result(text=f"{column.words}: {data['drawn']:,} of {found.rows:,} rows in {params.bins} steps.", data=data)


@command(
    "table.density", "Plot two columns…", on=("tables",), params=DensityParams, when=answering, scope="read",
    idempotent=True, icon="table", example='net["lal"].table("sky.alerts").density(x="ra", y="dec")',
)  # fmt: skip
async def density(ctx: Context, key: Key, params: DensityParams) -> Result:
    """Two columns against each other: up to 50 000 rows as points, more as counted fields. The server counts."""
    seen = await looked(ctx, key, params)
    x, y = find(seen.columns, params.x, "x"), find(seen.columns, params.y, "y")
    inner, log = binning.source(seen.name, {"x": x, "y": y}, seen.where()), [params.log_x, params.log_y]
    found = await _ranges(ctx, key, inner, "xy", log)
    data: dict[str, Any] = {
        "x": _about(x), "y": _about(y), "rows": found.rows, "good": found.good, "points": None, "fields": None,
        "bins": params.bins, "spans": [span.model_dump() for span in found.spans],
    }  # fmt: skip
    if found.spans and found.good <= binning.POINTS:
        ctx.progress(0.5, "fetching the points")
        got = unpacked(await rows(ctx, key, binning.points_statement(inner, found.spans)), seen.server)
        pairs = [(real(row.get("x")), real(row.get("y"))) for row in got]
        data["points"] = [pair for pair in pairs if None not in pair]
        words = f"{len(data['points']):,} points"
    elif found.spans:
        ctx.progress(0.5, "counting")
        got = unpacked(await rows(ctx, key, binning.density_statement(inner, found.spans, params.bins)), seen.server)
        data["fields"] = [(int(row["i"]), int(row["j"]), int(row["n"])) for row in got]
        words = f"{found.good:,} rows in {params.bins} × {params.bins} fields"
    else:
        words = "no row has both numbers"
    return Result(text=f"{x.words}, {y.words}: {words}.", data=data)


@command(
    "table.series", "Plot over time", on=("tables",), params=SeriesParams, when=answering, scope="read",
    idempotent=True, icon="table", example='net["lal"].table("sky.alerts").series(y="mag")',
)  # fmt: skip
async def series(ctx: Context, key: Key, params: SeriesParams) -> Result:
    """Rows, mean, least and most of a column in equal steps of time. The server counts; it reads both twice."""
    seen = await looked(ctx, key, params)
    time = seen.spot(params.time, "time", "a time")
    y = _chosen(seen, params.y)
    inner = binning.source(seen.name, {"x": time, "y": y}, seen.where())
    found = await _ranges(ctx, key, inner, "xy", [False, False])
    data: dict[str, Any] = {"x": _about(time), "y": _about(y), "rows": found.rows, "good": found.good, "steps": [],
                            "magnitudes": is_magnitude(y)}  # fmt: skip
    if found.spans:
        ctx.progress(0.5, "counting")
        span = found.spans[0]
        got = unpacked(await rows(ctx, key, binning.series_statement(inner, span, params.bins)), seen.server)
        steps = sorted(got, key=lambda row: int(row["b"]))
        data["steps"] = [
            (
                binning.edge(span, params.bins, int(row["b"]) + 0.5), int(row["n"]),
                *(real(row.get(word)) for word in ("m", "lo", "hi")),
            )
            for row in steps
        ]  # fmt: skip
        data["wide"] = (span.high - span.low) / params.bins
    return Result(text=f"{y.words} over {time.words}: {found.good:,} rows in {len(data['steps'])} steps.", data=data)


def _chosen(seen: Looked, given: str) -> Spot:
    """The column a person named, else the brightness, else the first number."""
    who = seen.roles
    usual = who.brightness or next((n for n in who.numbers if n not in (who.time, who.ra, who.dec)), "")
    return find(seen.columns, given or usual or seen.spot("", "brightness", "a number").words)
