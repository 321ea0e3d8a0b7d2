"""Lists of servers: read when asked, checked entry by entry; nobody in them is contacted or taken in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.settings.offered import MOST, offers_of
from tests.faultserver import FaultServer, always

from .rig import LAL, Rig

FAR = {
    "alias": "far",
    "url": "https://livy.far.invalid:8998/",
    "login": "basic",
    "note": "ask Anna",
    "secret": "s3cr3t",
}


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_list_is_read_in_both_shapes_and_each_address_once(wrapped: bool) -> None:
    entries = [FAR, {"alias": "near", "url": "http://near:1"}, {**FAR, "alias": "far again"}]
    found = offers_of(json.dumps({"servers": entries} if wrapped else entries).encode())
    assert [(o.alias, o.url, o.login.value) for o in found] == [
        ("far", "https://livy.far.invalid:8998", "basic"), ("near", "http://near:1", "none"),
    ]  # fmt: skip
    assert "s3cr3t" not in repr(found)
    assert offers_of(b"[]") == ()


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"<html>", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"alias": "a"}', "no list of servers"),
        (b"3", "no list of servers"),
        (b'[{"alias": "a", "url": "http://a"}, 7]', "entry 2 is no object"),
        (b'[{"alias": "a"}]', "entry 1 has no good url"),
        (b'[{"alias": "a", "url": "javascript:alert(1)"}]', "entry 1 has no good url"),
        (b'[{"alias": "a", "url": "http://me:pw@a"}]', "entry 1 has no good url"),
        (b'[{"alias": "a/b", "url": "http://a"}]', "entry 1 has no good alias"),
        (b'[{"alias": "a", "url": "http://a", "login": "magic"}]', "entry 1 has no good login"),
        (json.dumps([FAR] * (MOST + 1)).encode(), "more than 1000"),
    ],
    ids=range(12),
)
def test_what_is_no_list_of_servers_says_where(document: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        offers_of(document)
    assert caught.value.field == "source"


async def test_the_servers_of_a_list_are_never_contacted(tmp_path: Path) -> None:
    asked: list[Any] = []
    answer = always()

    async def counted(talk: Any) -> None:
        asked.append(talk)
        await answer(talk)

    async with FaultServer(counted) as offered, Rig() as rig:
        entries = [FAR, {"alias": "here", "url": offered.url}, {"alias": "mine", "url": LAL.url}]
        file = tmp_path / "servers.json"
        file.write_text(json.dumps(entries))
        async with FaultServer(always(file.read_bytes())) as web:
            for source in (str(file), f"{web.url}/servers.json"):
                told = await rig.well("server.offers", None, source=source)
                assert [one["known_as"] for one in told.result["servers"]] == ["", "", LAL.alias]
                assert told.text == "3 servers offered, 2 of them not in the workspace."
        await rig.well("server.test")
        assert asked == []
        assert [s.alias for s in rig.house.workspace.servers()] == [LAL.alias]


async def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with Rig() as rig:
        gone = await rig.ill("server.offers", None, source=str(tmp_path / "none.json"))
        assert (gone.field, "none.json can not be read" in gone.what) == ("source", True)
        async with FaultServer(always(status=404)) as web:
            assert "status 404" in (await rig.ill("server.offers", None, source=f"{web.url}/x")).what
        async with FaultServer(always(status=302, headers="Location: http://elsewhere.invalid/l?token=1\r\n")) as web:
            moved = await rig.ill("server.offers", None, source=f"{web.url}/x")
            assert "http://elsewhere.invalid/l" in moved.remedy
            assert "token" not in moved.remedy
        async with FaultServer(always(b"<html>")) as web:
            assert "no JSON" in (await rig.ill("server.offers", None, source=f"{web.url}/x")).what
