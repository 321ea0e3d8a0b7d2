"""Sheets in files: what is written is read back with units, UCDs and nulls; formulas of spreadsheets are guarded."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import astropy.table  # noqa: F401  (it warns of homes that are gone when it is first imported in a test)
import pyarrow
import pytest

from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.sources.sheet_files import write_sheet
from astrolabnet_gui.sources.sheets import Sheet, of_arrow, read


def sheet() -> Sheet:
    columns = {
        "n": pyarrow.array([1, None, 2**60]), "ok": pyarrow.array([True, None, False]),
        "mag": pyarrow.array([1.5, float("nan"), None], type=pyarrow.float32()),
        "name": pyarrow.array(["=1+1", "grün", None]), "d": pyarrow.array([Decimal("1.10"), None, Decimal("-2.00")]),
        "t": pyarrow.array([datetime(2026, 1, 2, tzinfo=UTC), None, None], type=pyarrow.timestamp("us", "UTC")),
        "in": pyarrow.array([{"a": [1], "b": b"\x00"}, None, {"a": [], "b": None}]),
        "é\n`": pyarrow.array([1, 2, 3]),
    }  # fmt: skip
    told = {"mag": {"unit": "mag", "ucd": "phot.mag", "comment": "of G"}, "n": {"unit": "wiggles"}}
    fields = [pyarrow.field(name, a.type, metadata=told.get(name)) for name, a in columns.items()]
    return of_arrow(pyarrow.Table.from_arrays(list(columns.values()), schema=pyarrow.schema(fields)))


@pytest.mark.parametrize("ending", ["vot", "fits", "parquet"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"t.{ending}"
    assert write_sheet(sheet(), file) == file.stat().st_size
    back = read(file)
    rows = back.arrow.to_pylist()
    assert [row["n"] for row in rows] == [1, None, 2**60]
    assert (rows[0]["mag"], rows[0]["name"]) == (1.5, "=1+1")
    mag = back.columns[2]
    assert (mag.unit, mag.ucd, mag.comment) == ("mag", "phot.mag", "of G")
    assert back.columns[0].unit == "wiggles"
    if ending == "parquet":
        assert rows[0]["in"] == {"a": [1], "b": b"\x00"}
    else:
        assert (rows[0]["d"], rows[0]["in"]) == ("1.10", '{"a": [1], "b": "AA=="}')


def test_a_csv_is_guarded_and_an_empty_table_is_written(tmp_path: Path) -> None:
    write_sheet(sheet(), tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[2].startswith("1,true,1.5,'=1+1,1.10,2026-01-02T00:00:00+00:00,")
    empty = of_arrow(sheet().arrow.slice(0, 0))
    for ending in ("csv", "vot", "fits", "parquet"):
        write_sheet(empty, tmp_path / f"none.{ending}")
        assert read(tmp_path / f"none.{ending}").rows == 0


@pytest.mark.parametrize(("name", "said"), [("t.xls", "does not say"), ("no/t.csv", "no folder"), ("a.csv", "already")])
def test_what_can_not_be_written_is_said(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(BadInput, match=said) as caught:
        write_sheet(sheet(), tmp_path / name)
    assert caught.value.field == "file"
