"""Another site: a second copy of the program, with a state folder of its own, finds and follows what the first sent."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from astrolabnet_gui.model.record import history_key
from astrolabnet_gui.model.task import Task
from tests.e2e.live import Live
from tests.island_fixture import RunningIsland

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
CODE = """
import os, time
book = os.open({book!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(book, b"ran\\n")
os.close(book)
while not os.path.exists({flag!r}):
    time.sleep(0.05)
print("read on Monday")
"""


def task_of(live: Live, task_key: str) -> Task | None:
    """The running or ended task of that key, as this window knows it."""
    for thing in live.desk.store.things.values():
        if thing.key.kind == "statements" and isinstance(thing.payload, Task) and thing.payload.task_key == task_key:
            return thing.payload
    return None


def test_a_second_copy_with_a_state_folder_of_its_own_finds_and_follows_a_running_task(
    live: Live, open_window: Callable[[], Live], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    island: RunningIsland,
) -> None:  # fmt: skip
    book, flag, other = tmp_path / "book.txt", tmp_path / "flag", tmp_path / "another computer"
    server = live.island()
    sent = live.send(server, CODE.format(book=str(book), flag=str(flag)))
    live.in_state(sent, "running")
    live.until("it has begun", book.exists)
    payload = live.thing(sent).payload
    assert isinstance(payload, Task)
    # The workspace goes along, as by a drive that both see; journal, archive and locks do not.
    shutil.copytree(home / "data", other / "data")
    # Else it would start an island of its own computer, which takes the place of the one that both see.
    (other / "config").mkdir()
    (other / "config" / "preferences.toml").write_text("[island]\nstart_with_window = false\n")
    monkeypatch.setenv("ASTROLABNET_HOME", str(other))
    second = open_window()
    came = second.until("the server came along", lambda: next(iter(second.desk.store.servers()), None))
    assert came.state == "not contacted", "nothing is sent to what came with a folder before a person trusts it"
    second.well(second.at_row(came.key, "server.connect"))
    there = second.island()
    assert task_of(second, payload.task_key) is None, "nothing here knows of it"
    found = second.well(second.at_row(there, "session.adopt"))
    assert found.last is not None
    assert found.last.result.get("elsewhere", 0) >= 1, found.last
    key = second.until(
        "the task is in the tree",
        lambda: next((t.key for t in second.desk.store.things.values() if t.key.path == sent.path), None),
    )
    seen = second.in_state(key, "running")
    assert (seen.mine, seen.label) == (True, live.thing(sent).label)
    flag.touch()
    assert "read on Monday" in second.read(key)["Text"]
    assert second.in_state(history_key(payload.task_key), "done").label == seen.label
    assert "read on Monday" in live.read(sent)["Text"]
    assert book.read_text() == "ran\n", "finding is not sending"
