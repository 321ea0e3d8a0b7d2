"""The runner on a Spark without Livy: killed in the midst it loses and doubles nothing; what changed stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.channels.folder import code, rehearsal, told
from astrolabnet_gui.channels.spec import Spec
from tests.alerts import alerts
from tests.channels.runs import Bench, alone, drop, ids, looks_while_it_says, night, packed, stage
from tests.island_fixture import wait_until
from tests.sources.alerts import DDL_CANDIDATE, TEXT, alert, confluent, container, plain

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]


def test_a_word_is_read_whole_while_it_is_said_anew(tmp_path: Path, bench: Bench) -> None:
    """A file system without atomic replacement (a local disk) has no file for an instant, or one that fails its sum."""
    folder = tmp_path / "channels" / "night-1f"
    folder.mkdir(parents=True)
    (folder / "channel.json").write_text("{}")
    said = bench.printed(looks_while_it_says(folder, 60))
    words = [json.loads(told(line)["status"]) for line in said.splitlines()]
    assert len(words) == 60
    assert words[-1]["n"] > words[0]["n"]


def test_killed_in_the_midst_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path, bench: Bench) -> None:
    for number in range(6):
        drop(tmp_path / "drop", number)
    channel = night(tmp_path, rows_at_once=1)
    process = alone(tmp_path, channel)
    try:
        wait_until(lambda: len(list((channel.folder / "checkpoint" / "offsets").glob("[0-9]*"))) >= 3)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert channel.said()["state"] in ("PENDING", "RUNNING")
    for number in range(6, 9):
        drop(tmp_path / "drop", number)
    bench.start(channel)
    wait_until(lambda: channel.said().get("rows") == 90)
    (channel.folder / "stop").touch()
    assert bench.ended() == ""
    assert ids(bench, channel) == list(range(90))
    said = channel.said()
    assert (said["state"], said["rows"]) == ("PAUSED", 90)
    assert said["samples"]


def test_a_snapshot_is_cut_counted_and_proved(tmp_path: Path, bench: Bench) -> None:
    for number in range(3):
        drop(tmp_path / "drop", number)
    channel = night(tmp_path, mode="snapshot", where="mag < 16", columns=("id", "mag * 2 AS twice"))
    assert bench.run(channel) == ""
    assert ids(bench, channel) == [0, 1, 10, 11, 20, 21]
    assert channel.said()["state"] == "DONE"
    proof = channel.said("proof")
    assert (proof["verified"], proof["rows"]) == (True, 6)
    assert proof["columns"] == [["id", "bigint"], ["twice", "double"]]
    [(part, rows, total)] = proof["parts"]
    assert (part, rows) == ("0", 6)
    assert int(total)


def test_what_a_channel_wrote_flows_on_into_another(tmp_path: Path, bench: Bench) -> None:
    """The numbers of its batches are a column of what it wrote; they are no column of the alerts."""
    for number in range(3):
        drop(tmp_path / "drop", number)
    first = night(tmp_path, mode="incremental", rows_at_once=1)
    assert bench.run(first) == ""
    assert len(list(first.to.glob("aln_batch=*"))) == 3
    second = stage(tmp_path / "second", mode="snapshot", format="parquet", place=first.to.as_uri())
    assert bench.run(second) == ""
    assert ids(bench, second) == list(range(30))
    proof = second.said("proof")
    assert (proof["verified"], proof["rows"], proof["columns"]) == (True, 30, [["id", "bigint"], ["mag", "double"]])


def test_other_columns_stop_it_and_are_named(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    channel = night(tmp_path, mode="incremental")
    assert bench.run(channel) == ""
    channel = night(tmp_path, mode="incremental", schema="id STRING, mag DOUBLE, field INT")
    drop(tmp_path / "drop", 1)
    assert "id was bigint, is string" in bench.run(channel)
    said = channel.said()
    assert said["state"] == "FAILED"
    assert (
        said["error"] == "the columns of the source are not what they were: field int is new; id was bigint, is string."
    )
    assert ids(bench, channel) == list(range(10))


def test_what_nobody_agreed_to_does_not_run(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    channel = night(tmp_path)
    assert "not what was agreed" in bench.run(channel, argument=packed(channel.folder, "0" * 64))
    assert channel.said()["state"] == "FAILED"
    assert not channel.to.exists()


def test_what_vanished_before_it_was_read_is_a_gap_and_is_never_passed_over_unasked(
    tmp_path: Path, bench: Bench
) -> None:
    for number in range(3):
        drop(tmp_path / "drop", number)
    channel = night(tmp_path, mode="incremental", rows_at_once=1)
    process = alone(tmp_path, channel)
    try:
        wait_until(lambda: (channel.folder / "checkpoint" / "sources" / "0" / "0").exists())
        os.killpg(process.pid, signal.SIGKILL)
    finally:
        process.wait()
    for file in (tmp_path / "drop").glob("*.json"):
        file.unlink()
    drop(tmp_path / "drop", 7)
    before = channel.said().get("rows", 0)
    why = bench.run(channel)
    if why:  # the kill came before the first file was read whole
        assert channel.said()["state"] == "GAP", channel.said()
        assert bench.run(channel, over_gap=True) == ""
    assert channel.said()["state"] == "DONE"
    assert set(range(70, 80)) <= set(ids(bench, channel))
    assert channel.said()["rows"] >= before


def test_the_last_word_of_a_run_that_fails_stands_behind_all_that_is_told_of_the_error(tmp_path: Path) -> None:
    """Livy's list shows the last ten lines of a log; a trace after the word made of GAP and FAILED a lost channel."""
    channel = stage(tmp_path, mode="stream", format="table", place="nowhere.night")
    process = alone(tmp_path, channel)
    assert process.wait(120) == 1
    said = (tmp_path / "stdout").read_text()
    assert said.count("Traceback (most recent call last)") == 1
    word = said.splitlines()[-1]
    assert word.startswith("ALN-STATUS ")
    told = json.loads(word.removeprefix("ALN-STATUS "))
    assert told["state"] == channel.said()["state"] == "FAILED"
    assert "nowhere" in told["error"]


def test_a_second_run_takes_over_and_the_first_one_ends(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    channel = night(tmp_path)
    bench.start(channel)
    wait_until(lambda: channel.said().get("rows") == 10)
    (channel.folder / ".owner.crc").unlink()
    (channel.folder / "owner").write_text(json.dumps("another"))
    assert "taken over" in bench.ended()
    assert channel.said()["state"] == "RUNNING", "the status is the other's to write"


def test_secrets_are_looked_up_by_the_server_and_one_that_others_read_is_refused(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    word = tmp_path / "word"
    word.write_text("hunter2\n")
    word.chmod(0o644)
    channel = night(tmp_path, mode="snapshot", secrets={"some.option": f"file:{word}"})
    assert "chmod 600" in bench.run(channel)
    word.chmod(0o600)
    assert bench.run(channel) == ""
    for reference in ("env:ALN_NO_SUCH_WORD", "file:/no/such/file", "alias:nothing", "plain"):
        channel = night(tmp_path, mode="snapshot", secrets={"some.option": reference})
        assert reference in bench.run(channel)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != word)
    assert b"hunter2" not in kept


def test_packets_are_read_in_every_form_and_those_that_can_not_be_are_kept_aside(tmp_path: Path, bench: Bench) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "night.avro").write_bytes(container(*(alert(n) for n in range(600))))
    (folder / "one.json").write_bytes(plain(alert(3)))
    (folder / "rubin.bin").write_bytes(confluent(alert(4)))
    (folder / "broken.avro").write_bytes(container(alert(5))[:-30])
    ddl = f"objectId string, candid bigint, candidate {DDL_CANDIDATE}, cutoutScience binary"
    channel = stage(
        tmp_path, mode="incremental", format="packets", place=folder.as_uri(), decode="packets", schema=ddl,
        registry={"1100": TEXT}, where="candidate.magpsf < 18",
        columns=("candid", "candidate.magpsf AS mag", "candidate.isdiffpos AS sign", "cutoutScience AS stamp"),
    )  # fmt: skip
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    rehearsed = told(bench.printed(rehearsal(Spec.read((channel.folder / "channel.json").read_text("utf-8")))))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before, "a rehearsal writes nothing"
    assert bench.run(channel) == ""
    found = bench.rows(
        f"SELECT candid, mag, sign, length(stamp) FROM parquet.`{channel.to.as_uri()}` ORDER BY candid, stamp"
    )
    assert [row[0] for row in found] == sorted([*range(400), 3, 4])
    assert found[7] == [5, pytest.approx(14.05), "t", 20]
    assert [row[3] for row in found if row[0] == 3] == [None, 20]
    said = channel.said()
    assert (said["state"], said["rows"], said["bad"]) == ("DONE", 402, 1)
    assert (rehearsed["rows"], rehearsed["bad"], rehearsed["files"]) == (402, 1, 4), "as the rehearsal counted"
    assert rehearsed["bytes"] == said["bytes"] > 402 * 8, "its volume too"
    assert rehearsed["read_bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    assert "container" in said["bad_why"] or "Error" in said["bad_why"]
    [[origin, kept]] = bench.rows(f"SELECT origin, length(value) FROM parquet.`{channel.folder.as_uri()}/bad`")
    assert origin.endswith("broken.avro")
    assert kept == len(container(alert(5))) - 30


def test_the_sample_sky_plays_offline_and_goes_on_where_it_was_at_another_pace(tmp_path: Path, bench: Bench) -> None:
    sky: dict[str, Any] = {"mode": "stream", "format": "sky", "options": {"rowsPerSecond": "16"}, "every_s": 1}
    channel = stage(tmp_path, **sky, columns=("candid", "objectId", "magpsf", "length(cutoutScience) AS stamp"))
    for _ in range(2):
        before = channel.said().get("rows", 0)
        bench.start(channel)
        wait_until(lambda now=channel, least=before + 10: now.said().get("rows", 0) > least)
        (channel.folder / "stop").touch()
        assert bench.ended() == ""
        channel = stage(
            tmp_path, **sky, rows_at_once=5, columns=("candid", "objectId", "magpsf", "length(cutoutScience) AS stamp")
        )
    found = bench.rows(f"SELECT candid, objectId, magpsf, stamp FROM parquet.`{channel.to.as_uri()}` ORDER BY candid")
    assert [row[0] for row in found] == list(range(len(found))), "none is missing, none is twice"
    assert [tuple(row[1:3]) for row in found[:3]] == [
        (one["objectId"], pytest.approx(one["candidate"]["magpsf"])) for one in alerts(3)
    ], "the same alerts as everywhere"
    assert all(row[3] > 100 for row in found)
    night = Spec.read((channel.folder / "channel.json").read_text("utf-8"))
    night = night.model_copy(update={"options": {"alerts": "200"}, "where": "candid % 2 = 0"})
    rehearsed = told(bench.printed(rehearsal(night)))
    assert (rehearsed["rows"], rehearsed["files"]) == (100, 0)
    parts = rehearsed["parts"]
    assert (sum(parts["rows"]), sum(parts["bytes"])) == (100, rehearsed["bytes"]), "by the alerts' own time"
    assert 0.01 < parts["part_s"] * len(parts["rows"]) / 86400 < 4000
    undated = told(bench.printed(rehearsal(night, "no_such_column")))
    assert (undated["rows"], undated["parts"]) == (100, None)


def test_a_table_of_a_database_is_a_snapshot_and_a_driver_that_is_absent_is_named(tmp_path: Path, bench: Bench) -> None:
    url = f"jdbc:derby:{tmp_path / 'archive'};create=true"
    bench.printed(
        f"link = spark._jvm.java.sql.DriverManager.getConnection({url!r})\n"
        "asked = link.createStatement()\n"
        "asked.execute('CREATE TABLE stars (id BIGINT, name VARCHAR(9))')\n"
        "asked.execute(\"INSERT INTO stars VALUES (7, 'vega'), (8, 'deneb')\")\nlink.close()"
    )
    channel = stage(tmp_path, mode="snapshot", format="jdbc", where="ID > 7", options={"url": url, "dbtable": "stars"})
    assert bench.run(channel) == ""
    assert bench.rows(f"SELECT ID, NAME FROM parquet.`{channel.to.as_uri()}`") == [[8, "deneb"]]
    assert (channel.said()["state"], channel.said("proof")["verified"]) == ("DONE", True)
    spec = Spec.read((channel.folder / "channel.json").read_text("utf-8"))
    for address, wrong in ((url, []), ("jdbc:nosuch://host/db", ["options"])):
        asked = spec.model_copy(update={"options": {"url": address, "dbtable": "stars"}})
        found = told(bench.printed(code("check", tmp_path.as_uri(), id=spec.id, spec=asked.text())))
        assert [problem["field"] for problem in found["problems"]] == wrong


def test_the_program_is_one_readable_file() -> None:
    from astrolabnet_gui.channels.spec import runner

    done = subprocess.run(["python3", "-c", "import ast,sys; ast.parse(sys.stdin.read())"], input=runner(), text=True)
    assert done.returncode == 0
    assert max(map(len, runner().splitlines())) <= 120
