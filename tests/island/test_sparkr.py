"""Real SparkR: what the R of a session does with it. A stand-in of a few functions shows how it is called, always."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from astrolabnet_gui.island import protocol as p
from astrolabnet_gui.island import submit
from astrolabnet_gui.island.driver import r_home
from astrolabnet_gui.island.jre import choose
from astrolabnet_gui.island.request import NewBatch, Rejected
from tests.island.driving import Driven, driven, gone
from tests.island.r_there import NO_R, WHY
from tests.island_fixture import wait_until

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
STAND_IN = Path(__file__).with_name("standin_sparkr")
FOUND = r_home.find({}).library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library folder with the stand-in installed, as R does it."""
    if NO_R:
        pytest.skip(WHY)
    folder = tmp_path_factory.mktemp("library of R")
    told = subprocess.run(
        [r_home.find({}).command, "CMD", "INSTALL", f"--library={folder}", "--no-docs", "--no-byte-compile", STAND_IN],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return folder


@pytest.fixture(scope="module")
def standing_in(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    with driven(tmp_path_factory.mktemp("standing in"), r={"library": str(library)}) as driver:
        yield driver


def test_it_is_connected_and_each_statement_has_its_job_group(standing_in: Driven) -> None:
    assert standing_in.idle().r == "sparkr"
    # Nothing of what the package said when it was attached.
    assert standing_in.text("1 + 1", "sparkr") == "[1] 2"
    said = standing_in.text("cat(SparkR:::told(), sep = '\\n')", "sparkr").splitlines()
    assert said[0].startswith("connect localhost ")
    port, secret = said[0].split()[2:]
    assert int(port) > 1024
    assert len(secret) >= 32
    assert "group 0 Job group for statement 0 TRUE" in said
    assert said[-1] == "group 1 Job group for statement 1 TRUE"
    assert standing_in.text("c(spark, sc, SparkR:::context())", "sparkr").count("SparkSession.active") == 1


def test_an_interrupted_call_gives_its_line_up(standing_in: Driven) -> None:
    number = standing_in.start("SparkR:::invokeJava('asleep')", "sparkr")
    wait_until(lambda: (standing_in.work / "asleep").exists(), what="R waits for Java")
    standing_in.send(p.Cancel(id=number))
    assert standing_in.done(number).state == "cancelled"
    assert standing_in.text("SparkR:::lines()", "sparkr") == "[1] 1"
    assert standing_in.text("SparkR:::invokeJava('awake')", "sparkr") == '[1] "awake"'
    assert standing_in.text("SparkR:::lines()", "sparkr") == "[1] 2"


def test_java_finds_it_where_its_workers_look(library: Path, tmp_path: Path) -> None:
    spark = tmp_path / "spark"
    (spark / "jars").mkdir(parents=True)
    (spark / "R").mkdir()
    home = r_home.find({"library": str(library)})
    seen = home.spark_home(spark, tmp_path)
    assert (seen / "R" / "lib" / "SparkR" / "DESCRIPTION").is_file()
    assert (seen / "jars").resolve() == spark / "jars"
    assert Path(home.settings["spark.r.command"]).name.startswith("Rscript")
    shutil.copytree(library, spark / "R" / "lib")
    assert r_home.find({"library": str(spark / "R" / "lib")}).spark_home(spark, tmp_path) == spark
    bridge = r_home.RHome(command=home.command)
    assert (bridge.spark_home(spark, tmp_path), bridge.settings) == (spark, {})


def test_a_batch_finds_it_too(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("R_LIBS_USER", str(library))
    monkeypatch.setenv("R_LIBS", "")
    script = tmp_path / "job.R"
    script.write_text("library(SparkR)\ncat('found', dirname(find.package('SparkR')), SparkR:::told(), '\\n')\n")
    submit.check_r(script.as_uri())
    batch = NewBatch(file=script.as_uri())
    command, env = submit.batch_command(batch, p.Start(java_home=str(choose().home), work_dir=str(tmp_path)))
    env.pop("R_LIBS_USER")  # by what the island says alone
    told = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "found" in told.stdout


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("library(SparkR)", True), (" require( 'SparkR' )", True), ("x <- SparkR::sql('SELECT 1')", True),
        ("# library(SparkR)\ncat(1)", False), ("cat('SparkR')", False),
    ],
)  # fmt: skip
def test_a_script_that_loads_it_is_refused_where_it_is_not(
    text: str, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(r_home, "find", lambda _: r_home.RHome(command="R"))
    script = tmp_path / "a job.R"
    script.write_text(text)
    with pytest.raises(Rejected, match="unpack R/lib/SparkR") if refused else nullcontext():
        submit.check_r(script.as_uri())
    monkeypatch.setattr(r_home, "find", lambda _: r_home.RHome(why="R is not installed"))
    with pytest.raises(Rejected, match="R is not installed"):
        submit.check_r(script.as_uri())
    submit.check_r("file:///job.py")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    if not FOUND:
        pytest.skip("platform: SparkR is found nowhere on this computer (R_LIBS names a folder with it)")
    with driven(tmp_path_factory.mktemp("real"), r={"library": FOUND}) as driver:
        yield driver


def test_data_frames_views_and_functions_in_workers(real: Driven) -> None:
    real.text("df <- createDataFrame(data.frame(name = c('Vega', 'Ża'), mag = c(0.03, -1.46)))", "sparkr")
    assert real.text("count(df)", "sparkr") == "[1] 2"
    assert real.text("head(df)", "sparkr") == "  name   mag\n1 Vega  0.03\n2   Ża -1.46"
    real.text("createOrReplaceTempView(df, 'stars')", "sparkr")
    assert real.text("spark.table('stars').count()") == "2"
    real.text("spark.range(5).createOrReplaceTempView('five')")
    assert real.text("collect(sql('select sum(id) s from five'))$s", "sparkr") == "[1] 10"
    assert real.text("sum(dapplyCollect(df, function(x) data.frame(n = nrow(x)))$n)", "sparkr") == "[1] 2"
    assert "SparkSession" in real.text("library(SparkR); invisible(capture.output(s <- sparkR.session())); s", "sparkr")


def test_errors_are_in_sparks_words(real: Driven) -> None:
    assert "UNRESOLVED_COLUMN" in real.run("collect(sql('select no_such'))", "sparkr")["evalue"]
    assert "my own" in real.run("stop('my own')", "sparkr")["evalue"]


def test_cancelled_spark_jobs_end_and_the_next_answer_is_the_right_one(real: Driven) -> None:
    big = "select sum(a.id * b.id) s from range(1000000) a cross join range(1000000) b"
    before = real.log().count("Submitting ShuffleMapStage")
    number = real.start(f"collect(sql('{big}'))", "sparkr")
    wait_until(lambda: real.log().count("Submitting ShuffleMapStage") > before, what="the job runs")
    real.send(p.Cancel(id=number))
    assert real.done(number).state == "cancelled"
    assert int(real.text(f"len(spark.sparkContext.statusTracker().getJobIdsForGroup('{number}'))")) >= 1
    assert real.text("collect(sql('select 41 + 1 as n'))$n", "sparkr") == "[1] 42"


def test_no_worker_outlives_the_session(tmp_path: Path) -> None:
    if not FOUND:
        pytest.skip("platform: SparkR is found nowhere on this computer (R_LIBS names a folder with it)")
    with driven(tmp_path, r={"library": FOUND}) as driver:
        assert driver.text("count(createDataFrame(data.frame(a = 1)))", "sparkr") == "[1] 1"
        pids = driver.pids()
        assert len(pids) >= 4  # Python, Java, R, the workers' R
    assert gone(pids, 5.0) == []
