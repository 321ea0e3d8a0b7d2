"""What is new by a column, on real Spark: rows equal to the last value, late ones, and a run that is killed midway."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.channels.folder import code, rehearsal, told
from astrolabnet_gui.channels.spec import Spec
from tests.channels.runs import Bench, Staged, alone, stage
from tests.island_fixture import wait_until

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]


def more(folder: Path, name: str, *rows: tuple[int, Any]) -> None:
    """One more file of the table: ids with what they are new by."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps({"id": ident, "mjd": at}) + "\n" for ident, at in rows))


def night(work: Path, kind: str = "DOUBLE", **given: Any) -> Staged:
    return stage(
        work, **{"mode": "incremental", "format": "json", "place": (work / "table").as_uri(), "by": "mjd",
                 "schema": f"id BIGINT, mjd {kind}", **given},
    )  # fmt: skip


def there(bench: Bench, channel: Staged) -> list[int]:
    return sorted(row[0] for row in bench.rows(f"SELECT id FROM parquet.`{channel.to.as_uri()}`"))


def test_rows_equal_to_the_last_value_come_once_however_late(tmp_path: Path, bench: Bench) -> None:
    table = tmp_path / "table"
    more(table, "a", (1, 60000.25), (2, 60000.5), (3, 60000.5), (3, 60000.5), (4, None), (5, float("nan")))
    channel = night(tmp_path)
    counted = told(bench.printed(rehearsal(Spec.read((channel.folder / "channel.json").read_text("utf-8")))))
    assert bench.run(channel) == ""
    assert there(bench, channel) == [1, 2, 3, 3], "the same row twice is there twice"
    assert counted["rows"] == 4, "as the rehearsal said"
    assert channel.said("proof")["left"] == 2, "those that have no value are told"
    assert bench.run(channel) == ""
    assert there(bench, channel) == [1, 2, 3, 3], "nothing new, nothing twice"
    # as large as the last: another row, and one of which there were two already
    more(table, "b", (6, 60000.5), (3, 60000.5), (7, 60001.0), (8, 60000.375))
    assert bench.run(channel) == ""
    assert there(bench, channel) == [1, 2, 3, 3, 3, 6, 7]
    proof = channel.said("proof")
    assert (proof["rows"], proof["left"]) == (7, 3), "the one that came too late is told, too"
    assert [part[0] for part in proof["parts"]] == ["0", "2"], "a look that finds nothing writes nothing"
    assert channel.said("column") == {"by": ["mjd", "double"], "batch": 2, "last": "60001.0"}


def test_late_rows_are_found_as_far_back_as_was_asked(tmp_path: Path, bench: Bench) -> None:
    table = tmp_path / "table"
    more(table, "a", (1, "2026-03-29 00:59:59.999999"), (2, "2026-03-29 02:00:00"))
    channel = night(tmp_path, "TIMESTAMP", late=3600.0)
    assert bench.run(channel) == ""
    more(table, "b", (3, "2026-03-29 01:00:00"), (4, "2026-03-29 00:59:59"), (5, "2026-03-29 02:00:00.000001"))
    assert bench.run(channel) == ""
    assert there(bench, channel) == [1, 2, 3, 5], "an hour back, to the microsecond"
    assert channel.said("proof")["left"] == 1


@pytest.mark.parametrize(
    ("kind", "first", "equal", "above", "late", "lates"),
    [
        ("BIGINT", 9007199254740993, 9007199254740993, 9007199254740994, 2.0, 9007199254740991),
        ("DECIMAL(20,4)", 7.0001, 7.0001, 7.0002, 0.001, 6.9995),
        ("DATE", "2026-03-01", "2026-03-01", "2026-03-02", 2.0, "2026-02-27"),
        ("STRING", "ZTF18b", "ZTF18b", "ZTF19a", 0.0, None),
    ],
)
def test_what_is_new_by_other_kinds(
    kind: str, first: Any, equal: Any, above: Any, late: float, lates: Any, tmp_path: Path, bench: Bench
) -> None:
    more(tmp_path / "table", "a", (1, first))
    channel = night(tmp_path, kind, late=late)
    assert bench.run(channel) == ""
    more(tmp_path / "table", "b", (2, equal), (3, above), *([(4, lates)] if lates is not None else []))
    assert bench.run(channel) == ""
    assert there(bench, channel) == [1, 2, 3, 4][: 4 if lates is not None else 3]
    assert channel.said("proof")["left"] == 0


def test_killed_midway_again_and_again_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path, bench: Bench) -> None:
    wanted: list[int] = []
    channel = night(tmp_path)
    for turn in range(2):
        ids = range(10_000 * turn, 10_000 * turn + 10_000)
        # many of a night have its last time, and the next night brings one more of that time
        times = [(ident, 60000.0 + turn + min(0.9, (ident % 10_000) / 10_000)) for ident in ids]
        ties = [(1_000_000, 60000.9)] if turn else []
        more(tmp_path / "table", f"night {turn}", *times, *ties)
        wanted += [*ids, *(ident for ident, _ in ties)]
        process = alone(tmp_path, channel)
        try:
            wait_until(lambda: "coming" in channel.said("column"))
            if turn:  # further on: its part lies there, and it has not said so
                wait_until(lambda: list(channel.to.glob("aln_batch=1/*.parquet")))
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert channel.said("column")["coming"] == str(60000.9 + turn)
        assert len(channel.said("proof").get("parts", ())) == turn, "it did not end"
        assert bench.run(channel) == ""
        assert there(bench, channel) == sorted(wanted)
    assert channel.said("proof")["left"] == 0


@pytest.mark.parametrize("killed", ["before the sum", "before the name", "before the first name"])
def test_a_run_killed_between_two_steps_of_a_rename_is_taken_up(killed: str, tmp_path: Path, bench: Bench) -> None:
    """A local disk renames in steps: the old file goes, the new one takes its name, then its sum does."""
    more(tmp_path / "table", "a", (1, 1.0), (2, 2.0))
    channel = night(tmp_path)
    column, coming = channel.folder / "column.json", channel.folder / ".column.json.coming"
    if killed == "before the first name":
        coming.write_text('{"by": ["mjd", "dou')
    else:
        assert bench.run(channel) == ""
    words = json.dumps({"by": ["mjd", "double"], "batch": 0, "last": "2.0", "more": "x" * 600})
    if killed == "before the sum":
        column.write_text(words)
        assert (channel.folder / ".column.json.crc").exists()
        assert "Checksum error" in bench.printed(
            f"try:\n    print(spark.read.text({column.as_uri()!r}).count())\nexcept Exception as e:\n    print(e)"
        ), "else this shows nothing"
    if killed == "before the name":
        column.unlink()
        coming.write_text(words)
    more(tmp_path / "table", "b", (3, 3.0), (4, 2.0))
    assert bench.run(channel) == ""
    assert there(bench, channel) == [1, 2, 3, 4]
    # the status, too, is read by whoever looks
    folder = tmp_path / "channels" / "night-1f"
    folder.parent.mkdir()
    channel.folder.rename(folder)
    said = json.loads((folder / "status.json").read_text())
    (folder / "status.json").write_text(json.dumps({**said, "title": "another length"}))
    looked = told(bench.printed(code("look", tmp_path.as_uri(), id="night-1f")))
    assert json.loads(looked["status"])["title"] == "another length"


def test_what_went_at_the_source_while_it_was_dead_does_not_stay_half_written(tmp_path: Path, bench: Bench) -> None:
    more(tmp_path / "table", "a", (1, 1.0), (2, 2.0))
    channel = night(tmp_path)
    assert bench.run(channel) == ""
    # as a run leaves it that is killed after it wrote and before it said so
    column = json.loads((channel.folder / "column.json").read_text())
    for crc in channel.folder.glob(".column.json.crc"):
        crc.unlink()
    (channel.folder / "column.json").write_text(json.dumps({"by": column["by"], "coming": column["last"]}))
    (tmp_path / "table" / "a").unlink()
    more(tmp_path / "table", "b", (3, 1.5))
    assert bench.run(channel) == ""
    assert there(bench, channel) == [3]


def test_what_can_not_say_what_is_new_stops_it_with_words(tmp_path: Path, bench: Bench) -> None:
    more(tmp_path / "table", "a", (1, 1.0))
    assert "no column when" in bench.run(night(tmp_path / "1", by="when", place=(tmp_path / "table").as_uri()))
    words = night(tmp_path / "2", columns=("id", "array(mjd) AS mjd"), place=(tmp_path / "table").as_uri())
    assert "mjd is array<double>" in bench.run(words)
    words = night(tmp_path / "3", "STRING", late=1.0, place=(tmp_path / "table").as_uri())
    assert "Let Late be 0" in bench.run(words)
    channel = night(tmp_path)
    assert bench.run(channel) == ""
    assert "until now" in bench.run(night(tmp_path, by="id"))
    assert there(bench, channel) == [1]


def test_a_database_tells_what_is_new_by_a_column(tmp_path: Path, bench: Bench) -> None:
    url = f"jdbc:derby:{tmp_path / 'archive'};create=true"

    def asked(*sql: str) -> None:
        lines = "".join(f"asked.execute({one!r})\n" for one in sql)
        bench.printed(
            f"link = spark._jvm.java.sql.DriverManager.getConnection({url!r})\nasked = link.createStatement()\n"
            f"{lines}link.close()"
        )

    asked("CREATE TABLE visits (id BIGINT, mjd DOUBLE)", "INSERT INTO visits VALUES (1, 60000.5), (2, 60001.5)")
    channel = stage(tmp_path, mode="incremental", format="jdbc", by="MJD", options={"url": url, "dbtable": "visits"})
    assert bench.run(channel) == ""
    asked("INSERT INTO visits VALUES (3, 60001.5), (4, 60002.5)")
    assert bench.run(channel) == ""
    assert there(bench, channel) == [1, 2, 3, 4]
    # all again from the start, and that taken back
    folder = tmp_path / "channels" / "night-1f"
    folder.parent.mkdir()
    channel.folder.rename(folder)
    for back in (False, True):
        moved = told(bench.printed(code("rewind", tmp_path.as_uri(), id="night-1f", kept="k1", back=back)))
        assert moved["failed"] == 0
        assert (folder / "column.json").exists() is back
    assert sorted(r[0] for r in bench.rows(f"SELECT id FROM parquet.`{channel.to.as_uri()}`")) == [1, 2, 3, 4]
