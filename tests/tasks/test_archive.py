"""Archive: what was kept comes back byte for byte; damage, a full disk and a lost index cost only themselves."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.errors import BadInput, Missing
from astrolabnet_gui.model.record import Record
from astrolabnet_gui.settings import files
from astrolabnet_gui.tasks.archive import Archive
from astrolabnet_gui.tasks.archive_index import Wanted

BEGAN = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def key(n: int) -> str:
    return f"01{n:024d}"


def record(n: int, **more: Any) -> Record:
    return Record.model_validate(
        {"task_key": key(n), "name": f"task {n}", "state": "done", "alias": "lal", "server": "u" * 32,
         "language": "pyspark", "sent": BEGAN + timedelta(hours=n), "ident": n} | more
    )  # fmt: skip


def text(said: str) -> dict[str, Any]:
    return {"status": "ok", "data": {"text/plain": said}}


@pytest.mark.parametrize(
    "output",
    [text("3.14"), None, {"status": "error", "ename": "E", "evalue": "v", "traceback": ["a\n", "b\n"]},
     {"status": "ok", "data": {"image/png": "aGVsbG8=", "text/plain": ""}},
     {"status": "ok", "data": {"text/plain": "half a character \ud800 and \0 and é"}},
     {"status": "ok", "data": {"application/json": {"schema": {}, "data": [[1, None, float("inf")]]}}}],
)  # fmt: skip
def test_what_was_kept_comes_back(tmp_path: Path, output: dict[str, Any] | None) -> None:
    archive = Archive(tmp_path)
    archive.put(record(1, problem="why \ud800"), "x = 1\n", output)
    archive.close()
    again = Archive(tmp_path)
    kept = again.get(key(1))
    assert (again.code(kept), again.output(kept)) == ("x = 1\n", output)
    assert kept.name == "task 1"
    again.close()


def test_the_same_output_is_kept_once_and_goes_with_its_last_task(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for n in (1, 2):
        archive.put(record(n), f"code {n}", text("the same"))
    assert archive.size() == archive.get(key(1)).size_bytes
    archive.drop(key(1))
    archive.drop(key(1))
    assert archive.output(archive.get(key(2))) == text("the same")
    archive.drop(key(2))
    assert [f for f in (tmp_path / "blobs").rglob("*") if f.is_file()] == []
    assert archive.count() == 0
    with pytest.raises(BadInput, match="holds no task"):
        archive.get(key(2))
    archive.close()


def test_an_output_seen_once_is_not_lost_when_the_server_forgets_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(record(1), "code", text("seen"))
    archive.put(record(1, state="lost", problem="The server no longer has it."), "code", None)
    kept = archive.get(key(1))
    assert (kept.state, archive.output(kept)) == ("lost", text("seen"))
    archive.close()


def test_the_oldest_outputs_make_room_but_never_a_pinned_one_nor_a_word_of_history(tmp_path: Path) -> None:
    archive = Archive(tmp_path, cap_bytes=3000)
    for n in range(1, 7):
        archive.put(record(n), f"code {n}", text(f"{n}" * 1000))
        if n == 1:
            archive.pin(key(1), True)
    kept = {r.name: bool(r.output) for r in archive.find(Wanted())}
    assert kept == {
        "task 6": True,
        "task 5": False,
        "task 4": False,
        "task 3": False,
        "task 2": False,
        "task 1": True,
    } or (kept["task 1"] and kept["task 6"] and archive.size() <= 3000)
    dropped = archive.get(key(2))
    assert dropped.dropped
    assert archive.output(dropped) is None
    assert archive.code(dropped) == "code 2"
    assert "dropped from the archive" in dropped.thing().problem
    assert archive.pin(key(1), False).pinned is False
    archive.put(record(7), "", text("7" * 1000))
    assert archive.get(key(1)).dropped
    archive.close()


def test_find_by_text_state_server_language_and_time(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(record(1, name="π"), "spark.range(7)", text("3.1415"))
    archive.put(record(2, state="failed", problem="division by zero"), "1/0", None)
    archive.put(record(3, alias="cern", server="c" * 32, language="sql"), "SELECT 1", text("Lyman ALPHA"))
    archive.put(
        record(4, language="sparkr"), "1+1", {"status": "error", "ename": "simpleError", "evalue": "object gone"}
    )

    def names(**wanted: Any) -> list[int]:
        return [int(r.task_key[2:]) for r in archive.find(Wanted(**wanted))]

    assert names() == [4, 3, 2, 1]
    assert names(text="lyman alpha") == [3]
    assert names(text="3.14 RANGE") == [1]
    assert names(text="division") == [2]
    assert names(text="object gone") == [4]
    assert names(text="100%' OR 1 --") == []
    assert names(state="failed") == [2]
    assert names(server="cern") == names(server="c" * 32) == [3]
    assert names(language="sql", state="done") == [3]
    assert names(since=BEGAN + timedelta(hours=3)) == [4, 3]
    assert names(until=BEGAN + timedelta(hours=2)) == [1]
    assert names(limit=2) == [4, 3]
    assert names(limit=2, before=key(3)) == [2, 1]
    assert archive.count() == 4
    assert archive.count(Wanted(server="lal", limit=1)) == 3
    archive.close()


def test_a_damaged_part_is_said_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(record(1), "one", text("first"))
    archive.put(record(2), "two", text("second"))
    first = archive.get(key(1))
    blob = tmp_path / "blobs" / first.output[:2] / first.output
    blob.write_bytes(b'{"status": "ok", "data": {"text/plain": "forged"}}')
    with pytest.raises(Missing, match="damaged"):
        archive.output(first)
    blob.unlink()
    with pytest.raises(Missing, match="is gone"):
        archive.output(first)
    assert archive.code(first) == "one"
    assert archive.output(archive.get(key(2))) == text("second")
    archive.close()


@pytest.mark.parametrize("damage", ["garbage", "gone", "holes"])
def test_an_index_that_is_lost_is_made_anew_from_the_records(tmp_path: Path, damage: str) -> None:
    archive = Archive(tmp_path)
    for n in range(40):
        archive.put(record(n, pinned=n == 3), f"code {n}", text(f"said {n}"))
    archive.close()
    (tmp_path / "records" / f"{key(5)}.json").write_text("{ half")
    index = tmp_path / "index.sqlite"
    if damage == "garbage":
        index.write_bytes(os.urandom(8192))
    elif damage == "gone":
        index.unlink()
    else:
        data = bytearray(index.read_bytes())
        data[4096:12288] = os.urandom(8192)
        index.write_bytes(data)
    again = Archive(tmp_path)
    assert again.count() == 39
    assert [r.name for r in again.find(Wanted(text="said 17"))] == ["task 17"]
    assert again.get(key(3)).pinned
    again.close()


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path)
    archive.put(record(1), "one", text("first"))
    real = os.fsync

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(Missing, match="No space left"):
        archive.put(record(2), "two", text("second"))
    assert "No space left" in archive.problem
    monkeypatch.setattr(files.os, "fsync", real)
    assert [r.name for r in archive.find(Wanted())] == ["task 1"]
    assert archive.problem == ""
    archive.put(record(2), "two", text("second"))
    assert archive.count() == 2
    archive.close()


def test_a_place_that_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file in the way")
    archive = Archive(tmp_path / "archive")
    with pytest.raises(Missing) as caught:
        archive.count()
    assert str(tmp_path / "archive") in caught.value.remedy
    archive.close()


def test_two_programs_keep_into_one_archive(tmp_path: Path) -> None:
    first, second = Archive(tmp_path), Archive(tmp_path)
    first.put(record(1), "one", text("a"))
    second.put(record(2), "two", text("b"))
    first.put(record(3), "three", text("c"))
    assert [r.name for r in second.find(Wanted())] == ["task 3", "task 2", "task 1"]
    first.close()
    second.close()


@given(
    st.text(max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
        lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        max_leaves=8,
    ),
)
def test_any_output_a_server_can_send_comes_back(
    tmp_path_factory: pytest.TempPathFactory, code: str, value: Any
) -> None:
    archive = Archive(tmp_path_factory.mktemp("a"))
    kept = archive.put(record(1), code, {"status": "ok", "data": {"application/json": value}})
    assert archive.output(kept) == {"status": "ok", "data": {"application/json": value}}
    assert archive.code(kept) == code.encode("utf-8", "replace").decode("utf-8")
    assert json.loads(archive.get(key(1)).text())["task_key"] == key(1)
    archive.close()
