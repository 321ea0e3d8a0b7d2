"""Copies that drift: what differs from the proof is found, and only that is written again; small parts are merged."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from astrolabnet_gui.channels.folder import drift, told
from tests.channels.runs import Bench, alone, drop, ids, night, stage
from tests.island_fixture import wait_until

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]


def test_many_small_parts_are_merged_and_a_merge_that_was_cut_is_ended(tmp_path: Path, bench: Bench) -> None:
    for number in range(5):
        drop(tmp_path / "drop", number)
        # Spark takes the oldest first; of one millisecond it takes any.
        os.utime(tmp_path / "drop" / f"{number:04}.json", (time.time() - 100 + number,) * 2)
    channel = night(tmp_path, mode="incremental", rows_at_once=1)
    text = channel.program.read_text().replace("MERGE_AT = 64", "MERGE_AT = 3")
    channel.program.write_text(text)
    assert bench.run(channel) == ""
    assert ids(bench, channel) == list(range(50))
    parts = sorted(path.name for path in channel.to.glob("aln_batch=*"))
    assert parts == ["aln_batch=2", "aln_batch=3", "aln_batch=4"]
    # Killed after the old parts had gone: the note says what is missing.
    (channel.to / "aln_batch=2").rename(channel.to / ".merged-2")
    note = {"from": [0, 1, 2], "staged": ".merged-2", "to": 2}
    (channel.folder / "compact.json").write_text(json.dumps(note))
    drop(tmp_path / "drop", 5)
    assert bench.run(channel) == ""
    assert ids(bench, channel) == list(range(60))
    assert not (channel.folder / "compact.json").exists()
    # The copy drifts: one part is gone, of another a file; only these are written again, a merged one too.
    assert told(bench.printed(drift(channel.folder.as_uri())))["count"] == 0
    kept = {path: path.stat().st_mtime_ns for path in channel.to.glob("aln_batch=3/*.parquet")}
    shutil.rmtree(channel.to / "aln_batch=2")
    shutil.copytree(channel.to / "aln_batch=3", channel.to / "aln_batch=4", dirs_exist_ok=True)
    found = told(bench.printed(drift(channel.folder.as_uri())))
    assert found["drift"] == [["2", "is gone"], ["4", "has 20 rows, not 10"]]
    assert bench.run(channel, argument=channel.argument(mend=("2", "4"))) == ""
    assert ids(bench, channel) == list(range(60))
    assert {path: path.stat().st_mtime_ns for path in channel.to.glob("aln_batch=3/*.parquet")} == kept
    assert told(bench.printed(drift(channel.folder.as_uri())))["count"] == 0
    # What the source does not hold any more can not be mended, and the proof stays as it was.
    shutil.rmtree(channel.to / "aln_batch=4")
    drop(tmp_path / "drop", 4, rows=9)
    assert "does not hold any more" in bench.run(channel, argument=channel.argument(mend=("4",)))
    assert [one for one, _ in told(bench.printed(drift(channel.folder.as_uri())))["drift"]] == ["4"]


def test_a_mirror_copies_what_changed_and_a_killed_one_shows_no_half_file(tmp_path: Path, bench: Bench) -> None:
    source = tmp_path / "night"
    for number in range(200):
        file = source / f"field={number % 7}" / f"{number}.dat"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(250_000))
    channel = stage(tmp_path, mode="mirror", format="files", place=source.as_uri())
    process = alone(tmp_path, channel)
    try:
        wait_until(lambda: channel.to.exists() and len(list(channel.to.rglob("*.dat"))) > 20)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    whole = {file.relative_to(source): file.read_bytes() for file in source.rglob("*.dat")}
    for file in channel.to.rglob("*.dat"):
        assert file.read_bytes() == whole[file.relative_to(channel.to)]
    assert bench.run(channel) == ""
    assert 0 < channel.said()["copied"] <= 200
    assert {f.relative_to(channel.to): f.read_bytes() for f in channel.to.rglob("*.dat")} == whole
    assert not [file for file in channel.to.rglob("*.coming")]
    (source / "field=3" / "3.dat").write_bytes(b"changed")
    assert bench.run(channel) == ""
    said = channel.said()
    assert (said["state"], said["copied"], said["files"]) == ("DONE", 1, [200, 200])
    assert (channel.to / "field=3" / "3.dat").read_bytes() == b"changed"
    assert channel.said("proof")["verified"] is True
    # The copy drifts: of the same length, of another, gone; only these three are copied again.
    flipped, longer, gone = (channel.to / f"field={n}" / f"{n}.dat" for n in (1, 2, 4))
    flipped.write_bytes(b"x" + flipped.read_bytes()[1:])
    longer.write_bytes(longer.read_bytes() + b"x")
    gone.unlink()
    (channel.to / "mine.txt").write_text("not ours")
    found = told(bench.printed(drift(channel.folder.as_uri(), mend=True)))
    assert sorted(found["drift"]) == [
        ["field=1/1.dat", "is not what was copied"], ["field=2/2.dat", "is of another length"],
        ["field=4/4.dat", "is gone"],
    ]  # fmt: skip
    assert (found["total"], found["more"]) == (200, 1)
    assert bench.run(channel) == ""
    assert channel.said()["copied"] == 3
    assert (channel.to / "mine.txt").read_text() == "not ours"
    assert told(bench.printed(drift(channel.folder.as_uri())))["count"] == 0
