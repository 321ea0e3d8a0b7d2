"""Sheet files: a sheet as CSV, Parquet, VOTable or FITS, whole or not at all."""

from __future__ import annotations

import base64
import io
import json
import math
import warnings
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import BadInput, Missing
from ..model.output import Column, Table
from ..settings.files import write_whole
from ..tasks.table_file import csv_bytes
from .sheets import REMEDY, Sheet


def writable(file: Path) -> None:
    """See that it can be written, before anything is asked.

    Raises:
        BadInput: an ending that is not known, a file that is there already, or no such folder.
    """
    if file.suffix.lower() not in _MAKERS:
        raise BadInput(
            f"{file.name!r} does not say as what to write it.", field="file",
            remedy="Let the name end in .csv, .parquet, .vot or .fits.",
        )  # fmt: skip
    if file.exists():
        raise BadInput(f"{file.name} is there already; nothing is written over.", field="file")
    if not file.parent.is_dir():
        raise BadInput(f"there is no folder {file.parent}.", field="file")


def write_sheet(sheet: Sheet, file: Path) -> int:
    """Write it; the ending of the name says how. The answer is the size in bytes.

    Raises:
        BadInput: see ``writable``; or its format can not hold this table.
        Missing: a library that is not installed, or a disk that does not take it.
    """
    writable(file)
    try:
        data = _MAKERS[file.suffix.lower()](sheet)
    except (ValueError, TypeError, OverflowError) as exc:
        raise BadInput(f"the table can not be written so: {str(exc)[:160]}", field="file") from exc
    write_whole(file, data)
    return len(data)


def plain_rows(sheet: Sheet) -> tuple[tuple[Any, ...], ...]:
    """Its rows as JSON can say them; NaN is null there."""
    columns = [[_flat(cell) for cell in column.to_pylist()] for column in sheet.arrow.columns]
    clean = [[None if isinstance(c, float) and not math.isfinite(c) else c for c in column] for column in columns]
    return tuple(zip(*clean, strict=True)) if clean else ()


def _csv(sheet: Sheet) -> bytes:
    columns = [[_flat(cell) for cell in column.to_pylist()] for column in sheet.arrow.columns]
    heads = tuple(Column(name=c.name, type=c.type, unit=c.unit) for c in sheet.columns)
    return csv_bytes(Table(columns=heads, rows=tuple(zip(*columns, strict=True)) if columns else ()))


def _parquet(sheet: Sheet) -> bytes:
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(sheet.arrow, out, coerce_timestamps="us", allow_truncated_timestamps=True)
    return out.getvalue()


def _votable(sheet: Sheet) -> bytes:
    made, out = astropy_table(sheet), io.BytesIO()
    with warnings.catch_warnings(action="ignore"):
        made.write(out, format="votable")
    return out.getvalue()


def _fits(sheet: Sheet) -> bytes:
    made, out = astropy_table(sheet, ascii_only=True), io.BytesIO()
    from astropy.io import fits

    with warnings.catch_warnings(action="ignore"):
        unit = fits.table_to_hdu(made)
        for n, column in enumerate(sheet.columns, 1):
            for word, value in (("TUCD", column.ucd), ("TCOMM", column.comment)):
                if value:
                    unit.header[f"{word}{n}"] = _card(value)[:60]
        fits.HDUList([fits.PrimaryHDU(), unit]).writeto(out)
    return out.getvalue()


def astropy_table(sheet: Sheet, ascii_only: bool = False) -> Any:
    """A sheet as an ``astropy.table.Table``; moments, decimals and what is nested as text.

    Raises:
        Missing: astropy is not installed.
    """
    try:
        from astropy.table import MaskedColumn
        from astropy.table import Table as Sheet_
        from astropy.units import Unit, UnrecognizedUnit
    except ImportError as exc:
        raise Missing("writing this format needs the library astropy.", remedy=REMEDY) from exc
    table = Sheet_(masked=True)
    for about, column in zip(sheet.columns, sheet.arrow.columns, strict=True):
        values, mask = _numbers(column, ascii_only)
        name = _card(about.name) if ascii_only else about.name
        made = MaskedColumn(values, name=name, mask=mask, description=about.comment or None)
        if about.unit:
            try:
                made.unit = Unit(about.unit)
            except (ValueError, TypeError):
                made.unit = UnrecognizedUnit(about.unit)
        if about.ucd:
            made.meta["ucd"] = about.ucd
        table.add_column(made)
    return table


def _numbers(column: Any, ascii_only: bool) -> tuple[Any, Any]:
    """Values of a column as numpy knows them, and which are null."""
    import numpy as np
    import pyarrow

    cells = column.to_pylist()
    mask = np.array([cell is None for cell in cells], dtype=bool)
    kind = column.type
    if pyarrow.types.is_boolean(kind) or pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind):
        dtype = kind.to_pandas_dtype()
        blank = np.nan if pyarrow.types.is_floating(kind) else 0
        return np.array([blank if cell is None else cell for cell in cells], dtype=dtype), mask
    texts = ["" if cell is None else str(_flat(cell)) for cell in cells]
    return np.array([_ascii(t) if ascii_only else t for t in texts], dtype=None if texts else "U1"), mask


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _card(text: str) -> str:
    """What a header of FITS can hold."""
    return "".join(c if c.isprintable() else " " for c in _ascii(text))


def _flat(cell: Any) -> Any:
    """A cell as a number or text."""
    match cell:
        case None | bool() | int() | float() | str():
            return cell
        case datetime() | date():
            return cell.isoformat()
        case bytes():
            return base64.b64encode(cell).decode("ascii")
        case Decimal():
            return str(cell)
    return json.dumps(cell, ensure_ascii=False, default=_flat)


_MAKERS: dict[str, Callable[[Sheet], bytes]] = {
    ".csv": _csv, ".parquet": _parquet, ".vot": _votable, ".xml": _votable, ".fits": _fits, ".fit": _fits,
}  # fmt: skip
