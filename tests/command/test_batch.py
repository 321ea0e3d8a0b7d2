"""Batches through the whole path: every field reaches Livy, files of this computer go first, all can be run again."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path

import pytest

from astrolabnet_gui.command.manifest import main_class
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewBatch, NewStatement
from astrolabnet_gui.model.record import history_key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.tasks.naming import act_of
from tests.tasks.livy import SmallLivy, SteppingClock

from .rig import LAL, SERVER, Rig
from .test_archiving import kept
from .test_group import CERN, Three

EVERYTHING = {
    "file": "hdfs:///jobs/sky.jar", "class_name": "org.sky.Main", "args": ["2026", "a b", "--x='\"\\"],
    "driver_memory": "2g", "driver_cores": 3, "executors": 4, "executor_memory": "5g", "executor_cores": 6,
    "queue": "q", "proxy_user": "p", "conf": {"spark.x": "1"}, "jars": ["a.jar"], "py_files": ["b.py"],
    "files": ["c"], "archives": ["d.zip#environment"],
}  # fmt: skip
IN_LIVYS_WORDS = {
    "file": "hdfs:///jobs/sky.jar", "className": "org.sky.Main", "args": ("2026", "a b", "--x='\"\\"),
    "driverMemory": "2g", "driverCores": 3, "numExecutors": 4, "executorMemory": "5g", "executorCores": 6,
    "queue": "q", "proxyUser": "p", "conf": {"spark.x": "1"}, "jars": ("a.jar",), "pyFiles": ("b.py",),
    "files": ("c",), "archives": ("d.zip#environment",), "name": "",
}  # fmt: skip


def jar(place: Path, manifest: str | None) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        if manifest is not None:
            archive.writestr("META-INF/MANIFEST.MF", manifest)
    return place


def body_of(livy: SmallLivy, at: int = -1) -> NewBatch:
    found = [body for body in livy.bodies if isinstance(body, NewBatch)][at]
    assert isinstance(found, NewBatch)
    return found


async def test_d1_d8_all_sixteen_fields_reach_livy_and_again_when_it_is_run_again() -> None:
    async with Rig() as rig:
        first = await rig.well("batch.new", **EVERYTHING)
        assert body_of(rig.livy).body() | {"name": ""} == IN_LIVYS_WORDS
        assert first.focus is not None
        second = await rig.well("batch.again", first.focus)
        assert second.focus != first.focus
        assert body_of(rig.livy).body() | {"name": ""} == IN_LIVYS_WORDS
        names = {body_of(rig.livy, n).name or "" for n in (0, 1)}
        assert len(names) == 2
        assert all(rig.house.owns(name) and name.endswith("-sky") for name in names)
        assert rig.questions == ["sky is running. Run it once more beside it?"]


async def test_an_r_program_is_refused_before_it_is_sent_where_there_is_no_r(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("astrolabnet_gui.actions.place.without_r", lambda: "R is not here (apt install r-base-core)")
    (tmp_path / "sky.R").write_text("cat(1)")
    async with Rig() as rig:
        problem = await rig.ill("batch.new", file=f"here:{tmp_path / 'sky.R'}")
        assert rig.livy.posts == 0
        assert "apt install r-base-core" in problem.what
        assert "stop and start the island" in problem.remedy


async def test_a_name_a_person_gave_is_what_is_shown() -> None:
    async with Rig() as rig:
        made = await rig.well("batch.new", file="hdfs:///x.py", name="Nightly: sky/1")
        assert made.focus is not None
        assert rig.engine.store.things[made.focus].label == "Nightly-sky-1"
        opened = await rig.well("session.new", name="my night")
        assert opened.focus is not None
        thing = rig.engine.store.things[opened.focus]
        assert (thing.label, thing.mine) == ("my-night", True)


async def test_the_main_class_comes_from_the_manifest_of_a_jar_here(tmp_path: Path) -> None:
    long = "org.sky." + "Deep" * 20
    folded = f"Main-Class: {long}"
    found = jar(tmp_path / "long.jar", f"Manifest-Version: 1.0\r\n{folded[:70]}\r\n {folded[70:]}\r\n\r\n")
    async with Rig() as rig:
        await rig.well("batch.new", file=f"here:{found}")
        assert (body_of(rig.livy).className, body_of(rig.livy).file) == (long, str(found))
        without = jar(tmp_path / "without.jar", "Manifest-Version: 1.0\n\n")
        problem = await rig.ill("batch.new", file=f"here:{without}")
        assert (problem.field, rig.livy.posts) == ("class_name", 1)
        await rig.well("batch.new", file=f"here:{without}", class_name="X")
        assert body_of(rig.livy).className == "X"


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_jar_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jar").write_bytes(content)
    with pytest.raises(BadInput, match=r"x\.jar is no JAR"):
        main_class(tmp_path / "x.jar")


def test_a_jar_without_a_manifest_names_no_class(tmp_path: Path) -> None:
    assert main_class(jar(tmp_path / "x.jar", None)) == ""
    with pytest.raises(BadInput, match="can not be read"):
        main_class(tmp_path / "absent.jar")


async def test_a_file_of_this_computer_goes_to_a_far_server_through_a_session(tmp_path: Path) -> None:
    program = tmp_path / "my job.py"
    program.write_text("print(1)")
    livy = SmallLivy(SteppingClock())
    livy.answers = [
        {"status": "ok", "data": {"text/plain": f"kept:hdfs://nn/user/me/.astrolabnet/uploads/1/{name}"}}
        for name in ("my_job.py", "keep_batch.py")
    ]
    async with Rig(livy) as rig:
        far = Server.model_validate(LAL.model_dump() | {"origin": "user"})
        await rig.engine.change_server(far)
        await rig.thing(SERVER, "up")
        await rig.well("batch.new", file=f"here:{program}", args=["1"])
        assert livy.uploads[0] == (0, "my_job.py", b"print(1)")
        assert [name for _, name, _ in livy.uploads] == ["my_job.py", "keep_batch.py"]
        placed = next(body for body in livy.bodies if isinstance(body, NewStatement))
        assert "def keep_upload" in placed.code
        assert body_of(livy).file == "hdfs://nn/user/me/.astrolabnet/uploads/1/keep_batch.py"
        assert body_of(livy).pyFiles == ("hdfs://nn/user/me/.astrolabnet/uploads/1/my_job.py",)
        assert body_of(livy).args[1:] == ("1",)
        livy.answers = [{"status": "error", "ename": "IOError", "evalue": "no rights there"}]
        problem = await rig.ill("batch.new", file=f"here:{program}")
        assert "could not be kept" in problem.what
        assert "no rights there" in problem.what
        assert len([b for b in livy.bodies if isinstance(b, NewBatch)]) == 1, "without its file nothing is started"


async def test_a_file_that_is_not_there_is_named_and_nothing_starts(tmp_path: Path) -> None:
    async with Rig() as rig:
        problem = await rig.ill("batch.new", file="hdfs:///x.py", files=[f"here:{tmp_path}/absent.csv"])
        assert (problem.field, rig.livy.posts) == ("files", 0)
        assert "absent.csv can not be read" in problem.what


async def test_a_secret_setting_is_not_written_down_so_it_is_not_run_again_without_it() -> None:
    async with Rig() as rig:
        made = await rig.well("batch.new", file="hdfs:///x.py", conf={"fs.s3a.secret.key": "hunter2"})
        assert body_of(rig.livy).conf == {"fs.s3a.secret.key": "hunter2"}
        assert "hunter2" not in str(await rig.rows())
        problem = await rig.ill("batch.again", made.focus)
        assert (problem.field, rig.livy.posts) == ("conf", 1)


async def test_a_batch_of_somebody_else_can_not_be_run_again() -> None:
    async with Rig() as rig:
        await rig.livy.create_batch(NewBatch(file="x", name="theirs"))
        rig.engine.poll_now(LAL.uuid)
        key = SERVER.child("batches", 0, rig.engine.claim(LAL.uuid, rig.livy.open()).epoch)
        await rig.thing(key, "running")
        assert "not started from here" in (await rig.ill("batch.again", key)).what
        assert (await rig.well("batch.log", key)).result == {"lines": ["batch line"], "total": 1}
        await rig.well("batch.kill", key)
        assert rig.livy.batches_here == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [({"file": "hdfs:///sky.py"}, True), ({"file": "hdfs:///sky.py", "keep": False}, False),
     ({"file": "hdfs:///sky.jar", "class_name": "X"}, False), ({"file": "hdfs:///sky.R"}, False)],
)  # fmt: skip
async def test_only_a_python_script_is_run_so_that_it_leaves_its_result(given: dict[str, str], kept: bool) -> None:
    async with Rig() as rig:
        await rig.well("batch.new", **given, args=["a"], py_files=["b.py"])
        body = body_of(rig.livy)
        if kept:
            told = json.loads(base64.b64decode(body.args[0]))
            assert (told["program"], told["workspace"]) == (given["file"], rig.house.workspace.short)
            assert told["task_key"] == act_of(body.name or "") != ""
            assert (body.args[1:], body.pyFiles) == (("a",), ("b.py", given["file"]))
            assert (body.file or "").endswith("keep_batch.py")
        else:
            assert (body.file, body.args, body.pyFiles) == (given["file"], ("a",), ("b.py",))


async def test_a_server_where_the_wrapper_can_not_be_brought_runs_the_program_without() -> None:
    livy = SmallLivy(SteppingClock())
    livy.answers = [{"status": "error", "ename": "IOError", "evalue": "no rights there"}]
    async with Rig(livy) as rig:
        await rig.engine.change_server(Server.model_validate(LAL.model_dump() | {"origin": "user"}))
        await rig.thing(SERVER, "up")
        await rig.well("batch.new", file="hdfs:///sky.py")
        assert (body_of(livy).file, body_of(livy).args) == ("hdfs:///sky.py", ())
        assert any("will not be kept on the server" in words for words in rig.said)


async def test_a_batch_of_somebody_else_is_ended_only_after_a_question_with_its_owner() -> None:
    async with Rig() as rig:
        made = await rig.livy.create_batch(NewBatch(file="hdfs:///theirs.py", name="theirs"))
        rig.livy.livy.batches[made.id].update(owner="anna")
        rig.engine.poll_now(SERVER.server)
        while not (found := [t for t in rig.engine.store.children(SERVER) if t.key.kind == "batches"]):
            await rig.well("server.test")
        assert not found[0].mine
        refused = await rig.do("batch.kill", found[0].key, answer="no")
        assert (refused.state, refused.result) == (RunState.DONE, {"done": False})
        assert "belongs to anna" in rig.questions[0]
        assert made.id in rig.livy.batches_here
        await rig.well("batch.kill", found[0].key)
        assert made.id not in rig.livy.batches_here


async def over(rig: Rig, batch: Key | None) -> None:
    """Its end is seen."""
    assert batch is not None
    rig.livy.livy.batches[int(batch.id)]["state"] = "success"
    rig.engine.poll_now(batch.server)
    await rig.thing(batch, "success")


async def test_a_program_is_sent_again_to_another_server_with_all_it_had_and_what_is_missing_there_is_named(
    tmp_path: Path,
) -> None:
    (script := tmp_path / "job.py").write_text("print(1)")
    given = {name: value for name, value in EVERYTHING.items() if name not in ("file", "class_name")}
    given |= {"conf": {"spark.x": "1", "spark.y.password": "hunter2"}, "files": ["file:///scratch/c", "hdfs:///d"]}
    async with Three() as rig:
        there = rig.livys[CERN.uuid]
        made = await rig.well("batch.new", file=f"here:{script}", keep=False, **given)
        no = await rig.do("batch.forward", made.focus, {"server": "cern"}, answer="no")
        assert there.posts == 0
        assert rig.questions[0] == "job is running. Send it once more beside it?"
        await over(rig, made.focus)
        no = await rig.do("batch.forward", made.focus, {"server": "cern"}, answer="no")
        assert no.result["missing"] == [
            "a.jar (JARs, on the first server's own disk)", "b.py (Python files, on the first server's own disk)",
            "file:///scratch/c (files, on the first server's own disk)",
            "d.zip#environment (archives, on the first server's own disk)",
            "the secret setting spark.y.password, which was not written down",
        ]  # fmt: skip
        await rig.well("batch.forward", made.focus, server="cern")
        was, now = body_of(rig.livy).body(), body_of(there).body()
        assert now | {"name": ""} == was | {"name": "", "conf": {"spark.x": "1"}}
        assert now["file"] == str(script)
        assert (await rig.ill("batch.forward", made.focus, server="nowhere")).field == "server"


async def test_a_program_of_the_history_is_run_again_and_sent_elsewhere_when_livy_has_forgotten_its_batch() -> None:
    async with Three() as rig:
        made = await rig.well("batch.new", file="/data/sky.py", args=["2026"], keep=False)
        await over(rig, made.focus)
        (record,) = await kept(rig)
        await rig.thing(history_key(record.task_key), "done")
        rig.livy.livy.batches.clear()
        again = await rig.well("task.again", history_key(record.task_key))
        assert again.focus is not None
        assert again.focus.kind == "batches"
        assert body_of(rig.livy).body() | {"name": ""} == body_of(rig.livy, 0).body() | {"name": ""}
        assert made.focus != again.focus
        await rig.well("task.forward", history_key(record.task_key), server="cern")
        assert "/data/sky.py (program, on the first server's own disk)" in rig.questions[-1]
        assert body_of(rig.livys[CERN.uuid]).args == ("2026",)
