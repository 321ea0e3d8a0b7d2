"""Sharing: one file shows what it brings and is trusted first; a folder keeps two sites alike, with their tasks."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from astrolabnet_gui.command.sites import joined, lines, read_lines, site_of
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewBatch
from astrolabnet_gui.model.record import Record
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.tasks.archive_index import Wanted
from tests.command.rig import Rig
from tests.command.test_archiving import archived, kept, send

CERN = Server(uuid="c" * 32, alias="cern", url="http://127.0.0.1:2")


async def test_a_set_up_in_one_file_is_shown_trusted_and_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fink.astrolabnet"
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "a"))
    async with Rig() as rig:
        rig.house.workspace.save_server(CERN)
        await rig.well("action.new", None, title="Night report", kind="pyspark", code="1+1")
        event = await rig.well("workspace.share", None, file=str(tmp_path / "fink"))
        assert event.text == "1 server and 1 action are in fink.astrolabnet."
        problem = await rig.ill("workspace.share", None, file=str(file))
        assert problem.field == "file"
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "b"))
    async with Rig() as other:
        no = await other.do("workspace.open", None, {"file": str(file)}, answer="no")
        assert no.result["done"] is False
        for words in ("the server cern at http://127.0.0.1:2", "the action night-report", "Do you trust"):
            assert words in other.questions[-1]
        assert [s.label for s in other.engine.store.servers()] == ["lal"], "nothing is contacted before it is trusted"
        taken = await other.well("workspace.open", None, file=str(file))
        assert taken.text == "Taken in: 1 server and 1 action."
        assert [s.label for s in other.engine.store.servers()] == ["lal", "cern"]
        assert other.house.library.get("night-report").code == "1+1"
        again = await other.well("workspace.open", None, file=str(file))
        assert again.text == "fink.astrolabnet holds nothing new."


@pytest.mark.parametrize("by", ["file", "folder"])
async def test_an_action_takes_its_jar_along_and_one_that_is_too_large_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    (folder := tmp_path / "drive").mkdir()
    (tmp_path / "sky.jar").write_bytes(holds := b"PK\3\4" + bytes(range(256)) * 40)
    (tmp_path / "large.jar").write_bytes(os.urandom(7_500_000))
    verb, given = ("workspace.merge", {"folder": str(folder)})
    if by == "file":
        verb, given = ("workspace.open", {"file": str(folder / "fink.astrolabnet")})
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "a"))
    async with Rig() as rig:
        for title in ("Sky", "Large"):
            file = f"here:{tmp_path / title.lower()}.jar"
            await rig.well("action.new", None, title=title, file=file, class_name="org.Sky", driver_memory="2g")
        told = await rig.well("workspace.share" if by == "file" else verb, None, **given)
        home = r" At home stays large \(large-[0-9a-f]{6}\.jar has 8 MB; one file carries at most 7 MB\)\.$"
        assert re.search(home, told.text)
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "b"))
    async with Rig() as other:
        taken = await other.well(verb, None, **given)
        assert "brings the action sky. Do you trust" in other.questions[-1]
        assert taken.text == "Taken in: 0 servers and 1 action."
        program = other.house.library.get("sky").program
        assert program is not None
        place = Path(program.file.removeprefix("here:"))
        assert (place.parent, place.read_bytes()) == (other.house.workspace.actions, holds)
        await other.well("server.send", action="sky")
        sent = other.livy.bodies[-1]
        assert isinstance(sent, NewBatch)
        assert (sent.file, sent.className, sent.driverMemory) == (str(place), "org.Sky", "2g")
        again = await other.well(verb, None, **given)
        assert again.text.endswith(" holds nothing new.")


@pytest.mark.parametrize("by", ["file", "folder"])
async def test_a_set_up_of_an_earlier_build_gives_all_it_has_and_names_what_nothing_uses(
    tmp_path: Path, by: str
) -> None:
    """Until e6fe591 what an action sends could lie beside it in the set-up, as an object of its own."""
    when, later = "2026-11-20T00:00:00.000000Z", "2026-11-21T00:00:00.000000Z"
    values = {
        "job.toml": 'title = "Job"\n[program]\nfile = "job-0a1b2c.py"', "job-0a1b2c.py": "print('job')\r\n",
        "pi.toml": 'title = "My pi"\n[code]\npyspark = "pi.py"\nsql = "pi.sql"', "pi.py": "print(3)\n",
        "pi.sql": "SELECT 3\n", "notes.py": "print('nobody starts this')", "fit.R": "1",
        "gone.py": None, "plain.toml": 'title = "Plain"\n[text]\nsql = "SELECT 1"',
        "half.toml": 'title = "Half"\n[code]\npyspark = "missing.py"',
    }  # fmt: skip
    objects = {
        f"actions/{name}": {"changed": later if "py" in name else when, "value": v} for name, v in values.items()
    }
    (folder := tmp_path / "drive").mkdir()
    file = folder / "set-up.astrolabnet"
    file.write_text(json.dumps({"astrolabnet": "set-up", "format": 1, "workspace": "w", "objects": objects}))
    verb, given = ("workspace.merge", {"folder": str(folder)})
    if by == "file":
        verb, given = ("workspace.open", {"file": str(file)})
    async with Rig() as rig:
        taken = await rig.well(verb, None, **given)
        left = " Left out: fit.R, notes.py (no action starts them)."
        assert taken.text == f"Taken in: 0 servers and 4 actions.{left}"
        assert f"the action pi; the action plain.{left} Do you trust" in rig.questions[-1]
        library = rig.house.library
        assert {a.kind: a.code for a in library.of_name("pi") if a.own} == {"pyspark": "print(3)", "sql": "SELECT 3"}
        assert library.get("plain").code == "SELECT 1"
        program = library.get("job").program
        assert program is not None
        assert Path(program.file.removeprefix("here:")).read_bytes() == b"print('job')\r\n"
        assert [p for p in library.problems if "half.toml" in p], "what lacks its code is named as damaged"
        again = await rig.well(verb, None, **given)
        assert again.text == f"{Path(*given.values()).name} holds nothing new.{left if by == 'file' else ''}"


async def test_two_sites_share_a_folder_with_their_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "drive"
    folder.mkdir()
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "a"))
    async with Rig() as rig:
        await archived(rig, await send(rig, "secret = 'hunter2'", name="night 1"))
        (mine,) = await kept(rig)
        await rig.well("workspace.merge", None, folder=str(folder))
        assert {f.name for f in folder.iterdir()} == {"set-up.astrolabnet", f"journal-{rig.house.site}.ndjson"}
        assert "hunter2" not in "".join(f.read_text() for f in folder.iterdir())
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "b"))
    async with Rig() as other:
        other.house.workspace.save_server(CERN)
        event = await other.well("workspace.merge", None, folder=str(folder))
        assert event.text.endswith("1 task of other sites.")
        (seen,) = other.house.archive.find(Wanted())
        assert (seen.task_key, seen.state, seen.run) == (mine.task_key, "done", "site")
        thing = other.engine.store.get(Key("", "", ("tasks", mine.task_key)))
        assert thing is not None
        assert thing.payload.place == "lal › session 0 › task 0"
        told = json.loads((folder / "set-up.astrolabnet").read_text())["objects"]
        assert f"servers/{CERN.uuid}" in told
        again = await other.well("workspace.merge", None, folder=str(folder))
        assert again.text == "drive holds nothing new."
    assert (await _missing(tmp_path)).field == "folder"


async def _missing(tmp_path: Path) -> object:
    async with Rig() as rig:
        return await rig.ill("workspace.merge", None, folder=str(tmp_path / "gone"))


def record(key: str, state: str) -> Record:
    return Record(task_key=key, name=key, state=state)


def test_what_sites_tell_is_the_same_in_whatever_order_it_is_read(tmp_path: Path) -> None:
    one = {"A": record("A", "lost"), "B": record("B", "done")}
    other = {"A": record("A", "done"), "C": record("C", "unknown")}
    assert joined(one, other) == joined(other, one)
    assert joined(one, one) == one
    assert {k: r.state for k, r in joined(one, other).items()} == {"A": "done", "B": "done", "C": "unknown"}
    file = tmp_path / "journal-00000000.ndjson"
    file.write_text(
        "{half\n[]\n"
        + lines(one.values())
        + '{"task_key": "../x", "state": "done"}\n'
        + "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")
    )
    assert {k: r.state for k, r in read_lines(file).items()} == {"A": "lost", "B": "done"}
    assert read_lines(tmp_path / "gone") == {}


def test_a_site_keeps_its_name(tmp_path: Path) -> None:
    first = site_of(tmp_path / "state")
    assert site_of(tmp_path / "state") == first
    (tmp_path / "state" / "site").write_text("rubbish!")
    assert site_of(tmp_path / "state") != "rubbish!"
    (tmp_path / "file").write_text("")
    assert len(site_of(tmp_path / "file")) == 8
