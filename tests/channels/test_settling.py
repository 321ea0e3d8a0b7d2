"""One channel reads what another one writes: merged parts never come twice; and one long step is no silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.channels.runs import Bench, Staged, drop, ids, night, stage

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]


def altered(channel: Staged, **constants: object) -> Staged:
    """The same with other constants in its program."""
    text = channel.program.read_text("utf-8")
    for name, value in constants.items():
        before = next(line for line in text.splitlines() if line.startswith(f"{name} = "))
        text = text.replace(before, f"{name} = {value}")
    channel.program.write_text(text, "utf-8")
    return channel


def parts(channel: Staged) -> list[str]:
    return sorted(path.name for path in channel.to.glob("aln_batch=*"))


def test_a_folder_that_is_read_as_it_grows_is_not_merged_and_nothing_comes_twice(tmp_path: Path, bench: Bench) -> None:
    def more(first: int, count: int) -> None:
        for number in range(first, first + count):
            drop(tmp_path / "drop", number)
        assert bench.run(altered(night(tmp_path, mode="incremental", rows_at_once=1), MERGE_AT=3)) == ""

    more(0, 5)
    writes = night(tmp_path, mode="incremental", rows_at_once=1)
    assert parts(writes) == ["aln_batch=2", "aln_batch=3", "aln_batch=4"], "merged before anybody read them"
    reads = stage(tmp_path / "second", mode="incremental", format="parquet", place=writes.to.as_uri())
    assert bench.run(reads) == ""
    assert ids(bench, reads) == list(range(50))
    more(5, 4)
    assert len(parts(writes)) == 7, "no part is merged any more"
    assert bench.run(reads) == ""
    assert ids(bench, reads) == list(range(90))
    # The writer was killed as it began to merge, before it dropped a part: it leaves them.
    small = [7, 8]
    (writes.to / ".merged-8").mkdir()
    (writes.folder / "compact.json").write_text(json.dumps({"from": small, "staged": ".merged-8", "to": 8}))
    assert "Start that one" in bench.run(altered(reads, SETTLES_S=0.1))
    more(9, 1)
    assert not (writes.to / ".merged-8").exists()
    assert bench.run(reads) == ""
    assert ids(bench, reads) == list(range(100))
    assert ids(bench, writes) == list(range(100))


def test_where_no_note_can_be_left_it_is_refused_with_another_way(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    writes = night(tmp_path, mode="incremental")
    assert bench.run(writes) == ""
    (writes.to / "_aln_readers").write_text("a file, so that no folder of that name can be made")
    reads = stage(tmp_path / "second", mode="stream", format="parquet", place=writes.to.as_uri())
    assert "Take a snapshot" in bench.run(reads)
    assert reads.said()["state"] == "FAILED"
    reads = stage(tmp_path / "second", mode="snapshot", format="parquet", place=writes.to.as_uri())
    assert bench.run(reads) == ""
    assert ids(bench, reads) == list(range(10))


def test_what_it_writes_has_its_name_at_the_server_by_itself(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    assert bench.run(night(tmp_path, mode="incremental", table="settled.shown")) == ""
    drop(tmp_path / "drop", 1)
    assert bench.run(night(tmp_path, mode="incremental", table="settled.shown")) == ""
    assert bench.rows("SELECT count(*) FROM settled.shown") == [[20]]


def test_while_one_step_takes_long_it_says_that_it_still_works(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0, rows=12)
    slow = "sha2(repeat(CAST(id AS STRING), 20000000), 512) <> ''"
    channel = altered(night(tmp_path, mode="snapshot", where=slow), PULSE_S=0.2)
    lines, wrong = bench._asked(program=str(channel.program), argument=channel.argument())
    assert wrong == ""
    states = [json.loads(line.partition("ALN-STATUS ")[2])["state"] for line in lines if "ALN-STATUS " in line]
    assert states[0] == "PENDING"
    assert states[-1] == "DONE"
    assert states.count("RUNNING") >= 2
    assert channel.said()["state"] == "DONE", "its last word is the last"
