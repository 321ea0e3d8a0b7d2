"""The things of a server keep their keys when the program ends and begins again."""

from __future__ import annotations

import json

import pytest

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.settings.paths import paths
from tests.tasks.livy import SmallLivy, SteppingClock

from .rig import SERVER, Rig


async def opened(rig: Rig) -> Key:
    """A session of mine that is ready."""
    done = await rig.well("session.new", kind="pyspark")
    assert done.focus is not None
    await rig.thing(done.focus, "idle")
    return done.focus


async def first_session(rig: Rig) -> Key:
    (key,) = [t.key for t in rig.engine.store.children(SERVER) if t.key.kind == "sessions"]
    return key


async def test_a_session_has_the_same_key_after_our_restart_and_another_one_after_the_servers() -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        key = await opened(rig)
    async with Rig(livy) as rig:
        await rig.well("server.test")
        assert await first_session(rig) == key
    livy.restart()
    async with Rig(livy) as rig:
        await rig.well("server.test")
        now = await first_session(rig)
        assert (now.path, now.epoch != key.epoch) == (key.path, True)


@pytest.mark.parametrize("garbage", [b"", b"\x00\xff", b"[1]", b'{"' + b"1" * 32 + b'": 7}', b"[" * 100_000])
async def test_a_damaged_file_costs_new_keys_and_nothing_else(garbage: bytes) -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        key = await opened(rig)
    file = paths().state / "epochs.json"
    assert "1" * 32 in json.loads(file.read_text())
    file.write_bytes(garbage)
    async with Rig(livy) as rig:
        await rig.well("server.test")
        assert (await first_session(rig)).epoch != key.epoch
        assert rig.house.problems == ()
