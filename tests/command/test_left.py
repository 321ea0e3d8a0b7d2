"""Results left on the server: what can be left, what is read back, what can not be read; found at the next start."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.command.collect import here
from astrolabnet_gui.command.sites import exchange, lines
from astrolabnet_gui.errors import Malformed
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.model.record import Record, history_key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.tasks.left import TASK_KEY, found, read, reader, why_not, wrapped
from astrolabnet_gui.tasks.marker import strip
from tests.command.rig import LAL, SERVER, Rig
from tests.command.test_archiving import kept

KEY = "01" + "A" * 24


def document(**more: Any) -> bytes:
    told = {"astrolabnet": "result", "format": 1, "task_key": KEY, "name": "pi", "language": "pyspark", "state": "done",
            "workspace": "abcd1234", "code": "1+1", "output": {"status": "ok", "data": {"text/plain": "2"}},
            "started": 1_790_000_000_000, "completed": 1_790_000_001_000}  # fmt: skip
    return json.dumps(told | more).encode()


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [("sql", "SELECT 1", "spark.sql"), ("pyspark", "x = 1\n%table x", "begins with %"), ("cobol", "", "no way"),
     ("pyspark", "print(1 % 2)", ""), ("pyspark", "a = (7\n % 2)", ""), ("spark", "1", ""), ("sparkr", "1", "")],
)  # fmt: skip
def test_what_can_be_left(kind: str, code: str, words: str) -> None:
    assert (words in why_not(kind, code)) if words else why_not(kind, code) == ""


async def test_sql_is_refused_before_anything_is_sent() -> None:
    async with Rig() as rig:
        problem = await rig.ill("server.send", SERVER, kind="sql", code="SELECT 1", keep=True)
        assert "can not be kept on the server" in problem.what
        assert not any(isinstance(body, NewStatement) for body in rig.livy.bodies)


@pytest.mark.parametrize("kind", ["pyspark", "spark", "sparkr"])
def test_code_travels_as_data_with_the_key_once(kind: str) -> None:
    nasty = "x = '\"); import os; os.abort() # \\u0022 ${env:HOME} é'"
    sent, _ = wrapped(nasty, kind, nasty, nasty, "abcd1234", "hdfs:///r'\"")
    assert sent.count(TASK_KEY) == 1
    if kind != "spark":  # there it must stand as code
        assert nasty not in sent
    assert "hdfs:///r" not in sent


async def test_the_wrapped_code_carries_the_mark_and_the_line_shift_of_the_first_line() -> None:
    async with Rig() as rig:
        event = await rig.well("server.send", SERVER, kind="pyspark", code="1/0", keep=True)
        body = rig.livy.bodies[-1]
        assert isinstance(body, NewStatement)
        marker = strip(body.code).marker
        assert marker is not None
        assert f'"{marker.key}"' in body.code
        assert TASK_KEY not in body.code
        assert event.focus is not None
        thing = rig.engine.store.get(event.focus)
        assert thing is not None
        assert (thing.payload.code, thing.payload.line_shift) == ("1/0", 0)


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"[]", b"null", b"[" * 100_000, document(task_key="01OTHER"), document(astrolabnet="x"),
     document(output=[1]), document(started="soon"), document(state=None), document(completed=10**30), b"\xff\xfe"],
    ids=range(12),
)  # fmt: skip
def test_a_file_that_is_no_result_is_said(broken: bytes) -> None:
    with pytest.raises(Malformed, match="can not be read"):
        read(KEY, broken)


@given(st.text(max_size=200))
def test_any_words_a_server_prints_are_survived(said: str) -> None:
    with pytest.raises(Malformed):
        found(said)
    files = {KEY: base64.b64encode(document()).decode()}
    good, left, bad = found("noise\nALN " + json.dumps({"files": files, "left": 2}))
    assert (len(good), left, bad) == (1, 2, ())


def test_one_bad_file_does_not_hide_the_others() -> None:
    files = {KEY: base64.b64encode(document()).decode(), "x": "!!", "y": base64.b64encode(b"{}").decode()}
    good, _, bad = found("ALN " + json.dumps({"files": files, "left": 0}))
    assert [g.record.name for g in good] == ["pi"]
    assert len(bad) == 2


def test_the_reader_asks_only_for_what_is_wanted() -> None:
    code = reader("", ["01B", "01A"], ["01C"])
    blob = code.rpartition('read_results("')[2].removesuffix('")')
    given = json.loads(base64.b64decode(blob))
    assert (given["have"], given["wanted"], given["results"]) == (["01A", "01B"], ["01C"], "")


def test_a_folder_is_here_only_if_it_is_on_a_disk_of_this_computer(tmp_path: Path) -> None:
    spaced = tmp_path / "with space"
    spaced.mkdir()
    assert here(str(tmp_path)) == here(tmp_path.as_uri()) == tmp_path
    assert here(spaced.as_uri()) == spaced
    for far in ("", "hdfs:///r", "results", "file://host/r", str(tmp_path / "gone"), "s3a://b/r"):
        assert here(far) is None, far


async def test_a_lost_task_that_left_its_result_is_found_at_the_next_start(tmp_path: Path) -> None:
    shared = Server.model_validate(LAL.model_dump() | {"results": str(tmp_path)})
    async with Rig() as rig:
        rig.house.workspace.save_server(shared)
        await rig.engine.change_server(shared)
        await rig.thing(SERVER, "up")
        rig.livy.holding = True
        event = await rig.well("server.send", SERVER, kind="pyspark", code="slow()", name="slow", keep=True)
        assert event.focus is not None
        key = rig.engine.store.get(event.focus).payload.task_key  # type: ignore[union-attr]
    rig.livy.restart()
    (tmp_path / f"{key}.json").write_bytes(document(task_key=key, name="slow", code="slow()"))
    (tmp_path / "broken.json").write_text("{")
    async with Rig(rig.livy) as again:
        found_again = await again.well("task.reconcile", None)
        assert "kept on their server" not in found_again.text
        (record,) = await kept(again)
        assert (record.task_key, record.state, record.alias) == (key, "done", "lal")
        output = again.house.archive.output(record)
        assert output is not None
        assert output["data"] == {"text/plain": "2"}
        event = await again.well("server.collect", SERVER)
        assert event.text.startswith("Nothing new was left there. 1 can not be read: broken")
        rows = [row for row in await again.rows() if row.act == key]
        assert rows[-1].state == "DONE"
        assert "1" not in (await again.well("task.reconcile", None)).text.partition("kept on")[2]


async def test_what_a_person_deleted_does_not_come_back(tmp_path: Path) -> None:
    shared = Server.model_validate(LAL.model_dump() | {"results": str(tmp_path)})
    (tmp_path / f"{KEY}.json").write_bytes(document())
    async with Rig() as rig:
        rig.house.workspace.save_server(shared)
        await rig.engine.change_server(shared)
        await rig.thing(SERVER, "up")
        assert (await rig.well("server.collect", SERVER)).text == "1 result fetched."
        await rig.well("task.delete", history_key(KEY))
        assert (await rig.well("server.collect", SERVER)).text == "Nothing new was left there."
        told = Record(task_key=KEY, name="told", state="done")
        (tmp_path / "sites").mkdir()
        (tmp_path / "sites" / "journal-0badcafe.ndjson").write_text(lines([told]))
        assert exchange(rig.house.archive, tmp_path / "sites", "12345678") == []
    async with Rig(rig.livy) as again:
        assert (await again.well("server.collect", SERVER)).text == "Nothing new was left there."
        assert again.house.archive.count() == 0
