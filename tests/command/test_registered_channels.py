"""Channels in a registry: who uses it sees the wires of others; a document is a hint, never a spec that runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from astrolabnet_gui.channels.spec import Spec
from astrolabnet_gui.command import registries
from astrolabnet_gui.command.flow_seen import Seen, key_of
from astrolabnet_gui.model.server import Server

from .rig import LAL, SERVER, Rig

ZTF = Spec(
    id="ztf-1f", title="ZTF nights", mode="stream", format="kafka", place="ztf.*", to="file:/sky/ztf", origin="Fink",
    secrets={"sasl.password": "env:FINK"},
)  # fmt: skip
KEY = key_of("ztf-1f")


async def test_a_channel_that_is_shared_is_a_wire_of_the_next_who_uses_the_registry(tmp_path: Path) -> None:
    folder = tmp_path / "reg"
    file = folder / "channels" / "ztf-1f.json"
    async with Rig() as rig:
        rig.house.flowing.seen[KEY] = Seen(SERVER, ZTF, "file:/c/ztf-1f")
        heard = ZTF.model_copy(update={"id": "heard-2a"})
        rig.house.flowing.seen[key_of("heard-2a")] = Seen(SERVER, heard, "", whole=False)
        await rig.well("registry.use", None, folder=str(folder))
        told = await rig.well("registry.share", None)
        assert told.result["channels"] == ["ztf-1f"], "of one that was only heard of nobody knows the spec"
        document = json.loads(file.read_text())
        assert (document["server"], document["url"], document["folder"]) == ("lal", LAL.url, "file:/c/ztf-1f")
        assert document["spec"]["secrets"] == {"sasl.password": "env:FINK"}
        rig.house.flowing.forget(rig.engine, KEY)
        far = document | {"url": "http://far.example.org", "spec": document["spec"] | {"id": "far-1"}}
        (file.parent / "far-1.json").write_text(json.dumps(far))
        for name, text in (("odd", "{"), ("no", "{}"), ("bad", json.dumps({"spec": 3, "url": "x", "folder": ""}))):
            (file.parent / f"{name}.json").write_text(text)
        learnt = await rig.well("registry.use", None, folder=str(folder))
        assert learnt.result["channels"] == ["ZTF nights"], "the other one is on a server nobody here has"
        assert len(learnt.result["problems"]) == 3
        assert "1 channel learnt" in learnt.text
        thing = await rig.engine.until(KEY, lambda t: t is not None)
        assert thing is not None
        assert thing.label == "ZTF nights"
        assert not rig.house.flowing.seen[KEY].whole, "its folder is read before anything is done with it"
        assert (await rig.well("registry.use", None, folder=str(folder))).result["channels"] == [], "known"


async def test_channels_of_this_computer_alone_are_not_told_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Rig() as rig:
        far = Server(uuid="2" * 32, alias="far", url="https://livy.example.org")
        rig.engine.add_server(far)
        rig.house.flowing.seen[KEY] = Seen(SERVER, ZTF, "file:/c/ztf-1f")
        rig.house.registered.shared = ("hdfs://nn/reg", far.uuid)
        told: list[str] = []

        async def put(kind: str, name: str, _document: object) -> None:
            told.append(f"{kind}/{name}")

        registry = type("Told", (), {"put": staticmethod(put)})()
        monkeypatch.setattr(registries, "shared_registry", lambda _ctx: registry)
        await rig.well("registry.share", None)
        assert told == ["topology/far"]
