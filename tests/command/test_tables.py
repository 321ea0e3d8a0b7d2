"""The table of a task as a file, by the command all faces have."""

from __future__ import annotations

from pathlib import Path

from astrolabnet_gui.model.output import TABLE_MIME
from tests.command.rig import SERVER, Rig

OUTPUT = {
    "status": "ok", "execution_count": 0,
    "data": {TABLE_MIME: {"headers": [{"name": "n", "type": "INT_TYPE"}], "data": [[1], [2]]}},
}  # fmt: skip


async def test_a_table_is_saved_whole_and_a_result_without_one_says_so(tmp_path: Path) -> None:
    async with Rig() as rig:
        rig.livy.answers.append(OUTPUT)
        sent = await rig.well("server.send", SERVER, kind="pyspark", code="t", wait=True)
        assert sent.focus is not None
        saved = await rig.well("task.save", sent.focus, file=str(tmp_path / "t.csv"))
        assert saved.text == "2 rows are in t.csv."
        assert (tmp_path / "t.csv").read_bytes() == b"n\r\n1\r\n2\r\n"
        twice = await rig.ill("task.save", sent.focus, file=str(tmp_path / "t.csv"))
        assert "nothing is written over" in twice.what
        plain = await rig.well("server.send", SERVER, kind="pyspark", code="1+1", wait=True)
        refused = await rig.ill("task.save", plain.focus, file=str(tmp_path / "u.csv"))
        assert "holds no table" in refused.what
