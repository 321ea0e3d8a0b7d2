"""Large outputs lie in files: mine in the archive from the start, others' in a folder that goes with the program."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.errors import Missing
from astrolabnet_gui.model.livy import Statement
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.spooled import spooled
from astrolabnet_gui.settings import files
from astrolabnet_gui.tasks.blobs import Blobs
from astrolabnet_gui.tasks.spool import Spool, output_of, read

TABLE = {"schema": {"fields": [{"name": "n", "type": "string"}]}, "data": [[f"{n:400}"] for n in range(3_000)]}
LARGE: dict[str, Any] = {"status": "ok", "data": {"application/json": TABLE, "text/plain": "\ud83d é \x1b[1m"}}


def spool_of(tmp_path: Path) -> Spool:
    return Spool(Blobs(tmp_path / "archive" / "blobs"), tmp_path / "spool")


def task_with(output: dict[str, Any], key: str = "") -> Task:
    return Task(statement=Statement(id=7, state="available", output=output), task_key=key)


@pytest.mark.parametrize("key", ["01JQ", ""])
def test_what_is_written_is_read_again_and_nobody_else_may(tmp_path: Path, key: str) -> None:
    spool = spool_of(tmp_path)
    task = spooled(task_with(LARGE, key), spool.put)
    assert task.statement is not None
    assert task.statement.output is None
    assert task.gave
    assert output_of(task) == LARGE
    file = Path(task.spooled)
    assert file.is_relative_to(tmp_path / ("archive" if key else "spool"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    spool.close()
    assert file.exists() == bool(key), "what others' tasks gave is not kept"
    assert spooled(task_with(LARGE), spool.put).spooled == "", "after the end nothing of others is written"


def test_a_small_output_stays_in_memory_and_leaves_no_folder(tmp_path: Path) -> None:
    spool = spool_of(tmp_path)
    task = task_with({"status": "ok", "data": {"text/plain": "x" * 900_000}})
    assert spooled(task, spool.put) is task
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_of_a_large_error_its_name_and_last_lines_stay(tmp_path: Path) -> None:
    trace = [f"line {n}\n" for n in range(200_000)]
    wrong = {"status": "error", "ename": "ValueError", "evalue": "x" * 2_000_000, "traceback": trace}
    task = spooled(task_with(wrong, "01JQ"), spool_of(tmp_path).put)
    assert task.statement is not None
    kept = task.statement.output
    assert kept is not None
    assert (kept["status"], kept["ename"], kept["traceback"][-1]) == ("error", "ValueError", "line 199999\n")
    assert len(json.dumps(kept)) < 1_000_000
    assert output_of(task) == wrong


def test_with_no_room_on_the_disk_it_stays_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("stays in memory: .*No space left")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    task = task_with(LARGE, "01JQ")
    assert spooled(task, spool_of(tmp_path).put) is task
    assert output_of(task) == LARGE


def test_a_file_that_is_gone_or_another_is_an_error_in_words(tmp_path: Path) -> None:
    task = spooled(task_with(LARGE, "01JQ"), spool_of(tmp_path).put)
    file = Path(task.spooled)
    file.write_bytes(b'{"status": "ok", "data": {"text/plain": "forged"}}')
    with pytest.raises(Missing, match="damaged"):
        output_of(task)
    file.unlink()
    with pytest.raises(Missing, match="gone"):
        read(task.spooled)


def test_a_server_can_not_name_a_file() -> None:
    told = {
        "id": 7,
        "state": "available",
        "output": {"status": "ok", "spooled": "/etc/passwd"},
        "spooled": "/etc/passwd",
    }
    statement = Statement.model_validate(told)
    assert not hasattr(statement, "spooled")
    assert output_of(Task(statement=statement)) == told["output"]


KILLED = """
import sys
from pathlib import Path
from astrolabnet_gui.tasks.blobs import Blobs
from astrolabnet_gui.tasks.spool import Spool
spool = Spool(Blobs(Path(sys.argv[1]) / "blobs"), Path(sys.argv[1]) / "spool")
print(spool.put({"a": "x" * 2000000}, False), flush=True)
sys.stdin.read()
"""


def test_what_a_killed_program_left_is_swept_by_the_next_one_but_not_that_of_a_living_one(tmp_path: Path) -> None:
    words = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        file = Path(other.stdout.readline().strip())
        living = spool_of(tmp_path)
        living.put(LARGE, False)
        assert file.is_file()
        other.kill()
    later = spool_of(tmp_path)
    later.put(LARGE, False)
    assert not file.exists()
    living.close()
    later.close()
    assert os.listdir(tmp_path / "spool") == []
