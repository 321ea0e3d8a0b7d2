"""The warm spare: a session that waits for its person, if memory allows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.island.harbour import harbour


async def test_the_spare_becomes_a_plain_session_and_a_new_one_is_made(tmp_path: Path) -> None:
    async with harbour(tmp_path, spare=True) as port:
        await port.until(lambda: bool(port.island.spare_ready))
        answer = await port.ask(
            "POST", "/sessions", json={"kind": "sql", "conf": {"spark.sql.shuffle.partitions": "3"}}
        )
        assert answer.json()["state"] == "idle"
        assert answer.json()["kind"] == "sql"
        assert "a line of the log" in answer.json()["log"]
        await port.ask("DELETE", "/sessions/0")
        assert list((tmp_path / "work").iterdir()) == []
        own = await port.ask("POST", "/sessions", json={"conf": {"spark.ui.port": "4077"}})
        assert own.json()["state"] == "starting"
        await port.until(lambda: bool(port.island.spare_ready))


async def test_no_spare_when_memory_is_short(tmp_path: Path) -> None:
    async with harbour(tmp_path, spare=True, free_bytes=2 * 2**30) as port:
        await asyncio.sleep(0)
        await port.open()
        assert not port.island.spare_ready
