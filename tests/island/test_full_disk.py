"""A disk without room under the island's folders: said in words with the folder's name, and what runs goes on."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from astrolabnet_gui.island.rest import sessions
from tests.island.harbour import Harbour, harbour

FULL = os.strerror(errno.ENOSPC)


@pytest_asyncio.fixture
async def port(tmp_path: Path, no_tasks_left: None) -> AsyncIterator[Harbour]:
    async with harbour(tmp_path) as made:
        yield made


class Filling(io.FileIO):
    """A file on a disk that has room for one more piece only."""

    def write(self, data: Any, /) -> int:
        if self.tell():
            raise OSError(errno.ENOSPC, FULL)
        return super().write(data)


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, FULL)


def kept(port: Harbour) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (port.island.options.state / "work").glob("*-uploads/*")}


async def test_an_upload_is_kept_whole_or_not_at_all_and_the_session_goes_on(
    port: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await port.open()
    path = f"/sessions/{number}/upload-file"
    assert (await port.ask("POST", path, files={"file": ("stars.csv", b"old")})).status_code == 200
    with monkeypatch.context() as no_room:
        no_room.setattr(sessions, "_CHUNK", 4)
        no_room.setattr(sessions, "open", lambda path, mode: Filling(path, mode), raising=False)
        for name in ("stars.csv", "more.csv"):
            answer = await port.ask("POST", path, files={"file": (name, b"0123456789")})
            assert answer.status_code == 500
            assert FULL in answer.json()
            assert str(port.island.options.state / "work") in answer.json()
    assert kept(port) == {"stars.csv": b"old"}, "nothing half-written, and the old file as it was"
    assert (await port.statement(number, await port.send(number, "1")))["output"]["status"] == "ok"
    assert (await port.ask("POST", path, files={"file": ("stars.csv", b"new")})).status_code == 200
    assert kept(port) == {"stars.csv": b"new"}


async def test_what_does_not_fit_into_the_folder_for_temporary_files_names_that_one(
    port: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await port.open()
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "write", full)
    answer = await port.ask("POST", f"/sessions/{number}/upload-file", files={"file": ("a", b"x")})
    assert answer.status_code == 500
    assert FULL in answer.json()
    assert tempfile.gettempdir() in answer.json()
    assert kept(port) == {}
    assert await port.state(number) == "idle"


async def test_a_session_or_batch_without_room_for_its_folder_is_dead_in_words_and_the_others_live(
    port: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await port.open()

    def no_folder(suffix: str = "", prefix: str = "", dir: Path = Path()) -> str:
        raise OSError(errno.ENOSPC, FULL, str(dir / prefix))

    with monkeypatch.context() as no_room:
        no_room.setattr(tempfile, "mkdtemp", no_folder)
        session = (await port.ask("POST", "/sessions", json={"kind": "pyspark"})).json()["id"]
        batch = (await port.ask("POST", "/batches", json={"file": "/a.py"})).json()["id"]
    for path in (f"/sessions/{session}", f"/batches/{batch}"):
        assert (await port.ask("GET", f"{path}/state")).json()["state"] == "dead"
        said = (await port.ask("GET", f"{path}/log")).json()["log"][-1]
        assert FULL in said
        assert str(port.island.options.state / "work") in said
    assert (await port.statement(number, await port.send(number, "1")))["output"]["status"] == "ok"
    assert await port.state(await port.open()) == "idle"
