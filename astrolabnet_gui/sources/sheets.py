"""Sheets: a table of this computer as columns of Arrow with their units and UCDs: from FITS, VOTable, CSV or Parquet.

What a file is stands in its first bytes, not in its name. Needs the extra ``astro``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, Missing
from ..model.thing import Value
from .cells import arrow_of

REMEDY = "pip install 'astrolabnet-gui[astro]' brings it."
LARGEST = 1_000_000_000
KINDS = {"fits": "FITS", "votable": "VOTable", "parquet": "Parquet", "csv": "CSV", "ecsv": "ECSV"}
_BROKEN = (OSError, TypeError, ValueError, KeyError, AttributeError, IndexError, EOFError, MemoryError)


class About(Value):
    """A column of a sheet: its name as a server takes it, its type in Arrow's word, unit, UCD and comment."""

    name: str
    type: str
    unit: str = ""
    ucd: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table in memory.

    Attributes:
        arrow: a ``pyarrow.Table`` whose columns are named as in ``columns``.
        notes: what was changed or left out, in words.
    """

    columns: tuple[About, ...]
    arrow: Any
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many."""
        return int(self.arrow.num_rows)

    def write(self, file: Path) -> None:
        """Write it as Parquet that every Spark reads: moments of microseconds, no dictionaries."""
        from pyarrow import parquet

        parquet.write_table(self.arrow, file, coerce_timestamps="us", allow_truncated_timestamps=True)


def read(file: Path, part: int = 0) -> Sheet:
    """The table in a file; of several in one file the first with rows, or number ``part`` (from 1).

    Raises:
        BadInput: there is no such file, or no table in it that can be read; ``field`` is "file".
        Missing: pyarrow or astropy is not installed.
    """
    kind = kind_of(file)
    try:
        import pyarrow
        from pyarrow import csv, parquet
    except ImportError as exc:
        raise Missing("reading a table needs the library pyarrow.", remedy=REMEDY) from exc
    try:
        if kind == "parquet":
            return of_arrow(parquet.read_table(file, use_threads=False))
        if kind == "csv":
            pyarrow.enable_signal_handlers(False)
            # In this thread: Arrow's own threads and their pipes stay until the end of the program.
            alone, options = csv.ReadOptions(use_threads=False), csv.ParseOptions(delimiter=_delimiter(file))
            return of_arrow(csv.read_csv(file, read_options=alone, parse_options=options))
    except (pyarrow.ArrowException, *_BROKEN) as exc:
        raise _unreadable(file, kind, exc) from exc
    try:
        from astropy.io.votable.exceptions import VOTableSpecError
    except ImportError as exc:
        raise Missing(f"reading a {KINDS[kind]} file needs the library astropy.", remedy=REMEDY) from exc
    try:
        # astropy warns of what is against the standard and reads it all the same.
        with warnings.catch_warnings(action="ignore"):
            return of_astropy(_by_astropy(file, kind, part))
    except (pyarrow.ArrowException, VOTableSpecError, SyntaxError, *_BROKEN) as exc:
        raise _unreadable(file, kind, exc) from exc


def kind_of(file: Path) -> str:
    """What a file is, by its first bytes.

    Raises:
        BadInput: it can not be opened, is empty, too large, or holds no table that is known.
    """
    try:
        if file.is_dir():
            raise BadInput(f"{file.name} is a folder; choose a file.", field="file")
        size = file.stat().st_size
        with file.open("rb") as opened:
            head = opened.read(4096)
    except OSError as exc:
        raise BadInput(f"{file} can not be read: {exc.strerror or exc}.", field="file") from exc
    if not head:
        raise BadInput(f"{file.name} is empty.", field="file")
    if size > LARGEST:
        raise BadInput(
            f"{file.name} has {size / 1e9:.1f} GB; at most {LARGEST / 1e9:.0f} GB are loaded from here.", field="file",
            remedy="Copy it to where the server reads, and make a table of it there.",
        )  # fmt: skip
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"SIMPLE  =") or (head.startswith(b"\x1f\x8b") and ".fit" in file.name.lower()):
        return "fits"
    if b"<VOTABLE" in head.upper():
        return "votable"
    if head.startswith(b"# %ECSV"):
        return "ecsv"
    if b"\0" not in head and file.suffix.lower() in (".csv", ".tsv", ".txt", ".dat"):
        return "csv"
    said = file.suffix.lower().lstrip(".")
    wrong = f"{file.name} is no {said.upper()} file" if said in ("fits", "fit", "vot", "parquet") else (
        f"{file.name} holds no table that can be read"
    )  # fmt: skip
    raise BadInput(f"{wrong}.", field="file", remedy="FITS, VOTable, CSV, ECSV and Parquet can be read.")


def _unreadable(file: Path, kind: str, exc: BaseException) -> BadInput:
    why = " ".join(str(exc).split())[:160].rstrip(".") or type(exc).__name__
    return BadInput(f"{file.name} can not be read as {KINDS[kind]}: {why}.", field="file")


def _delimiter(file: Path) -> str:
    with file.open("rb") as opened:
        line = opened.readline(100_000)
    return max((",", "\t", ";", "|"), key=lambda mark: line.count(mark.encode()))


def _by_astropy(file: Path, kind: str, part: int) -> Any:
    from astropy.table import Table

    if kind == "ecsv":
        return Table.read(file, format="ascii.ecsv")
    if kind == "votable":
        from astropy.io.votable import parse

        tables = list(parse(file).iter_tables())
        chosen = _choose([(len(one.array), one) for one in tables], part)
        return chosen.to_table(use_names_over_ids=True)
    from astropy.io import fits

    with fits.open(file) as opened:
        units = [n for n, unit in enumerate(opened) if isinstance(unit, fits.BinTableHDU | fits.TableHDU)]
        number = _choose([(int(opened[n].header.get("NAXIS2", 0)), n) for n in units], part)
        header = opened[number].header
        table = Table.read(opened, hdu=number, unit_parse_strict="silent")
        for n, name in enumerate(table.colnames, 1):
            column = table[name]
            if (ucd := header.get(f"TUCD{n}")) and hasattr(column, "meta"):
                column.meta["ucd"] = str(ucd)
            if (said := header.get(f"TCOMM{n}") or header.get(f"TDESC{n}")) and not column.info.description:
                column.info.description = str(said)
        return table


def _choose(found: list[tuple[int, Any]], part: int) -> Any:
    if not found:
        raise ValueError("it holds no table")
    if part > len(found):
        raise ValueError(f"it holds {len(found)} table{'s' * (len(found) != 1)}, not {part}")
    return found[part - 1][1] if part else next((one for rows, one in found if rows), found[0][1])


def of_arrow(table: Any) -> Sheet:
    """A sheet of a ``pyarrow.Table``; units and UCDs stand in the metadata of its fields."""
    import pyarrow

    abouts, arrays = [], []
    for name, field, column in zip(_names(table.column_names), table.schema, table.columns, strict=True):
        told = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in (field.metadata or {}).items()}
        if pyarrow.types.is_dictionary(field.type):
            column = column.cast(field.type.value_type)
        elif pyarrow.types.is_null(field.type):
            column = column.cast(pyarrow.string())
        elif pyarrow.types.is_float16(field.type):
            column = column.cast(pyarrow.float32())
        about = {word: told.get(word, "") for word in ("unit", "ucd", "comment")}
        abouts.append(About(name=name, type=str(column.type), **about))
        arrays.append(column)
    return _sheet(abouts, arrays, _renamed(table.column_names, abouts))


def of_astropy(table: Any) -> Sheet:
    """A sheet of an ``astropy.table.Table``; masked cells are null, NaN stays NaN."""
    from astropy.coordinates import SkyCoord

    named: list[tuple[str, Any]] = []
    for name in table.colnames:
        column = table[name]
        if isinstance(column, SkyCoord):
            named += [(f"{name}.ra", column.icrs.ra), (f"{name}.dec", column.icrs.dec)]
        else:
            named.append((name, column))
    abouts, arrays, notes = [], [], []
    names = _names(n for n, _ in named)
    for name, (old, column) in zip(names, named, strict=True):
        array = arrow_of(column)
        if array is None:
            notes.append(f"{old[:60]} is left out: {_kind(column)}")
            continue
        unit = getattr(column, "unit", None)
        about = {
            "unit": "" if unit is None else str(unit), "ucd": str((getattr(column, "meta", None) or {}).get("ucd", "")),
            "comment": str(getattr(getattr(column, "info", None), "description", None) or ""),
        }  # fmt: skip
        abouts.append(About(name=name, type=str(array.type), **about))
        arrays.append(array)
    if not abouts:
        raise ValueError("it holds no column that can be read")
    return _sheet(abouts, arrays, [*_renamed([n for n, _ in named], [About(name=n, type="") for n in names]), *notes])


def _sheet(abouts: list[About], arrays: list[Any], notes: list[str]) -> Sheet:
    import pyarrow

    fields = [
        pyarrow.field(a.name, array.type, metadata={k: v for k in ("unit", "ucd", "comment") if (v := getattr(a, k))})
        for a, array in zip(abouts, arrays, strict=True)
    ]
    return Sheet(tuple(abouts), pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields)), tuple(notes))


def _kind(column: Any) -> str:
    dtype = getattr(column, "dtype", None)
    return "complex numbers" if dtype is not None and dtype.kind == "c" else f"a {type(column).__name__} of {dtype}"


def _names(given: Iterable[str]) -> list[str]:
    """Each name once, whatever its case: Spark tells ``RA`` and ``ra`` not apart."""
    found, taken = list[str](), set[str]()
    for n, name in enumerate(given, 1):
        wanted = made = name.strip() or f"column_{n}"
        number = 2
        while made.casefold() in taken:
            made, number = f"{wanted}_{number}", number + 1
        taken.add(made.casefold())
        found.append(made)
    return found


def _renamed(old: Iterable[str], new: Iterable[About]) -> list[str]:
    return [f"{a or 'a column without name'} is called {b.name}" for a, b in zip(old, new, strict=True) if a != b.name]
