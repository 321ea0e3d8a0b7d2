"""Batches and values on a real island: every field is read back from the driver; no value becomes code."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.island.driver import r_home
from astrolabnet_gui.island.jre import choose
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.tasks.archive_index import Wanted
from astrolabnet_gui.tasks.left import read
from tests.island.r_there import NO_R, WHY

from .test_on_island import Live

PROGRAM = """
import json, os, sys
from pyspark import SparkFiles
from pyspark.sql import SparkSession
import aln_module

spark = SparkSession.builder.getOrCreate()
conf = spark.sparkContext.getConf()
loader = spark._jvm.java.lang.Thread.currentThread().getContextClassLoader()
wanted = ["spark.driver.memory", "spark.driver.cores", "spark.executor.memory", "spark.executor.cores",
          "spark.executor.instances", "spark.yarn.queue", "spark.app.name", "spark.aln.test", "spark.jars"]
print("TOLD:" + json.dumps({
    "argv": sys.argv[1:], "conf": {name: conf.get(name) for name in wanted}, "module": aln_module.WORD,
    "file": open(SparkFiles.get("data.txt")).read(),
    "archive": open(os.path.join(SparkFiles.get("environment"), "inside.txt")).read(),
    "heap_mb": spark._jvm.java.lang.Runtime.getRuntime().maxMemory() // 2**20,
    "class": loader.getResource("aln/mark.txt") is not None,
}))
"""
NIGHT = """
import org.apache.spark.SparkFiles
import org.apache.spark.sql.SparkSession
object Night {
  def main(args: Array[String]): Unit = {
    val spark = SparkSession.builder.getOrCreate()
    val conf = spark.sparkContext.getConf
    val told = new java.util.TreeMap[String, Any]()
    told.put("argv", args)
    Seq(%s).foreach(name => told.put(name, conf.get(name)))
    told.put("file", new String(java.nio.file.Files.readAllBytes(java.nio.file.Paths.get(SparkFiles.get("data.txt")))))
    told.put("archive", new java.io.File(SparkFiles.get("environment"), "inside.txt").exists)
    told.put("class", Thread.currentThread.getContextClassLoader.getResource("aln/mark.txt") != null)
    println("TOLD:" + new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(told))
  }
}
"""
HOSTILE = ["a b", "--x='\"\\", "${env:HOME}", "$(id)", "ä🔭", ""]
NASTY = "\"'\\ ${env:HOME} \\u0022 \n %table x */ -- ` ä🔭 }{"


def parts(folder: Path) -> dict[str, Any]:
    """Files of every kind a batch may bring."""
    (folder / "job.py").write_text(PROGRAM)
    (folder / "aln_module.py").write_text("WORD = 'imported'\n")
    (folder / "data.txt").write_text("data")
    for name, inside in (("env.zip", "inside.txt"), ("mark.jar", "aln/mark.txt")):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr(inside, "unpacked")
    here = {name: f"here:{folder / name}" for name in ("job.py", "aln_module.py", "data.txt", "env.zip", "mark.jar")}
    return {
        "file": here["job.py"], "args": HOSTILE, "driver_memory": "700m", "driver_cores": 1, "executors": 3,
        "executor_memory": "600m", "executor_cores": 2, "queue": "night", "conf": {"spark.aln.test": "a = 'b'"},
        "jars": [here["mark.jar"]], "py_files": [here["aln_module.py"]], "files": [here["data.txt"]],
        "archives": [f"{here['env.zip']}#environment"], "name": "all fields",
    }  # fmt: skip


def compiled(folder: Path, conf: Mapping[str, str]) -> Path:
    """A JAR that names its main class, made by Spark's own compiler."""
    (made := folder / "made").mkdir()
    (folder / "Night.scala").write_text(NIGHT % ", ".join(f'"{name}"' for name in conf))
    spark = [sys.executable, "-c", "import pyspark; print(pyspark.__path__[0])"]
    jars = subprocess.run(spark, capture_output=True, text=True, check=True).stdout.strip() + "/jars/*"
    subprocess.run(
        [str(choose().java), "-XX:TieredStopAtLevel=1", "-cp", jars, "scala.tools.nsc.Main", "-usejavacp", "-nowarn",
         "-d", str(made), str(folder / "Night.scala")], check=True,
    )  # fmt: skip
    with zipfile.ZipFile(folder / "night.jar", "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nMain-Class: Night\r\n\r\n")
        for file in made.iterdir():
            jar.write(file, file.name)
    return folder / "night.jar"


async def actions_of_programs(live: Live, island: Key, tmp_path: Path) -> None:
    """An action of a JAR of this computer, then one of a script: each started with its values and all its fields."""
    given = parts(tmp_path)
    needs = {name: value for name, value in given.items() if name not in ("file", "args", "name", "py_files")}
    # What comes beside a program lies where the server sees it: on an island that is here, too.
    there = {name: [file.removeprefix("here:") for file in needs[name]] for name in ("jars", "files", "archives")}
    wants = ["text", "n: integer = 3"]
    for program, title in ((compiled(tmp_path, CONF), "A jar"), (tmp_path / "job.py", "A script")):
        modules = [str(tmp_path / "aln_module.py")] if title == "A script" else []
        fields = {
            **needs,
            **there,
            "py_files": modules,
            "parameters": wants,
            "args": ["{text}", "{n}", "{who}", "x{n}"],
        }
        await live.well("action.new", None, title=title, file=f"here:{program}", **fields)
        program.unlink()
        name = title.replace(" ", "-").lower()
        sent = await live.well("server.send", island, action=name, values={"text": NASTY})
        said = await told(live, sent.focus)
        assert said["argv"] == [NASTY, "3", "{who}", "x{n}"]
        conf = said.pop("conf", said)
        assert {key: conf[key] for key in CONF} == CONF
        assert (said["file"], said["class"], bool(said["archive"])) == ("data", True, True)


CONF = {
    "spark.driver.memory": "700m", "spark.driver.cores": "1", "spark.executor.memory": "600m",
    "spark.executor.cores": "2", "spark.executor.instances": "3", "spark.yarn.queue": "night",
    "spark.aln.test": "a = 'b'",
}  # fmt: skip


async def told(live: Live, batch: Key | None) -> dict[str, Any]:
    """What the program said, once the batch has ended well."""
    assert batch is not None
    ended = await live.engine.until(batch, lambda t: t is not None and t.state in t.kind.terminal)
    log = (await live.well("batch.log", batch, lines=2000)).result["lines"]
    assert ended is not None
    assert ended.state == "success", log[-30:]
    found: dict[str, Any] = json.loads(next(line for line in log if line.startswith("TOLD:")).removeprefix("TOLD:"))
    return found


@pytest.mark.island
@pytest.mark.timeout(900)
async def test_d1_every_field_of_a_batch_is_read_back_from_the_driver_and_values_stay_values(tmp_path: Path) -> None:
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        first = await live.well("batch.new", island, **parts(tmp_path))
        said = await told(live, first.focus)
        assert said["argv"] == HOSTILE
        assert (said["module"], said["file"], said["archive"], said["class"]) == ("imported", "data", "unpacked", True)
        assert 600 < said["heap_mb"] <= 700, "what was asked for is what the driver has"
        conf = said["conf"]
        name = conf.pop("spark.app.name")
        assert live.house.owns(name)
        assert name.endswith("-all-fields")
        assert conf.pop("spark.jars").endswith("mark.jar")
        assert conf == CONF
        await actions_of_programs(live, island, tmp_path)
        # The same way as to a far server: through a session, into the file system of the cluster.
        server = live.engine.server(island.server)
        assert server.auth.secret is not None
        # As a person who adds it by hand and gives this file as the login; without that it is used for an island only.
        live.house.trusted.bind(server.home, server.auth.secret)
        await live.engine.change_server(Server.model_validate(server.model_dump() | {"origin": "user"}))
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        (tmp_path / "far.py").write_text("import sys; print('TOLD:[' + sys.argv[1] + ']')")
        far = await live.well("batch.new", island, file=f"here:{tmp_path / 'far.py'}", args=["1"])
        assert await told(live, far.focus) == [1]
        await live.engine.change_server(server)
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        again = await live.well("batch.again", far.focus)
        assert await told(live, again.focus) == [1]
        for kind, code in CODES.items():
            await live.well(
                "action.new", None, title=f"Echo {kind}", kind=kind, code=code, parameters=["text", "n: integer = 1"]
            )
            event = await live.well("server.send", island, action=f"echo-{kind}", values={"text": NASTY}, wait=True)
            assert event.result["state"] == "done", event.result
            points = " ".join(str(ord(c)) for c in NASTY)
            assert points in str(event.result["output"]["data"]), kind
        async with asyncio.timeout(60):
            while not (known := [r.spark for r in live.house.archive.find(Wanted()) if r.language == "sql"]):
                await asyncio.sleep(0.1)
        assert known == [version("pyspark")], "what is kept says which Spark ran it"


@pytest.mark.island
@pytest.mark.timeout(600)
@pytest.mark.skipif(NO_R, reason=WHY)
async def test_an_r_script_runs_with_its_arguments_and_one_that_needs_sparkr_is_refused_where_it_is_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "sky.R").write_text(
        "given <- commandArgs(trailingOnly = TRUE)\ncat('TOLD:[', length(given), ', ', sum(1:4), ']\\n', sep = '')\n"
        "stopifnot(identical(utf8ToInt(given[[1]]), c(97L, 32L, 228L, 39L, 34L)))\n"
    )
    (tmp_path / "stops.r").write_text("stop('no sky tonight')\n")
    (tmp_path / "frames.R").write_text("# a night\nlibrary(SparkR)\ncat(count(sql('SELECT 1')))\n")
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        ran = await live.well("batch.new", island, file=f"here:{tmp_path / 'sky.R'}", args=["a ä'\"", "2"], name="sky")
        assert await told(live, ran.focus) == [2, 10]
        stops = (await live.well("batch.new", island, file=f"here:{tmp_path / 'stops.r'}")).focus
        assert stops is not None
        ended = await live.engine.until(stops, lambda t: t is not None and t.state in t.kind.terminal)
        assert ended is not None
        assert (ended.state, "no sky tonight" in ended.problem) == ("dead", True)
        # Both have left their results beside the data.
        files = [file for file in live.house.paths.state.rglob("results/*.json") if not file.name.startswith(".")]
        left = {found.record.name: found for found in (read(file.stem, file.read_bytes()) for file in files)}
        assert left["sky"].output == {"status": "ok", "data": {"text/plain": "TOLD:[2, 10]"}}
        assert left["sky"].code == (tmp_path / "sky.R").read_text()
        assert (left["stops"].record.state, left["stops"].record.problem) == ("failed", "Error: no sky tonight")
        if not r_home.find({}).library:
            refused = await live.do("batch.new", island, {"file": f"here:{tmp_path / 'frames.R'}"})
            assert refused.problem is not None
            assert "loads SparkR, which is not installed" in refused.problem.what
            assert "R/lib/SparkR" in refused.problem.what
            listed = [key for key in live.engine.store.things if key.kind == "batches"]
            assert len(listed) == 2, "what is refused is not started"


CODES = {
    "pyspark": "print(*map(ord, text))",
    "spark": 'println(text.codePoints.toArray.mkString(" "))',
    "sql": "SELECT concat_ws(' ', transform(split(:text, ''), c -> cast(ascii(c) AS string))) AS points, :n AS n",
    "sparkr": "cat(utf8ToInt(text))",
}
