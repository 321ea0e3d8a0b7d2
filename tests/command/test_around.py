"""Places and a table: what a list of them finds, and that nothing near is an answer too."""

from __future__ import annotations

from pathlib import Path

import pytest

from astrolabnet_gui.catalog.schema import Field

from .rig import Rig
from .test_datasets import ALERTS, seen, sql_rows

POSITION = (Field(name="ra", type="double", unit="deg"), Field(name="dec", type="double", unit="deg"))


@pytest.mark.parametrize("places", [("10.68 +41.27", "00:42:44 +41:16:09"), ()])
async def test_a_list_with_nothing_near_has_no_row_and_no_fault(places: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("name,ra,dec\na,10.5,41.0\nb,11.5,\n")
    async with Rig() as rig:
        seen(rig)
        rig.house.browsing.columns[ALERTS] = POSITION
        rig.livy.answers.append(sql_rows(['{"all": []}']))
        given = {"places": places} if places else {"file": str(file)}
        found = (await rig.well("table.match", ALERTS, into=str(tmp_path / "found.csv"), **given)).result
        assert (found["matched"], found["table"]["rows"]) == (0, [])
        assert (found["places"], found["of"]) == ((2, 2) if places else (1, 2))
        assert Path(found["file"]).read_text().splitlines()[0].startswith("place,ra,dec" if places else "name,ra,dec")


async def test_a_file_that_can_not_be_written_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    async with Rig() as rig:
        seen(rig)
        there = tmp_path / "found.csv"
        there.write_text("mine")
        refused = await rig.ill("table.match", ALERTS, places=("1 2",), into=str(there))
        assert "is there already" in refused.what
        assert rig.livy.bodies == []
