"""The history by the command line: found and shown on a computer where no server answers."""

from __future__ import annotations

import json

import pytest

from astrolabnet_gui.cli import app
from astrolabnet_gui.model.record import Record
from astrolabnet_gui.settings.paths import paths
from astrolabnet_gui.tasks.archive import Archive

KEY = "01" + "B" * 24


@pytest.fixture(autouse=True)
def _kept(tmp_home: object) -> None:
    archive = Archive(paths().archive)
    record = Record(task_key=KEY, name="night 7", state="done", alias="lal", language="pyspark")
    archive.put(record, "1+1", {"status": "ok", "data": {"text/plain": "the kept words"}})
    archive.close()


def test_a_task_is_found_and_its_result_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["task.find", "--text", "kept words", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["data"]
    assert [row["address"] for row in found["tasks"]] == [f"/tasks/{KEY}"]
    assert found["tasks"][0]["ran_at"] == "lal"
    for words in (["task.find", "--text", "kept"], ["tasks"], ["tasks", "lal"]):
        assert app.main(words) == 0
        head, row = capsys.readouterr().out.splitlines()
        assert head.split() == ["ADDRESS", "STATE", "SINCE", "WHAT"]
        assert row.split() == [f"/tasks/{KEY}", "done", "night", "7"]
    assert app.main(["tasks", "elsewhere"]) == 0
    assert capsys.readouterr().out == ""
    assert app.main(["task.result", f"/tasks/{KEY}", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["address"] == f"/tasks/{KEY}"
    assert told["data"]["output"]["data"]["text/plain"] == "the kept words"
    assert app.main(["task.delete", f"/tasks/{KEY}", "--answer", "yes"]) == 0
    capsys.readouterr()
    assert app.main(["task.result", f"/tasks/{KEY}"]) != 0
    assert "holds no task" in capsys.readouterr().err
