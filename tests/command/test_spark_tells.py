"""Where no session can be opened to read a channel's folder, Spark's own page of its run tells how far it is."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.channels.spec import Spec
from astrolabnet_gui.channels.status import of_jobs
from astrolabnet_gui.command import channel_run
from astrolabnet_gui.errors import Busy, NotApplicable
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.spark import Job
from tests.channels.folders import FolderLivy
from tests.command.rig import SERVER
from tests.command.test_found_again import NIGHT, opened
from tests.tasks.livy import SteppingClock

SPEC = Spec(id="night-1f", title="Night", mode="stream", format="json")


def job(number: int, begun: str, ended: str | None = None, batch: str = "") -> Job:
    words = f"night-1f\nid = 9\nrunId = 8\nbatch = {batch}" if batch else None
    return Job(jobId=number, description=words, submissionTime=begun, completionTime=ended)


def test_the_newest_job_of_the_stream_counts() -> None:
    day = "2026-11-27T19:00:0"
    jobs = [
        job(3, f"{day}7.500GMT", batch="41"),
        job(2, f"{day}5.000GMT", f"{day}6.000GMT", "40"),
        job(1, f"{day}9.000GMT"),
    ]
    found = of_jobs(SPEC, None, jobs)
    assert found is not None
    assert (found.state, found.batch, found.at.isoformat()) == ("RUNNING", 41, "2026-11-27T19:00:07.500000+00:00")
    assert of_jobs(SPEC, None, [job(1, f"{day}9.000GMT"), job(2, f"{day}9.000GMT", batch="init")]) is None
    for wrong in ("yesterday", "2199-01-01T00:00:00.000GMT"):
        assert of_jobs(SPEC, None, [job(1, wrong, batch="4")]) is None


class Page:
    def __init__(self, jobs: list[Job]) -> None:
        self.told = jobs

    async def jobs(self) -> tuple[Job, ...]:
        return tuple(self.told)

    async def aclose(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("there", [True, False], ids=["its page answers", "nobody knows its page"])
async def test_a_full_server_tells_by_sparks_page(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    livy = FolderLivy(SteppingClock())

    def page(*_: Any) -> Page:
        if not there:
            raise NotApplicable("nobody says where its page is.")
        return Page([job(1, "2090-01-01T00:00:00.000GMT", batch="77")])

    async def full(*_: Any, **__: Any) -> Any:
        raise Busy("too many sessions.", status=503, server="lal")

    livy.spark = page  # type: ignore[method-assign,assignment]
    async with opened(livy) as rig:
        made = await rig.well("channel.new", SERVER, **NIGHT)
        channel = made.focus
        assert isinstance(channel, Key)
        await rig.thing(channel, "flowing")
        rows = rig.house.flowing.seen[channel].status
        monkeypatch.setattr(channel_run, "at_folder", full)
        if not there:
            assert "too many sessions" in str(await rig.ill("channel.status", channel))
            return
        told = (await rig.well("channel.status", channel)).result
        now = rig.house.flowing.seen[channel].status
        assert now is not None
        assert rows is not None
        assert (now.batch, now.rows, told["state"]) == (77, rows.rows, "flowing")
