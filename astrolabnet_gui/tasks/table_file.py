"""Table file: a table as CSV, Parquet, VOTable or FITS, whole or not at all; all but CSV need the extra ``astro``."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import BadInput, Missing
from ..model.inert import guarded
from ..model.output import Table
from ..settings.files import write_whole

# A spreadsheet takes a cell that begins so for a formula, and runs it.
_REMEDY = "pip install 'astrolabnet-gui[astro]' brings it."


def write_table(table: Table, file: Path) -> int:
    """Write all rows; the ending of the name says how. The answer is the size in bytes.

    Raises:
        BadInput: an ending that is not known, or a file that is there already.
        Missing: a library that is not installed, or a disk that does not take it.
    """
    make = _MAKERS.get(file.suffix.lower())
    if make is None:
        raise BadInput(
            f"{file.name!r} does not say as what to write it.", field="file",
            remedy="Let the name end in .csv, .parquet, .vot or .fits.",
        )  # fmt: skip
    if file.exists():
        raise BadInput(f"{file.name} is there already; nothing is written over.", field="file")
    data = make(table)
    write_whole(file, data)
    return len(data)


def csv_bytes(table: Table) -> bytes:
    """Comma-separated, UTF-8, null as nothing. Text that a spreadsheet would run gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_guarded(column.name) for column in table.columns])
    wide = len(table.columns)
    writer.writerows([_guarded(_flat(cell)) for cell in _filled(row, wide)] for row in table.rows)
    return out.getvalue().encode("utf-8", "replace")


def _guarded(cell: Any) -> Any:
    return guarded(cell) if isinstance(cell, str) else cell


def _flat(cell: Any) -> Any:
    """A cell as text or number; the inside of structs as JSON."""
    if cell is None:
        return ""
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict | bool) else cell


def _filled(row: tuple[Any, ...], wide: int) -> tuple[Any, ...]:
    """A row as wide as the head."""
    return (*row[:wide], *(None,) * (wide - len(row)))


def _columns(table: Table) -> dict[str, list[Any]]:
    """Cells by column; a name that comes twice gets a number. Columns of mixed kinds become text."""
    wide, found = len(table.columns), dict[str, list[Any]]()
    across = list(zip(*(_filled(row, wide) for row in table.rows), strict=True)) or [()] * wide
    for n, (column, cells) in enumerate(zip(table.columns, across, strict=True)):
        name = column.name if column.name not in found else f"{column.name}_{n}"
        kinds = {type(cell) for cell in cells if cell is not None}
        if kinds == {int, float}:
            found[name] = [None if cell is None else float(cell) for cell in cells]
        elif len(kinds) > 1 or kinds & {list, dict}:
            found[name] = [cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells]
        else:
            found[name] = list(cells)
    return found


def parquet_bytes(table: Table) -> bytes:
    """Parquet; a column of nulls alone is text.

    Raises:
        Missing: pyarrow is not installed.
    """
    made = arrow_table(table)
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(made, out)
    return out.getvalue()


def pandas_frame(table: Table) -> Any:
    """A ``pandas.DataFrame``.

    Raises:
        Missing: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as exc:
        raise Missing("a DataFrame needs the library pandas.", remedy="pip install pandas brings it.") from exc
    return pandas.DataFrame(_columns(table))


def arrow_table(table: Table) -> Any:
    """A ``pyarrow.Table``; a column of nulls alone is text.

    Raises:
        Missing: pyarrow is not installed.
    """
    try:
        import pyarrow
    except ImportError as exc:
        raise Missing("Parquet and Arrow need the library pyarrow.", remedy=_REMEDY) from exc
    arrays, fields = [], []
    for (name, cells), column in zip(_columns(table).items(), table.columns, strict=True):
        try:
            array = pyarrow.array(cells)
        except (pyarrow.ArrowInvalid, OverflowError):  # whole numbers beyond 64 bits
            array = pyarrow.array([None if cell is None else str(cell) for cell in cells])
        if pyarrow.types.is_null(array.type):
            array = array.cast(pyarrow.string())
        arrays.append(array)
        metadata = {"unit": column.unit} if column.unit else None
        fields.append(pyarrow.field(name, array.type, metadata=metadata))
    return pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))


def votable_bytes(table: Table) -> bytes:
    """VOTable with the units that are known; nulls are masked.

    Raises:
        Missing: astropy is not installed.
    """
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):  # of names that are no IDs of XML: they get one made of them
        astropy_table(table).write(out, format="votable")
    return out.getvalue()


def fits_bytes(table: Table) -> bytes:
    """FITS with the units that are known; nulls of whole numbers by TNULL. Text is ASCII there.

    Raises:
        Missing: astropy is not installed.
    """
    sheet, out = astropy_table(table), io.BytesIO()
    for column in list(sheet.itercols()):
        if column.dtype.kind == "U":
            texts = [str(text).encode("ascii", "backslashreplace").decode() for text in column.filled("")]
            sheet.replace_column(column.name, type(column)(texts, name=column.name, mask=column.mask, unit=column.unit))
        # Headers of FITS hold printable ASCII only.
        plain = "".join(c if c.isprintable() else " " for c in column.name.encode("ascii", "backslashreplace").decode())
        if plain != column.name:
            sheet.rename_column(column.name, plain)
    with warnings.catch_warnings(action="ignore"):  # of units that FITS does not know
        sheet.write(out, format="fits")
    return out.getvalue()


def astropy_table(table: Table) -> Any:
    """An ``astropy.table.Table`` with the units that are known; nulls are masked.

    Raises:
        Missing: astropy is not installed.
    """
    try:
        from astropy.table import MaskedColumn
        from astropy.table import Table as Sheet
        from astropy.units import UnrecognizedUnit
    except ImportError as exc:
        raise Missing("a VOTable or FITS file needs the library astropy.", remedy=_REMEDY) from exc
    sheet = Sheet(masked=True)
    for (name, cells), column in zip(_columns(table).items(), table.columns, strict=True):
        kinds = {type(cell) for cell in cells if cell is not None} or {str}
        kind = kinds.pop()
        if kind is int and any(cell is not None and not -(2**63) <= cell < 2**63 for cell in cells):
            kind = str
        blank: Any = {int: 0, float: float("nan"), bool: False}.get(kind, "")
        values = [blank if cell is None else kind(cell) for cell in cells]
        made = MaskedColumn(values, name=name, mask=[cell is None for cell in cells], dtype=None if values else "U1")
        if column.unit:
            made.unit = column.unit if _known(column.unit) else UnrecognizedUnit(column.unit)
        sheet.add_column(made)
    return sheet


def _known(unit: str) -> bool:
    from astropy.units import Unit

    try:
        Unit(unit)
    except ValueError:
        return False
    return True


_MAKERS: dict[str, Callable[[Table], bytes]] = {
    ".csv": csv_bytes, ".parquet": parquet_bytes, ".vot": votable_bytes, ".xml": votable_bytes,
    ".fits": fits_bytes, ".fit": fits_bytes,
}  # fmt: skip
