"""Many channels at one server: the sixth is asked about before anything reaches the server; ended ones do not count."""

from __future__ import annotations

import json
from typing import Any

import pytest

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewBatch
from astrolabnet_gui.network.link import RunState

from .rig import LAL, SERVER, Rig

NIGHT = {"title": "Night", "format": "rate", "to": "/data/night"}


def told(**answer: Any) -> dict[str, Any]:
    return {"status": "ok", "data": {"text/plain": f"ALN {json.dumps(answer)}\n"}}


async def running(rig: Rig, names: list[str]) -> list[Key]:
    """Batches of these names, once they are in sight."""
    keys = []
    for name in names:
        made = await rig.livy.create_batch(NewBatch(file="/channel/runner.py", name=name))
        keys.append(rig.engine.claim(LAL.uuid, made))
    rig.livy.bodies.clear()
    for key in keys:
        await rig.thing(key, "running")
    return keys


def ready(rig: Rig) -> None:
    """The server says that the channel can run there, and where it was staged."""
    rig.livy.answers += [
        told(others=0),
        told(problems=[], to="/data/night"),
        told(folder="/ch/night", runner="/ch/night/runner.py"),
    ]


def begun(rig: Rig) -> list[str]:
    return [body.name or "" for body in rig.livy.bodies if isinstance(body, NewBatch)]


async def test_a_sixth_channel_is_asked_about_and_a_no_sends_nothing() -> None:
    async with Rig() as rig:
        await running(rig, [f"aln-ch-n{n}" for n in range(5)])
        event = await rig.do("channel.new", SERVER, NIGHT, answer="no")
        assert event.state is RunState.FAILED
        assert "it was not started" in str(event.problem)
        assert "Pause a channel" in str(event.problem)
        assert rig.questions == ["5 channels run on lal, each holds a driver there. Start Night too?"]
        assert rig.livy.bodies == []
        refused = await rig.do("channel.restore", SERVER, {"channel": "old-1f", "start": True}, answer="no")
        assert refused.state is RunState.FAILED
        assert len(rig.questions) == 2
        assert rig.livy.bodies == [], "its folder stays aside"

        ready(rig)
        made = await rig.do("channel.new", SERVER, NIGHT, answer="yes")
        assert made.state is RunState.DONE, made.problem
        assert begun(rig) == [f"aln-ch-{made.result['channel']}"]


@pytest.mark.parametrize("last", ["nightly", "aln-ch-N/4"], ids=["another batch", "not a name of a channel"])
async def test_what_is_no_fifth_channel_does_not_count(last: str) -> None:
    async with Rig() as rig:
        await running(rig, [*(f"aln-ch-n{n}" for n in range(4)), last])
        ready(rig)
        await rig.well("channel.new", SERVER, **NIGHT)
        assert rig.questions == []


async def test_an_ended_channel_leaves_its_place() -> None:
    async with Rig() as rig:
        *_, last = await running(rig, [f"aln-ch-n{n}" for n in range(5)])
        rig.livy.livy.batches[last.id]["state"] = "success"
        rig.engine.poll_now(LAL.uuid)
        await rig.thing(last, "success")
        ready(rig)
        made = await rig.well("channel.new", SERVER, **NIGHT)
        assert rig.questions == []
        assert begun(rig) == [f"aln-ch-{made.result['channel']}"]


@pytest.mark.parametrize(
    ("weighed", "asked"),
    [
        ({"others": 3_000_000_000, "own": 0, "source": 2_000_000_001}, "5.0 GB; 5 GB"),
        ({"others": 6_000_000_000, "source": None}, "6.0 GB; 5 GB"),
        ({"others": 0, "own": 9_000_000_000}, "9.0 GB; 5 GB"),
        ({"others": 3_000_000_000, "own": 2_000_000_000, "source": 2_000_000_000}, ""), ({"others": None}, ""),
    ],
)  # fmt: skip
async def test_more_than_the_quota_is_asked_about_and_a_no_stages_nothing(weighed: dict[str, Any], asked: str) -> None:
    async with Rig() as rig:
        await rig.well("preferences.set", None, quota_gb=5)
        ready(rig)
        rig.livy.answers[0] = told(**weighed)
        event = await rig.do("channel.new", SERVER, NIGHT, answer="no")
        if not asked:
            assert event.state is RunState.DONE, event.problem
            assert rig.questions == []
            return
        assert event.state is RunState.FAILED
        assert "raise the limit" in str(event.problem)
        assert rig.questions == [f"With Night the channels on lal would hold {asked} go without asking. Start it?"]
        assert begun(rig) == []
