"""Two sessions over one warehouse folder: what one writes, defines or drops, the other knows at its next statement."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.island.driver import r_home
from astrolabnet_gui.island.driver.warehouse import Warehouse, folder_of
from tests.island.driving import Driven, driven

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
Two = tuple[Driven, Driven]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared") / "ware house"


@pytest.fixture(scope="module")
def two(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    conf = {"spark.sql.warehouse.dir": str(folder)}
    with (
        driven(tmp_path_factory.mktemp("one"), conf=conf) as one,
        driven(tmp_path_factory.mktemp("other"), conf=conf) as other,
    ):
        yield one, other


def rows(driver: Driven, query: str) -> list[list[Any]]:
    output = driver.run(query, "sql")
    assert output["status"] == "ok", output
    data: list[list[Any]] = output["data"]["application/json"]["data"]
    return data


def test_a_table_is_there_in_every_language(two: Two) -> None:
    one, other = two
    one.text("spark.sql(\"create database sky comment 'all of it'\"); spark.range(5).write.saveAsTable('sky.stars')")
    assert rows(other, "select count(*) from sky.stars") == [[5]]
    assert ["Comment", "all of it"] in rows(other, "describe database sky")
    assert other.text("spark.table('sky.stars').count()") == "5"
    assert other.text('println(spark.table("sky.stars").count())', "spark") == "5\n"
    if not r_home.find({}).why:
        assert other.text("sql('select count(*) n from sky.stars')$n", "sparkr") == "[1] 5"


def test_sql_alone_makes_a_table_without_naming_a_format(two: Two) -> None:
    one, other = two
    assert rows(one, "create table plain as select 7 as n") == []
    assert rows(other, "select n from plain") == [[7]]
    assert rows(other, "drop table plain") == []


def test_more_rows_and_another_shape_are_seen(two: Two) -> None:
    one, other = two
    rows(one, "create table moving using parquet as select 1 a")
    assert rows(other, "select * from moving") == [[1]]
    rows(one, "insert into moving values (2)")
    assert rows(other, "select sum(a) from moving") == [[3]]
    one.text("spark.sql(\"select 'x' b\").write.mode('overwrite').saveAsTable('moving')")
    assert rows(other, "select b from moving") == [["x"]]
    rows(other, "truncate table moving")
    assert rows(one, "select b from moving") == []


def test_what_data_do_not_tell_is_kept(two: Two) -> None:
    one, other = two
    rows(one, "create table plan (a int comment 'first', c varchar(5)) using orc comment 'still empty'")
    assert ["c", "varchar(5)", None] in rows(other, "describe plan")
    assert ["Comment", "still empty", ""] in rows(other, "describe extended plan")
    rows(one, "alter table plan add columns (z double)")
    assert rows(other, "select z from plan") == []


def test_partitions_come_and_go(two: Two) -> None:
    one, other = two
    one.text("spark.range(6).selectExpr('id', 'id % 3 p').write.partitionBy('p').saveAsTable('parts')")
    assert rows(other, "select p, count(*) from parts group by p order by p") == [[0, 2], [1, 2], [2, 2]]
    rows(other, "insert into parts values (100, 9)")
    rows(other, "alter table parts drop partition (p = 0)")
    assert rows(one, "show partitions parts") == [["p=1"], ["p=2"], ["p=9"]]
    assert rows(one, "select sum(id) from parts where p = 9") == [[100]]


def test_a_drop_takes_the_files_and_is_seen(two: Two, folder: Path) -> None:
    one, other = two
    one.text("spark.range(5).write.saveAsTable('short.lived') if spark.sql('create database short') else 0")
    rows(other, "cache table short.lived")
    rows(one, "drop table short.lived")
    assert not (folder / "short.db" / "lived").exists()
    assert other.run("select * from short.lived", "sql")["status"] == "error"
    rows(one, "drop database short")
    assert ["short"] not in rows(other, "show databases")
    assert not (folder / "short.db").exists()
    rows(one, "create database short")
    one.text("spark.range(7).write.saveAsTable('short.lived')")
    assert rows(other, "select count(*) from short.lived") == [[7]]


def test_a_table_whose_files_lie_elsewhere_is_seen_and_its_files_are_nobodys_to_delete(two: Two, folder: Path) -> None:
    one, other = two
    away = one.work / "away from here"
    one.text(f"spark.range(6).selectExpr('id', 'id % 2 part').write.partitionBy('part').parquet({str(away)!r})")
    rows(one, "create database lent")
    made = "create table lent.stars (id bigint, part string) using parquet partitioned by (part) location '{}'"
    rows(one, made.format(away))
    rows(one, "alter table lent.stars recover partitions")
    assert rows(other, "select count(*) from lent.stars where part = '1'") == [[3]]
    assert ["Type", "EXTERNAL"] in [row[:2] for row in rows(other, "describe extended lent.stars")]
    rows(other, "drop table lent.stars")
    assert one.run("select * from lent.stars", "sql")["status"] == "error"
    assert not (folder / "lent.db" / "stars").exists()
    assert len(list(away.rglob("*.parquet"))) > 1
    # of the same name, elsewhere
    one.text(f"spark.range(2).write.parquet({str(one.work / 'else')!r})")
    rows(other, made.format(away))
    rows(other, "drop table lent.stars")
    rows(other, f"create table lent.stars using parquet location '{one.work / 'else'}'")
    assert rows(one, "select count(*) from lent.stars") == [[2]]
    assert "warehouse:" not in one.log()
    rows(one, "drop database lent cascade")
    assert list((one.work / "else").glob("*.parquet"))


def test_files_that_came_without_a_session_are_a_table_when_they_are_complete(two: Two, folder: Path) -> None:
    one, other = two
    one.text(f"spark.range(4).selectExpr('id', 'id % 2 k').write.partitionBy('k').parquet({str(one.work / 'made')!r})")
    shutil.copytree(one.work / "made", folder / "brought", ignore=shutil.ignore_patterns("_SUCCESS", "._SUCCESS*"))
    assert other.run("select * from brought", "sql")["status"] == "error"
    (folder / "brought" / "_SUCCESS").touch()
    assert rows(other, "select sum(id) from brought where k = 1") == [[4]]


def test_trouble_is_a_line_of_the_log_and_no_more(two: Two, folder: Path) -> None:
    one, _ = two
    (folder / "broken").mkdir()
    (folder / "broken" / ".aln-table.json").write_text("{")
    assert one.text("1 + 1") == "2"
    assert "warehouse: default.broken: " in one.log()
    shutil.rmtree(folder / "broken")


def test_a_new_session_knows_it_all(two: Two, folder: Path, tmp_path: Path) -> None:
    known = rows(two[0], "show tables")
    with driven(tmp_path, conf={"spark.sql.warehouse.dir": folder.as_uri()}) as third:
        assert rows(third, "show tables") == known
        assert rows(third, "select count(*) from sky.stars") == [[5]]
        assert "warehouse:" not in third.log()


def test_jobs_of_sql_are_called_so(two: Two) -> None:
    one, _ = two
    rows(one, "select count(*) from range(100)")
    base = f"{one.idle().ui_url}/api/v1/applications/{one.idle().app_id}"
    with urllib.request.urlopen(f"{base}/jobs") as reply:
        names = {job["name"] for job in json.load(reply)}
    assert "SQL" in names
    assert not [name for name in names if "astrolabnet_gui" in name]


def test_nothing_new_costs_next_to_nothing(tmp_path: Path) -> None:
    for n in range(100):
        (tmp_path / "many.db" / f"t{n}").mkdir(parents=True)
    warehouse = Warehouse(NoSpark(), tmp_path)  # type: ignore[arg-type]
    databases, found = warehouse._look()
    warehouse._databases, warehouse._stamps = databases, dict(found)
    assert len(found) == 100
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        warehouse.before()
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.002


class NoSpark:
    """A context that must not be asked anything."""


@pytest.mark.parametrize(
    ("setting", "folder"),
    [("/a/b c", Path("/a/b c")), ("file:/a/b%20c", Path("/a/b c")), ("file:///a", Path("/a")), ("hdfs://h/a", None)],
)
def test_which_folder_a_setting_names(setting: str, folder: Path | None) -> None:
    assert folder_of(setting) == folder
