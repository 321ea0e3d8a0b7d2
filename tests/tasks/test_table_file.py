"""A table as a file: CSV that no spreadsheet runs, Parquet and VOTable with nulls and units."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest

from astrolabnet_gui.errors import BadInput, Missing
from astrolabnet_gui.model.output import Column, Table
from astrolabnet_gui.tasks.table_file import csv_bytes, votable_bytes, write_table

TABLE = Table(
    columns=(
        Column(name="id", type="bigint"), Column(name="mag", type="double", unit="mag"), Column(name="name"),
        Column(name="good"), Column(name="inside"), Column(name="nothing"), Column(name="id"),
    ),
    rows=(
        (2**40, 18.5, '=HYPERLINK("http://x")', True, {"a": [1]}, None, 1),
        (None, None, "größe, \U0001f52d", None, None, None, 2),
        (3, 19, "-1+2", False, [2]),
    ),
)  # fmt: skip


def test_csv_holds_every_cell_and_runs_nothing() -> None:
    rows = list(csv.reader(io.StringIO(csv_bytes(TABLE).decode())))
    assert rows[0] == ["id", "mag", "name", "good", "inside", "nothing", "id"]
    assert rows[1] == [str(2**40), "18.5", '\'=HYPERLINK("http://x")', "true", '{"a": [1]}', "", "1"]
    assert rows[2] == ["", "", "größe, \U0001f52d", "", "", "", "2"]
    assert rows[3][2] == "'-1+2"
    numbers = Table(columns=(Column(name="@SUM(A1)"),), rows=((-1,), ("\t=1",), ("+1",), ("a=1",)))
    cells = [row[0] for row in csv.reader(io.StringIO(csv_bytes(numbers).decode()))]
    assert cells == ["'@SUM(A1)", "-1", "'\t=1", "'+1", "a=1"]


def test_parquet_keeps_kinds_nulls_and_units(tmp_path: Path) -> None:
    from pyarrow import parquet

    file = tmp_path / "t.parquet"
    assert write_table(TABLE, file) == file.stat().st_size
    found = parquet.read_table(file)
    assert found.column_names == ["id", "mag", "name", "good", "inside", "nothing", "id_6"]
    assert found["id"].to_pylist() == [2**40, None, 3]
    assert found["mag"].to_pylist() == [18.5, None, 19.0]
    assert found["good"].to_pylist() == [True, None, False]
    assert found["inside"].to_pylist() == ['{"a": [1]}', None, "[2]"]
    assert found.schema.field("mag").metadata == {b"unit": b"mag"}
    assert write_table(TABLE.model_copy(update={"rows": ((2**80,) * 7,)}), tmp_path / "large.parquet") > 0


def test_a_votable_is_read_back_by_astropy() -> None:
    pytest.importorskip("astropy", reason="the extra astro is not installed")
    from astropy.io.votable import parse_single_table

    found = parse_single_table(io.BytesIO(votable_bytes(TABLE))).to_table()
    assert found.colnames[:2] == ["id", "mag"]
    assert str(found["mag"].unit) == "mag"
    assert found["id"][0] == 2**40
    assert list(found["id"].mask) == [False, True, False]
    assert found["name"][1] == "größe, \U0001f52d"
    empty = TABLE.model_copy(update={"rows": ()})
    assert len(parse_single_table(io.BytesIO(votable_bytes(empty))).array) == 0


def test_columns_of_any_name_become_a_votable() -> None:
    pytest.importorskip("astropy")
    from astropy.io.votable import parse_single_table

    names = ("ra (table)", "mag, G`", "größe", "1st", "a.b")
    odd = Table(columns=tuple(Column(name=n, type="double") for n in names), rows=((1.0, 2.0, 3.0, 4.0, 5.0),))
    found = parse_single_table(io.BytesIO(votable_bytes(odd)))
    assert [field.name for field in found.fields] == list(names)


def test_fits_is_read_back_by_astropy(tmp_path: Path) -> None:
    pytest.importorskip("astropy", reason="the extra astro is not installed")
    from astropy.table import Table as Sheet

    write_table(TABLE, tmp_path / "t.fits")
    found = Sheet.read(tmp_path / "t.fits")
    assert (found.colnames[:2], str(found["mag"].unit), found["id"][0]) == (["id", "mag"], "mag", 2**40)
    assert list(found["id"].mask) == [False, True, False]
    assert found["name"][1] == "gr\\xf6\\xdfe, \\U0001f52d", "text of FITS is ASCII"


def test_what_can_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match=r"\.csv, \.parquet, \.vot or \.fits"):
        write_table(TABLE, tmp_path / "t.xlsx")
    (tmp_path / "t.csv").write_text("mine")
    with pytest.raises(BadInput, match="nothing is written over"):
        write_table(TABLE, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "mine"
    for library, name in (("pyarrow", "t.parquet"), ("astropy.table", "t.vot")):
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(Missing, match=r"astrolabnet-gui\[astro\]"):
            write_table(TABLE, tmp_path / name)
        assert not (tmp_path / name).exists()
