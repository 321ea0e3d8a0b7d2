"""Another workspace folder: shown and trusted first, open from the next start, its tasks are found by themselves."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from astrolabnet_gui.command.house import House
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.settings.chosen import Chosen, choose, chosen
from astrolabnet_gui.settings.paths import paths
from tests.tasks.livy import SmallLivy, SteppingClock

from .rig import LAL, Rig


async def test_a_colleagues_machine_opens_the_folder_and_the_tasks_are_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    livy = SmallLivy(SteppingClock())
    livy.holding = True
    drive = tmp_path / "drive"
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "a"))
    async with Rig(livy) as first:
        sent = await first.well("server.send", action="pi", values={"darts": "7"})
        assert sent.focus is not None
        await first.thing(sent.focus, "running")
        shutil.copytree(first.house.workspace.folder, drive)
        posts, short = livy.posts, first.house.workspace.short
        monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "b"))
        async with Rig(livy) as other:
            own = other.house.workspace.short
            assert own != short
            no = await other.do("workspace.use", None, {"folder": str(drive)}, answer="no")
            assert (no.result["done"], chosen(paths().state)) == (False, Chosen())
            assert "drive holds the server lal at http://127.0.0.1:1" in other.questions[-1]
            assert "Do you trust who can write there" in other.questions[-1]
            yes = await other.well("workspace.use", None, folder=str(drive))
            assert "opens at the next start" in yes.text
        async with Rig(livy) as other:
            assert (other.house.workspace.folder, other.house.workspace.short) == (drive, short)
            await other.well("task.reconcile", None)
            async with asyncio.timeout(20):
                while not (found := [t for t in other.engine.store.things.values() if isinstance(t.payload, Task)]):
                    await asyncio.sleep(0.01)
            livy.finish(0, 0)
            thing = await other.thing(found[0].key, "done")
            assert thing.mine
            assert isinstance(thing.payload, Task)
            assert thing.payload.site == short
            assert livy.posts == posts, "nothing is sent by it"
            while LAL.uuid not in chosen(paths().state).adopted:
                await asyncio.sleep(0.01)
            back = await other.well("workspace.use", None)
            assert back.text.startswith("Your personal workspace")
    house = House()
    assert house.workspace.short == own
    house.close()


async def test_what_is_no_workspace_is_refused_and_an_empty_folder_becomes_one(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "x.png").write_bytes(b"")
    (tmp_path / "new").mkdir()
    async with Rig() as rig:
        assert "holds no workspace" in (await rig.ill("workspace.use", None, folder=str(tmp_path / "photos"))).what
        assert "no folder" in (await rig.ill("workspace.use", None, folder=str(tmp_path / "gone"))).what
        await rig.well("workspace.use", None, folder=str(tmp_path / "new"))
        assert rig.questions == ["new is empty. Begin a new workspace in it?"]
        assert list((tmp_path / "new").iterdir()) == []
    house = House()
    assert (house.workspace.folder, house.workspace.servers()) == (tmp_path / "new", ())
    house.close()


def test_a_folder_that_is_away_is_said_and_nothing_is_made_in_its_place(tmp_path: Path) -> None:
    away = tmp_path / "drive" / "workspace"
    choose(paths().state, Chosen(folder=str(away)))
    house = House()
    assert house.workspace.folder == paths().personal
    assert f"The workspace folder {away} is not there" in house.problems[0]
    assert not away.parent.exists()
    house.close()
    (paths().state / "workspace.json").write_text("{")
    assert chosen(paths().state) == Chosen()


async def test_a_server_is_not_contacted_before_it_is_trusted_and_is_asked_once(tmp_path: Path) -> None:
    async with Rig() as rig:
        shutil.copytree(rig.house.workspace.folder, tmp_path / "drive")
        choose(paths().state, Chosen(folder=str(tmp_path / "drive"), adopted=(LAL.uuid,)))
    fresh = replace(paths(), state=tmp_path / "fresh")
    choose(fresh.state, Chosen(folder=str(tmp_path / "drive")))
    house = House(fresh)
    assert [house.trusted.met(server) for server in house.workspace.servers()] == [False]
    assert any("not contacted before you trust it" in problem for problem in house.problems)
    house.close()
