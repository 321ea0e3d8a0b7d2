"""Tables of this computer: what a file is stands in its bytes; units, UCDs, nulls and types come through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import from_table, writeto
from astropy.table import MaskedColumn, Table
from astropy.time import Time
from pyarrow import parquet

from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.sources.sheets import read


def stars() -> Table:
    """Three stars, with all that makes a table hard."""
    table = Table(masked=True)
    table["ra"] = MaskedColumn([10.0, 20.0, 30.0], unit="deg", description="right ascension")
    table["ra"].meta["ucd"] = "pos.eq.ra;meta.main"
    table["Mag"] = MaskedColumn(np.array([1.5, np.nan, 3.5], dtype=">f4"), unit="mag", mask=[0, 0, 1])
    table["n"] = MaskedColumn(np.array([1, 2, 3], dtype=np.uint8), mask=[0, 1, 0])
    table["name"] = MaskedColumn(["vega", "άλφα", ""], mask=[0, 0, 1])
    table["flux"] = np.arange(12.0).reshape(3, 2, 2)
    return table


WANTED = {
    "ra": [10.0, 20.0, 30.0], "n": [1, None, 3], "flux": [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]],
}  # fmt: skip


def test_a_votable_keeps_units_ucds_and_nulls(tmp_path: Path) -> None:
    writeto(from_table(stars()), str(tmp_path / "odd.name"))
    sheet = read(tmp_path / "odd.name")
    rows = sheet.arrow.to_pydict()
    assert {name: rows[name] for name in WANTED} == WANTED
    assert (rows["Mag"], rows["name"][:2]) == ([1.5, None, None], ["vega", "άλφα"]), "NaN is VOTable's null"
    ra = sheet.columns[0]
    assert (ra.unit, ra.ucd, ra.comment) == ("deg", "pos.eq.ra;meta.main", "right ascension")
    sheet.write(tmp_path / "out.parquet")
    again = read(tmp_path / "out.parquet")
    assert again.arrow.to_pydict()["n"] == [1, None, 3]
    assert again.columns[0] == ra


def test_a_fits_file_is_read_by_its_first_table_with_rows_or_the_one_named(tmp_path: Path) -> None:
    table = stars()
    table.remove_column("name")
    unit = fits.table_to_hdu(table)
    unit.header["TUCD1"] = "pos.eq.ra"
    other = fits.table_to_hdu(Table({"RA": [1.0], "ra": [2.0], "z": [1 + 2j]}))
    file = tmp_path / "a.fits"
    fits.HDUList([fits.PrimaryHDU(), fits.table_to_hdu(Table({"x": np.zeros(0)})), unit, other]).writeto(file)
    sheet = read(file)
    rows = sheet.arrow.to_pydict()
    assert {name: rows[name] for name in WANTED} == WANTED
    assert (sheet.columns[0].unit, sheet.columns[0].ucd, sheet.columns[1].unit) == ("deg", "pos.eq.ra", "mag")
    third = read(file, 3)
    assert [c.name for c in third.columns] == ["RA", "ra_2"]
    assert third.notes == ("ra is called ra_2", "z is left out: complex numbers")
    with pytest.raises(BadInput, match="it holds 3 tables, not 4"):
        read(file, 4)


def test_csv_and_ecsv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id;ra;when;nothing\n1;1.5;2026-01-02 03:04:05;\n2;;;\n")
    sheet = read(tmp_path / "a.csv")
    assert {c.name: c.type for c in sheet.columns} == {
        "id": "int64", "ra": "double", "when": "timestamp[s]", "nothing": "string",
    }  # fmt: skip
    assert sheet.arrow.to_pydict()["ra"] == [1.5, None]
    table = Table({"t": Time(["2026-01-02T03:04:05.123456"]), "d": [1.0]})
    table["d"].unit = "km/s"
    table.write(tmp_path / "b.ecsv")
    sheet = read(tmp_path / "b.ecsv")
    assert [c.type for c in sheet.columns] == ["timestamp[us]", "double"]
    assert sheet.columns[1].unit == "km / s"
    sheet.write(tmp_path / "b.parquet")
    assert str(parquet.read_schema(tmp_path / "b.parquet").field("t").type) == "timestamp[us]"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.fits", b"", "is empty"), ("a.fits", b"hello", "is no FITS file"), ("a.parquet", b"hello", "is no PARQUET"),
        ("a.parquet", b"PAR1" + b"x" * 40 + b"PAR1", "can not be read as Parquet"),
        ("a.bin", b"\0\1", "holds no table"),
        ("a.vot", b"<?xml version='1.0'?><VOTABLE><RESO", "can not be read as VOTable"),
        ("a.vot", b"<?xml version='1.0'?><VOTABLE version='1.4'></VOTABLE>", "it holds no table"),
        ("a.fits", fits.PrimaryHDU(np.zeros((2, 2))).header.tostring().encode(), "can not be read as FITS"),
        ("a.csv", b"a,b\n1,2,3\n", "can not be read as CSV: CSV parse error"),
    ],
)  # fmt: skip
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadInput, match=said) as caught:
        read(tmp_path / name)
    assert caught.value.field == "file"


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder"):
        read(tmp_path)
    with pytest.raises(BadInput, match="No such file"):
        read(tmp_path / "none.fits")
