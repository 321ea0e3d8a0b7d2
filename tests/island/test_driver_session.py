"""A real session: four languages over one Spark, completion, files, progress, odd text, code that misbehaves."""

from __future__ import annotations

import itertools
import json
import os
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.island import protocol as p
from tests.island.driving import Driven, driven
from tests.island.r_there import NO_R, WHY

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
RIDS = itertools.count()
needs_r = pytest.mark.skipif(NO_R, reason=WHY)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    with driven(tmp_path_factory.mktemp("driver"), warm=("spark",), name="the test") as driver:
        yield driver


def test_idle_says_where_spark_is(driver: Driven) -> None:
    idle = driver.idle()
    assert idle.spark_version.startswith("3.5.")
    assert idle.ui_url.startswith("http://127.0.0.1:")
    assert driver.text("sc.applicationId, sc.appName") == f"('{idle.app_id}', 'the test')"
    up = driver.wait(p.Up)
    assert up.py_pid == driver.process.pid
    assert up.jvm_pid in driver.pids()


@needs_r
def test_four_languages_share_views(driver: Driven) -> None:
    driver.text("spark.range(3).createOrReplaceTempView('from_python')")
    assert driver.text('println(spark.table("from_python").count())', "spark") == "3\n"
    driver.text('spark.range(4).createOrReplaceTempView("from_scala")', "spark")
    assert driver.run("select count(*) c from from_scala", "sql")["data"]["application/json"]["data"] == [[4]]
    driver.run("create temporary view from_sql as select 5 as five", "sql")
    assert driver.text("sql('select * from from_sql')", "sparkr") == "  five\n1    5"
    driver.text("createOrReplaceTempView(data.frame(a = c(1.5, NA), b = c('x', NA)), 'from_r')", "sparkr")
    assert driver.text("spark.table('from_r').collect()") == "[Row(a=1.5, b='x'), Row(a=None, b=None)]"


@needs_r
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1 + 2", "[1] 3"),
        ("x = 1", ""),
        ("\nx = 1\n\ny = 2\n\nx + y", "[1] 3"),
        ('print("1")\nprint("2")', '[1] "1"\n[1] "2"'),
        ("cat(3)", "3"),
        ("cat('a\\\\b \"q\" żółw')", 'a\\b "q" żółw'),
        ("system('echo from below')", "from below"),
        ("message('told'); invisible(1)", "told"),
        ("class(sql('select date\"2020-01-02\" d')$d)", '[1] "Date"'),
        ("format(sql('select timestamp\"2020-01-02 03:04:05\" t')$t, tz = 'UTC')", '[1] "2020-01-02 03:04:05"'),
        ("sapply(sql('select true l, 1 i, 1.5D d, null n, array(1) a'), class)", None),
    ],
)
def test_r_prints_as_livys_does(driver: Driven, code: str, text: str | None) -> None:
    printed = driver.text(code, "sparkr")
    assert printed == text or (text is None and all(w in printed for w in ("logical", "integer", "numeric")))


@needs_r
def test_r_fails_in_livys_words(driver: Driven) -> None:
    output = driver.run("x[", "sparkr")
    assert output["ename"] == "Error"
    assert (
        output["evalue"] == '[1] "Error in parse(text = \\"x[\\"): <text>:2:0: unexpected end of input\\n1: x[\\n   ^"'
    )
    assert "no_such_table" in driver.run("sql('select * from no_such_table')", "sparkr")["evalue"]
    assert "NUL" in driver.run("'a\x00b'", "sparkr")["evalue"]


@needs_r
def test_r_draws(driver: Driven) -> None:
    assert driver.run("plot(1:3)", "sparkr")["data"]["image/png"].startswith("iVBOR")
    assert "image/png" not in driver.run("1", "sparkr")["data"]


@needs_r
def test_an_r_that_died_is_told_and_starts_again(driver: Driven) -> None:
    driver.text("mine <- 1", "sparkr")
    assert driver.run("quit()", "sparkr")["evalue"].startswith("Interpreter died:")
    assert driver.text("exists('mine')", "sparkr") == "[1] FALSE"


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        ("spark.range(3).sele", "pyspark", "select"),
        ("spark.read.js", "pyspark", "json"),
        ("spark.sql('x').groupBy('a').cou", "pyspark", "count"),
        ("sc.para", "spark", "parallelize"),
        ("spark.read.js", "spark", "json"),
    ],
)
def test_completion(driver: Driven, code: str, kind: str, name: str) -> None:
    rid = next(RIDS)
    driver.send(p.Complete(rid=rid, kind=kind, code=code, cursor=len(code)))
    assert name in driver.wait(p.Candidates, lambda e: e.rid == rid).candidates


def test_completion_of_sql_and_nonsense_is_empty(driver: Driven) -> None:
    for kind, code in (("sql", "sel"), ("nonsense", "x"), ("spark", "nothingLikeThis.x")):
        rid = next(RIDS)
        driver.send(p.Complete(rid=rid, kind=kind, code=code, cursor=len(code)))
        assert driver.wait(p.Candidates, lambda e, rid=rid: e.rid == rid).candidates == ()  # type: ignore[misc]


def test_files_modules_and_jars_can_be_added(driver: Driven, tmp_path: Path) -> None:
    (tmp_path / "stars.csv").write_text("name,mag\nVega,0.03\n")
    (tmp_path / "addedmod.py").write_text("ANSWER = 42\n")
    with zipfile.ZipFile(tmp_path / "data.jar", "w") as jar:
        jar.writestr("inside.txt", "from the jar")
    for what, name in (("file", "stars.csv"), ("pyfile", "addedmod.py"), ("jar", "data.jar")):
        rid = next(RIDS)
        driver.send(p.Add(rid=rid, what=what, path=str(tmp_path / name)))
        assert driver.wait(p.Added, lambda e, rid=rid: e.rid == rid).error == ""  # type: ignore[misc]
    rid = next(RIDS)
    driver.send(p.Add(rid=rid, what="file", path=str(tmp_path / "none")))
    assert "no file" in driver.wait(p.Added, lambda e: e.rid == rid).error
    assert driver.text("from pyspark import SparkFiles\nopen(SparkFiles.get('stars.csv')).read()") == (
        "'name,mag\\nVega,0.03\\n'"
    )
    assert driver.text("import addedmod\naddedmod.ANSWER") == "42"
    assert driver.text("sc.parallelize([0]).map(lambda x: __import__('addedmod').ANSWER).collect()") == "[42]"
    found = "scala.io.Source.fromInputStream(Thread.currentThread.getContextClassLoader.getResourceAsStream"
    assert "from the jar" in driver.text(f'{found}("inside.txt")).mkString', "spark")


def test_progress_grows_and_is_told_at_most_four_times_a_second(driver: Driven) -> None:
    code = "import time\nsc.parallelize(range(8), 8).map(lambda x: time.sleep(0.5) or x).sum()"
    number = driver.start(code)
    done = driver.done(number)
    assert done.output is not None
    assert done.output["data"]["text/plain"] == "28"
    values = [e.value for e in driver.events if isinstance(e, p.Progress) and e.id == number]
    assert any(0 < v < 1 for v in values)
    assert values == sorted(set(values))
    assert len(values) <= 8
    started = driver.wait(p.Running, lambda e: e.id == number).started
    assert 1_500 < done.completed - started < 100_000


def test_jobs_are_in_the_group_of_their_statement(driver: Driven) -> None:
    driver.run("select count(*) from range(10)", "sql")
    number = driver._next - 1
    idle = driver.idle()
    with urllib.request.urlopen(f"{idle.ui_url}/api/v1/applications/{idle.app_id}/jobs", timeout=20) as reply:
        jobs = json.load(reply)
    assert {j["description"] for j in jobs if j.get("jobGroup") == str(number)} == {f"Job group for statement {number}"}


@pytest.mark.parametrize(
    ("kind", "code", "wanted"),
    [
        ("pyspark", "print('a\\x00b \\\\ \" \\ud800 星')", 'a\x00b \\ " \ud800 星'),
        ("spark", 'println("a\\u0000b \\\\ \\" 星")', 'a\x00b \\ " 星\n'),
    ],
)
def test_any_text_comes_back(driver: Driven, kind: str, code: str, wanted: str) -> None:
    assert driver.text(code, kind) == wanted


def test_twenty_megabytes_come_back_whole_and_more_is_cut_with_a_word(driver: Driven) -> None:
    text = driver.text("print('x' * 19_999_999)")
    assert (len(text), set(text)) == (19_999_999, {"x"})
    assert driver.text("print('x' * 20_000_100)").endswith(
        "cut here: 101 more characters. Print less, or write to a file."
    )
    assert len(driver.text('print("x" * 20000000)', "spark")) == 20_000_000


def test_any_text_comes_back_from_sql(driver: Driven) -> None:
    output = driver.run("select 'a\x00b \\\\ \" 星' as s", "sql")
    assert output["data"]["application/json"]["data"] == [['a\x00b \\ " 星']]


@pytest.mark.parametrize(("kind", "code"), [("sql", "select '\ud800'"), ("spark", 'val s = "\ud800"')])
def test_half_a_character_is_an_error_not_an_end(driver: Driven, kind: str, code: str) -> None:
    assert driver.run(code, kind)["status"] == "error"
    assert driver.text("1") == "1"


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.stdout.close(); sys.stderr.close(); sys.stdin.close()",
        "import sys; sys.stdout = sys.stderr = sys.stdin = None",
        "import os\nos.close(0); os.close(1)",
        "import os\nif os.fork() == 0: raise ValueError('in the child')",
        "import multiprocessing\nq = multiprocessing.get_context('fork').Process(target=print); q.start(); q.join()",
        "import signal; signal.raise_signal(signal.SIGINT)",
        "import threading; threading.Thread(target=print, args=('beside',)).start()",
        "def f(n): return f(n + 1)\nf(0)",
        "raise SystemExit",
        "import sys; sys.modules.pop('__main__')",
        "import builtins; builtins.open = None",
    ],
)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="platform: some of the codes fork")
def test_the_session_outlives_code_that_misbehaves(driver: Driven, code: str) -> None:
    driver.run(code)
    assert driver.text("'alive'") == "'alive'"
    assert sum(isinstance(e, p.Done) and e.id == driver._next - 1 for e in driver.events) == 1


def test_an_unknown_language_is_an_error(driver: Driven) -> None:
    assert driver.run("1", "cobol")["ename"] == "InterpreterError"


def test_sql_values_beyond_the_recordings(driver: Driven) -> None:
    query = "select named_struct('t', timestamp'2020-01-01 00:00:00', 'a', array(1)) s, map(date'2020-01-02', null) m"
    data: dict[str, Any] = driver.run(query, "sql")["data"]["application/json"]
    struct, mapped = data["data"][0]
    assert struct["values"] == ["2020-01-01T00:00:00Z", [1]]
    assert struct["schema"][1]["dataType"] == {"elementType": {}, "containsNull": False}
    assert mapped == {"2020-01-02": None}


def test_a_spare_is_adopted_with_what_can_still_be_set(driver: Driven) -> None:
    driver.send(p.Adopt(name="mine", kind="sql", conf={"spark.sql.shuffle.partitions": "3"}))
    assert driver.wait(p.Adopted).error == ""
    assert driver.text("spark.conf.get('spark.sql.shuffle.partitions')") == "'3'"
    driver.events.clear()
    driver.send(p.Adopt(name="mine", kind="sql", conf={"spark.driver.memory": "3g"}))
    assert "can not be changed" in driver.wait(p.Adopted).error
