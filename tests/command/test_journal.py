"""A damaged journal blocks sending until a person has a new one begun; the message names the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from astrolabnet_gui.journal.row import State
from astrolabnet_gui.settings.paths import paths

from .rig import SERVER, Rig


@pytest.mark.parametrize("rubbish", [b"\x00\xff" * 9000, b"{}" * 5000, b"SQLite format 3\x00" + b"\x07" * 9000])
async def test_a_damaged_journal_is_moved_aside_when_a_person_says_so_and_sending_goes_on(rubbish: bytes) -> None:
    paths().state.mkdir(parents=True, exist_ok=True)
    paths().journal.write_bytes(rubbish)
    async with Rig() as rig:
        problem = await rig.ill("session.new")
        assert "damaged" in problem.what
        assert "journal.begin" in problem.remedy
        assert rig.livy.posts == 0
        refused = await rig.do("journal.begin", None, answer="no")
        assert refused.result == {"done": False}
        assert paths().journal.read_bytes() == rubbish
        begun = await rig.well("journal.begin", None)
        assert begun.line == "net.journal.begin()"
        aside = Path(begun.result["aside"])
        assert aside.read_bytes() == rubbish
        assert str(aside) in begun.text
        assert rig.house.problems == ()
        await rig.well("session.new")
        assert rig.livy.posts == 1
        rows = [row for row in await rig.rows() if row.command == "journal.begin"]
        assert [row.state for row in rows] == [State.INTENT, State.DONE]
        assert rows[0].params == {"aside": str(aside), "saved": 0}


async def test_what_can_be_read_is_carried_over_counted_and_what_was_open_is_looked_for() -> None:
    async with Rig() as rig:
        for _ in range(3):
            await rig.well("server.send", SERVER, code=f"'{'x' * 3000}'", kind="pyspark", wait=True)
        await rig.well("session.new")
        written = await rig.rows()
    with paths().journal.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(b"\x07\xff" * 2048)
    async with Rig(rig.livy) as rig:
        begun = await rig.well("journal.begin", None)
        saved = begun.result["saved"]
        assert len(written) // 2 < saved < len(written)
        assert f"{saved} entries of the damaged one could be read and are in it." in begun.text
        kept = {row.seq: row for row in await rig.rows()}
        assert len([row for row in written if kept.get(row.seq) == row]) == saved
        await rig.well("session.new")


async def test_a_sound_journal_is_left_alone() -> None:
    async with Rig() as rig:
        await rig.well("session.new")
        before = len(await rig.rows())
        problem = await rig.ill("journal.begin", None)
        assert (problem.type, "sound" in problem.what) == ("NotApplicable", True)
        assert rig.questions == []
        assert len(await rig.rows()) == before


async def test_a_journal_that_is_only_not_writable_now_is_not_moved_aside() -> None:
    async with Rig() as rig:
        rig.house.journal.close()
        assert (await rig.ill("journal.begin", None)).type == "JournalClosed"
        assert paths().journal.exists()
        assert list(paths().state.glob("*damaged*")) == []


async def test_the_new_journal_is_for_the_server_as_before() -> None:
    paths().state.mkdir(parents=True, exist_ok=True)
    paths().journal.write_bytes(b"rubbish" * 1000)
    async with Rig() as rig:
        await rig.well("journal.begin", None)
        await rig.well("server.send", SERVER, code="1+1", kind="pyspark", wait=True)
    async with Rig(rig.livy) as rig:
        found = await rig.well("session.adopt")
        assert (found.result["mine"], found.result["elsewhere"]) == (1, 0), "what is written is known again"
