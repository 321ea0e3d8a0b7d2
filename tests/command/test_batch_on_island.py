"""Batches and values on a real island: every field is read back from the driver; no value becomes code."""

from __future__ import annotations

import asyncio
import json
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.island.driver import r_home
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.tasks.archive_index import Wanted
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
        assert conf == {
            "spark.driver.memory": "700m", "spark.driver.cores": "1", "spark.executor.memory": "600m",
            "spark.executor.cores": "2", "spark.executor.instances": "3", "spark.yarn.queue": "night",
            "spark.aln.test": "a = 'b'",
        }  # fmt: skip
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
        ran = await live.well("batch.new", island, file=f"here:{tmp_path / 'sky.R'}", args=["a ä'\"", "2"])
        assert await told(live, ran.focus) == [2, 10]
        stops = (await live.well("batch.new", island, file=f"here:{tmp_path / 'stops.r'}")).focus
        assert stops is not None
        ended = await live.engine.until(stops, lambda t: t is not None and t.state in t.kind.terminal)
        assert ended is not None
        assert (ended.state, "no sky tonight" in ended.problem) == ("dead", True)
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
