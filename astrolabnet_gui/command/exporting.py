"""What can be done to take a table of a server home: as VOTable, FITS, Parquet or CSV."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field as Parameter

from ..catalog import whole
from ..catalog.packed import unpacked_rows
from ..errors import TooLarge
from ..model.key import Key
from ..sources.sheet_files import writable, write_sheet
from ..sources.sheets import Sheet, of_arrow
from .context import Context
from .data import answering
from .kept import KeptParams, looked
from .looking import rows
from .registry import Result, command

MOST = 200_000


class ExportParams(KeptParams):
    """Where to, and how much."""

    file: str = Parameter(
        title="File", min_length=1, max_length=4096,
        description="A new file; its ending says as what: .vot, .fits, .parquet or .csv.",
    )  # fmt: skip
    rows: int = Parameter(default=10_000, ge=1, le=MOST, title="Rows at most")


@command(
    "table.export", "Export rows…", on=("tables",), params=ExportParams, when=answering, icon="table", group="copy",
    example='net["lal"].table("sky.alerts").export(file="alerts.fits", rows=5000)',
)  # fmt: skip
async def export(ctx: Context, key: Key, params: ExportParams) -> Result:
    """Write rows of the table into a file of this computer: VOTable, FITS, Parquet or CSV, by the ending of the name.

    Units, UCDs and comments go along (not into CSV). Of a table with more rows you are asked whether the first will
    do. In CSV, text that a spreadsheet would run as a formula gets an apostrophe before it. Needs the extra astro.
    """
    file = Path(params.file).expanduser().absolute()
    await ctx.blocking(writable, file)
    told = await sheet_of(ctx, key, params, params.rows)
    if told is None:
        return Result(text="Nothing was done.", data={"done": False})
    sheet, total = told
    ctx.progress(0.7, f"writing {file.name}")
    size = await ctx.blocking(write_sheet, sheet, file)
    return Result(
        text=f"{sheet.rows:,} rows of {ctx.thing(key).payload} are in {file.name}.",
        data={"file": str(file), "rows": sheet.rows, "of": total, "bytes": size},
    )


async def sheet_of(ctx: Context, key: Key, params: KeptParams, most: int) -> tuple[Sheet, int] | None:
    """Rows of a table as they are, and how many there are; None if there are more and the person said no.

    Raises:
        TooLarge: more than one answer of Livy holds.
    """
    seen = await looked(ctx, key, params)
    where = " AND ".join(seen.where())
    condition = f" WHERE {where}" if where else ""
    ctx.progress(0.0, "counting")
    total = int((await rows(ctx, key, f"SELECT count(*) FROM {seen.name.sql}{condition}"))[0][0])
    if total > most and not await ctx.ask(f"{seen.name} has {total:,} rows. Take the first {most:,} that come?"):
        return None
    ctx.progress(0.2, "fetching the rows")
    try:
        answer = await rows(ctx, key, whole.statement(seen.name, seen.columns, most, where))
    except TooLarge as exc:
        raise TooLarge(
            "the rows are more than 64 MB.", server=seen.server, remedy="Take fewer rows, or a table of fewer columns."
        ) from exc

    def made() -> Sheet:
        return of_arrow(whole.arrow(unpacked_rows(answer, seen.server), seen.columns, seen.server))

    return await ctx.blocking(made), total
