"""Actions that start a script or a JAR: kept with what they start, sent with all fields, given away in one file."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path

import pytest

from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.command.action import key_of, show_actions
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.command.undo import back_of
from astrolabnet_gui.model.action import Action, Program
from astrolabnet_gui.model.livy import NewBatch
from astrolabnet_gui.settings.objects import agree, agreed, objects_of, take
from astrolabnet_gui.settings.setup import settle
from astrolabnet_gui.settings.workspace import Workspace

from .rig import SERVER, Rig
from .test_batch import EVERYTHING, IN_LIVYS_WORDS, body_of, jar
from .test_group import Three

NEEDS = {name: value for name, value in EVERYTHING.items() if name not in ("file", "class_name", "args")}
FIELDS = {
    "title": "Night", "args": ["{night}", "--raw={night}", "{nobody}"], "parameters": ["night: date = 2026-11-23"],
}  # fmt: skip


def script(folder: Path, text: str = "print(1)\n") -> str:
    (folder / "my job.py").write_text(text)
    return f"here:{folder / 'my job.py'}"


def kept(rig: Rig, name: str = "night") -> Path:
    """The file an action starts."""
    program = rig.house.library.get(name).program
    assert program is not None
    assert (program.text, program.base64) == ("", "")
    return Path(program.file.removeprefix("here:"))


async def test_d1_d8_an_action_of_a_jar_brings_all_its_fields_to_livy_and_its_values_as_whole_arguments() -> None:
    async with Rig() as rig:
        there = {name: EVERYTHING[name] for name in ("file", "class_name")}
        made = await rig.well("action.new", None, **FIELDS, **NEEDS, **there)
        assert made.focus == key_of("night")
        sent = await rig.well("server.send", action="night", values={"night": "2026-01-02"})
        told = body_of(rig.livy).body()
        assert told.pop("args") == ("2026-01-02", "--raw={night}", "{nobody}"), "nothing is pasted into another text"
        assert told | {"name": ""} == {name: value for name, value in IN_LIVYS_WORDS.items() if name != "args"}
        assert sent.focus is not None
        assert rig.engine.store.things[sent.focus].label == "Night"


async def test_a_script_of_this_computer_is_kept_with_the_action_and_outlives_the_file(tmp_path: Path) -> None:
    async with Rig() as rig:
        await rig.well("action.new", None, file=script(tmp_path), **FIELDS)
        (tmp_path / "my job.py").unlink()
        folder = rig.house.workspace.actions
        document = (folder / "night.toml").read_text()
        assert str(tmp_path / "my job.py") not in document, "no place on anybody's disk"
        assert str(folder) not in document
        await rig.well("server.send", action="night")
        told = json.loads(base64.b64decode(body_of(rig.livy).args[0]))
        assert Path(told["program"]).read_text() == "print(1)\n"
        assert body_of(rig.livy).args[1:] == ("2026-11-23", "--raw={night}", "{nobody}")
        # An edit puts another beside it; taken back, the former one is there again.
        edited = await rig.well("action.edit", key_of("night"), title="Night", file=script(tmp_path, "print(2)\n"))
        assert kept(rig).read_text() == "print(2)\n"
        back = back_of(edited.result)
        assert back is not None
        await rig.well(back.command, back.key, **back.params)
        assert kept(rig).read_text() == "print(1)\n"
        actions = rig.house.library.shared()
        assert list(actions.texts) == ["night.toml"]
        assert "print(1)" in actions.texts["night.toml"], "it travels with the set-up"
        colleague = Workspace(tmp_path / "colleague")
        take(colleague, objects_of(rig.house.workspace, actions), Library(own=colleague.actions).take)
        came = Library(own=colleague.actions).get("night").program
        assert came is not None
        place = Path(came.file.removeprefix("here:"))
        assert (place.parent, place.read_text()) == (colleague.actions, "print(1)\n")


async def test_what_was_given_stands_in_the_form_of_edit_and_stays_when_only_the_name_is_changed() -> None:
    async with Rig() as rig:
        made = await rig.well("action.new", None, **FIELDS, **NEEDS, file="hdfs:///x.jar", class_name="X")
        starts = COMMANDS["action.edit"].starts
        assert starts is not None
        assert made.focus is not None
        shown = dict(starts(rig.engine.store.things[made.focus]))
        assert {name: shown[name] for name in NEEDS} == NEEDS
        before = rig.house.library.get("night")
        await rig.well("action.edit", made.focus, title="Other")
        assert rig.house.library.get("night") == before.model_copy(update={"title": "Other"})


async def test_the_main_class_comes_from_the_jar_that_is_kept(tmp_path: Path) -> None:
    found = jar(tmp_path / "sky.jar", "Manifest-Version: 1.0\nMain-Class: org.sky.Main\n\n")
    async with Rig() as rig:
        await rig.well("action.new", None, file=f"here:{found}", **FIELDS)
        assert rig.house.library.get("night").form == "jar"
        found.unlink()
        await rig.well("server.send", action="night")
        assert body_of(rig.livy).className == "org.sky.Main"


def age(folder: Path, hours: float) -> None:
    """As if all that lies there had been written so long ago."""
    for file in folder.iterdir():
        then = time.time() - hours * 3600
        os.utime(file, (then, then))


async def test_a_replaced_copy_is_put_aside_and_found_again_and_dropped_after_a_month(tmp_path: Path) -> None:
    async with Rig() as rig:
        await rig.well("action.new", None, file=script(tmp_path), **FIELDS)
        first, folder = kept(rig), rig.house.workspace.actions
        by_hand = folder / "notes-abcdef.txt"
        by_hand.write_text("nobody asked for it, and its name is not what it holds")
        edited = await rig.well("action.edit", key_of("night"), title="Night", file=script(tmp_path, "print(2)\n"))
        assert first.exists(), "a young one may be another computer's, before its action is written"
        age(folder, 2)
        await rig.well("action.edit", key_of("night"), title="Night", description="any")
        assert not first.exists()
        assert kept(rig).read_text() == "print(2)\n"
        assert by_hand.exists()
        aside = folder / ".removed"
        assert [file.name for file in aside.iterdir()] == [first.name]
        back = back_of(edited.result)
        assert back is not None
        await rig.well(back.command, back.key, **back.params)
        assert kept(rig) == first
        assert first.read_text() == "print(1)\n", "it is found again"
        await rig.well("action.edit", key_of("night"), title="Night", file=script(tmp_path, "print(3)\n"))
        age(folder, 2)
        await rig.well("action.edit", key_of("night"), title="Night", description="other")
        assert {file.read_text() for file in aside.iterdir()} == {"print(1)\n", "print(2)\n"}
        age(aside, 31 * 24)
        await rig.well("action.edit", key_of("night"), title="Night", description="third")
        assert list(aside.iterdir()) == []
        # One whose action was removed is kept as long as that can be brought back.
        last = kept(rig)
        await rig.well("action.remove", key_of("night"))
        age(folder, 2)
        await rig.well("action.new", None, title="Other", kind="sql", code="SELECT 1")
        age(aside, 31 * 24)
        await rig.well("action.edit", key_of("other"), title="Other 2")
        assert not last.exists()
        await rig.well("action.restore", None, name="night")
        assert kept(rig) == last
        assert last.read_text() == "print(3)\n"


@pytest.mark.parametrize("suffix", [".py", ".jar"])
async def test_what_two_sites_both_changed_becomes_two_actions_each_with_its_own_program(
    tmp_path: Path, suffix: str
) -> None:
    sites = [Workspace(tmp_path / "a"), Workspace(tmp_path / "b")]
    libraries = [Library(own=site.actions) for site in sites]

    def change(n: int, data: bytes) -> None:
        (program := tmp_path / f"x{suffix}").write_bytes(data)
        made = Action(name="night", title="Night", kind="spark", program=Program(file=f"here:{program}"))
        libraries[n].save([made])

    def meet(here: int, there: int) -> None:
        shared = libraries[here].shared()
        came = objects_of(sites[there], libraries[there].shared())
        merged = settle(objects_of(sites[here], shared), shared.to_take(came), agreed(sites[here]))
        mine = objects_of(sites[here], shared)
        news = {name: one for name, one in merged.items() if name not in mine or mine[name].value != one.value}
        take(sites[here], news, libraries[here].take)
        agree(sites[here], came)
        libraries[here].reload()

    def held(n: int) -> set[bytes]:
        files = [a.program.file for a in libraries[n].actions() if a.program is not None]
        return {Path(file.removeprefix("here:")).read_bytes() for file in files}

    change(0, b"PK\0first")
    for here, there in ((1, 0), (0, 1)):
        meet(here, there)
    assert held(1) == {b"PK\0first"}
    change(0, b"PK\0of a")
    objects_of(sites[0], libraries[0].shared())
    change(1, b"PK\0of b")
    for here, there in ((0, 1), (1, 0), (0, 1)):
        meet(here, there)
    assert held(0) == held(1) == {b"PK\0of a", b"PK\0of b"}
    told = [
        {n: k.value for n, k in objects_of(s, lib.shared()).items()} for s, lib in zip(sites, libraries, strict=True)
    ]
    assert told[0] == told[1]


async def test_one_action_of_a_script_starts_on_several_servers(tmp_path: Path) -> None:
    async with Three() as rig:
        await rig.well("action.new", None, file=script(tmp_path), **FIELDS)
        await rig.well("group.send", None, action="night", targets=["*"])
        for livy in rig.livys.values():
            (body,) = [body for body in livy.bodies if isinstance(body, NewBatch)]
            assert (body.file or "").endswith("keep_batch.py")
        await rig.well("group.send", None, action="night", targets=["lal"], keep=False)
        assert body_of(rig.livy).file == f"{kept(rig)}"


@pytest.mark.parametrize("name", ["job.py", "job.R", "job.jar", "windows.py", "latin.py"])
async def test_one_plain_file_carries_action_and_program_to_a_colleague(tmp_path: Path, name: str) -> None:
    found = tmp_path / name
    holds = {"windows.py": b"# 1\r\nprint('''\\x''')\r\n", "latin.py": b"# coding: latin-1\n# \xe4\n"}
    if found.suffix == ".jar":
        jar(found, "Main-Class: a.B\n")
    else:
        found.write_bytes(holds.get(name, "cat('ä🔭\\n')\n'''".encode()))
    given, before = tmp_path / "given.toml", found.read_bytes()
    async with Rig() as rig:
        made = await rig.well("action.new", None, file=f"here:{found}", **FIELDS)
        await rig.well("action.export", made.focus, file=str(given))
        assert str(tmp_path) not in given.read_text()
        await rig.well("action.remove", made.focus)
        for old in rig.house.workspace.actions.glob("night*"):
            old.unlink()
        taken = await rig.well("action.load", None, file=str(given))
        assert taken.focus is not None
        file = kept(rig, str(taken.focus.id))
        assert (file.read_bytes(), file.suffix) == (before, found.suffix)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('file="here:/etc/hostname"', "not in it"), ('file="job.py"', "not in it"), ('file="/jobs/x.py"', "not in it"),
        ('file="hdfs:///x.py"\ntext="1"', "not in it"), ('file="../x.py"\ntext="1"', "not in it"),
        ('file="here:x.py"\ntext="1"', "not in it"), ('file="x.jar"\nbase64="???"', "can not be read"),
        ('file="hdfs:///x.py"\n[program.needs]\nfiles=["here:~/.ssh/id_rsa"]', "files of this computer"),
        ('file="hdfs:///x.py"\n[program.needs]\nfiles="here:~/.ssh/id_rsa"', "files of this computer"),
    ],
)  # fmt: skip
async def test_nobody_elses_action_takes_a_file_of_mine(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "bad.toml").write_text(f'title="x"\n[program]\n{text}')
    async with Rig() as rig:
        assert words in (await rig.ill("action.load", None, file=str(tmp_path / "bad.toml"))).what
        assert Library.with_shipped(rig.house.workspace.actions).actions() == rig.house.library.actions()
        assert not list(rig.house.workspace.actions.glob("*"))


@pytest.mark.parametrize("how", ["place", "needs", "link"])
async def test_one_that_lies_in_a_shared_folder_takes_none_either(tmp_path: Path, how: str) -> None:
    (secret := tmp_path / "id.py").write_text("secret")
    async with Rig() as rig:
        folder = rig.house.workspace.actions
        folder.mkdir(parents=True)
        (folder / "link.py").symlink_to(secret)
        program = {
            "place": f'file="here:{secret}"', "link": 'file="link.py"',
            "needs": f'file="hdfs:///x.py"\n[program.needs]\nfiles=["here:{secret}"]',
        }[how]  # fmt: skip
        (folder / "theirs.toml").write_text(f'title="Theirs"\n[program]\n{program}')
        rig.house.library.reload()
        show_actions(rig.engine, rig.house)
        problem = await rig.ill("server.send", action="theirs")
        assert "from this computer" in problem.what
        assert rig.livy.posts == 0
        for verb, params in (("action.export", {"file": str(tmp_path / "out.toml")}), ("action.duplicate", {})):
            assert "from this computer" in (await rig.ill(verb, key_of("theirs"), **params)).what


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"file": "here:/no/such.py"}, "file"), ({"file": "hdfs:///x.py", "files": ["here:/etc/hostname"]}, "files"),
        ({"code": "print(1)", "driver_memory": "2g"}, "driver_memory"),
        ({"file": "hdfs:///x.py", "conf": {"spark.hadoop.fs.s3a.secret.key": "hunter2"}}, "conf"),
        ({"file": "hdfs:///x.py", "executor_memory": "much"}, "executor_memory"),
    ],
)  # fmt: skip
async def test_what_can_be_no_program_is_named_and_nothing_is_kept(change: dict[str, object], field: str) -> None:
    async with Rig() as rig:
        problem = await rig.ill("action.new", None, title="Night", **change)
        assert (problem.field, "hunter2" in str(problem)) == (field, False)
        assert rig.house.library.of_name("night") == ()


async def test_waited_for_it_tells_how_the_batch_ended_and_what_it_said() -> None:
    async with Rig() as rig:
        await rig.well("action.new", None, title="Night", file="hdfs:///x.py")
        run = rig.engine.submit("server.send", SERVER, {"action": "night", "wait": True})
        while not rig.livy.batches_here:
            await rig.well("server.test")
        rig.livy.livy.batches[0].update(state="success", log=["the log"])
        event = await rig.end_of(run)
        assert (event.result["state"], "the log" in str(event.result["output"])) == ("done", True)
