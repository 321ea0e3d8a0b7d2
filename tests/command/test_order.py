"""The list of servers: order, tint, removal and their way back; an address is tried before it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command import order
from astrolabnet_gui.command.undo import back_of
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunEvent

from .rig import SERVER, Rig


def aliases(rig: Rig) -> list[str]:
    return [server.alias for server in order.ordered(rig.engine.servers())]


async def undone(rig: Rig, event: RunEvent) -> RunEvent:
    """What the way back of an act does."""
    back = back_of(event.result)
    assert back is not None
    return await rig.well(back.command, back.key, **back.params)


async def add(rig: Rig, name: str) -> Key:
    added = await rig.well("server.add", None, alias=name, url=f"http://{name}.example")
    assert added.focus is not None
    return added.focus


async def test_servers_are_put_in_another_order_kept_and_put_back(tmp_home: Path) -> None:
    async with Rig() as rig:
        eso = await add(rig, "eso")
        await add(rig, "esa")
        assert aliases(rig) == ["lal", "eso", "esa"]
        moved = await rig.well("server.move", eso, to=1)
        assert aliases(rig) == ["eso", "lal", "esa"]
        assert [s.alias for s in rig.house.workspace.servers()] == ["eso", "lal", "esa"]
        again = await undone(rig, moved)
        assert aliases(rig) == ["lal", "eso", "esa"]
        await undone(rig, again)
        assert aliases(rig) == ["eso", "lal", "esa"]
        await rig.well("server.move", eso, to=99)
        assert aliases(rig) == ["lal", "esa", "eso"]


async def test_tint_edit_and_removal_know_their_way_back(tmp_home: Path) -> None:
    async with Rig() as rig:
        eso = await add(rig, "eso")
        tinted = await rig.well("server.tint", eso, tint="clay")
        assert rig.engine.server(eso.server).tint == "clay"
        await undone(rig, tinted)
        assert rig.engine.server(eso.server).tint == ""
        problem = await rig.ill("server.tint", eso, tint="#ff0000")
        assert problem.field == "tint"
        edited = await rig.well("server.edit", eso, alias="garching", url="http://garching.example")
        await undone(rig, edited)
        assert (rig.engine.server(eso.server).alias, rig.engine.server(eso.server).url) == ("eso", "http://eso.example")
        removed = await rig.well("server.remove", eso)
        assert eso not in rig.engine.store.things
        back = await undone(rig, removed)
        assert back.focus == eso
        assert eso in rig.engine.store.things
        asked = len(rig.questions)
        await undone(rig, back)
        assert eso not in rig.engine.store.things
        assert len(rig.questions) == asked, "what only goes back to how it was is not asked again"


@pytest.mark.parametrize(
    ("finding", "words"), [("fine", "Livy"), ("login needed", "login"), ("not Livy", "not Livy")]
)  # fmt: skip
async def test_an_address_is_tried_before_it_is_kept(
    tmp_home: Path, monkeypatch: pytest.MonkeyPatch, finding: Any, words: str
) -> None:
    seen: list[str | None] = []

    async def look_at(client: Any) -> Any:
        from astrolabnet_gui.client.probe import Report

        seen.append(await client._secret("probe/secret") if hasattr(client, "_secret") else None)
        return Report(finding=finding, text="Livy 0.9.0, Spark 3.5.6" if finding == "fine" else "it wants more")

    monkeypatch.setattr(order, "look_at", look_at)
    async with Rig() as rig:
        given = {"alias": "eso", "url": "http://eso.example", "login": "bearer", "secret": "hunter2"}
        if finding == "fine":
            event = await rig.well("server.probe", None, **given)
            assert event.text == "Livy 0.9.0, Spark 3.5.6."
            assert "hunter2" not in event.line
        else:
            problem = await rig.ill("server.probe", None, **given)
            assert words in problem.what
        assert len(seen) == 1
        assert aliases(rig) == ["lal"], "nothing was kept"
        problem = await rig.ill("server.probe", None, **(given | {"url": "ftp://x"}))
        assert problem.field == "url"
    assert SERVER
    on_disk = "".join(p.read_bytes().decode("utf-8", "replace") for p in tmp_home.rglob("*") if p.is_file())
    assert "hunter2" not in on_disk
