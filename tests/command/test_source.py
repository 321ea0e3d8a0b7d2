"""Sources as commands: described, mended, taken back; their passwords lie nowhere; what a look says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command.listening import key_of
from astrolabnet_gui.command.undo import back_of
from astrolabnet_gui.model.source import Mechanism, Source
from astrolabnet_gui.settings.sources import SourcesFile
from tests.command.rig import Rig

from .test_server import everything_on_disk

FINK = key_of("Fink")
GIVEN: dict[str, Any] = {
    "name": "Fink", "preset": "fink-lsst", "servers": "127.0.0.1:1", "user": "anna", "secret": "hunter2",
    "topics": ["fink_sn"],
}  # fmt: skip


def origin_of(rig: Rig) -> Any:
    thing = rig.engine.store.get(FINK)
    assert thing is not None
    assert isinstance(thing.payload, Source)
    return thing.payload.origin


async def test_a_source_is_added_edited_removed_and_each_is_undone(tmp_home: Path) -> None:
    async with Rig() as rig:
        added = await rig.well("source.add", None, **GIVEN)
        assert added.focus == FINK
        assert origin_of(rig).mechanism is Mechanism.SCRAM_512, "the preset fills in what is known"
        assert origin_of(rig).topics == ("fink_sn",)
        assert "only until you quit" in added.text
        edited = await rig.well("source.edit", FINK, topics=["other"], group="anna-1")
        assert origin_of(rig).topics == ("other",)
        back = back_of(edited.result)
        assert back is not None
        await rig.well(back.command, back.key, **back.params)
        assert (origin_of(rig).topics, origin_of(rig).group) == (("fink_sn",), "")
        gone = await rig.well("source.remove", FINK)
        assert rig.engine.store.get(FINK) is None
        back = back_of(gone.result)
        assert back is not None
        await rig.well(back.command, back.key, **back.params)
        assert origin_of(rig).user == "anna"
        undone = back_of(added.result)
        assert undone is not None
        await rig.well(undone.command, undone.key, **undone.params)
        assert rig.house.sources.all() == ()
        assert "hunter2" not in everything_on_disk(tmp_home)


async def test_a_source_is_there_again_and_its_password_is_for_its_broker_alone() -> None:
    async with Rig() as rig:
        await rig.well("source.add", None, **GIVEN)
        folder = rig.house.workspace.folder
        read = rig.house.secrets.read
        assert read("source/Fink", "kafka://127.0.0.1:1") == "hunter2"
        await rig.well("source.edit", FINK, servers="127.0.0.1:2")
        problem = await rig.ill("source.test", FINK)
        assert "no password for this broker" in str(problem)
        assert (await rig.thing(FINK, "login needed")).problem
    [again] = SourcesFile(folder).all()
    assert again.origin is not None
    assert again.origin.servers == "127.0.0.1:2"
    assert again.place == "Kafka · 127.0.0.1:2"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"servers": ""}, "servers"), ({"servers": "nobody"}, "servers"), ({"servers": "a:1,b:99999"}, "servers"),
        ({"user": ""}, "user"), ({"preset": "nope"}, "preset"), ({"name": ""}, "name"), ({"name": "a/b"}, "name"),
        ({"kind": "folder"}, "place"), ({"avro_schema": "{"}, "avro_schema"), ({"rows_s": 0}, "rows_s"),
        ({"kind": "smoke"}, "kind"), ({"pasword": "x"}, "pasword"),
    ],
)  # fmt: skip
async def test_what_can_not_be_is_refused_beside_its_field(change: dict[str, Any], field: str) -> None:
    async with Rig() as rig:
        problem = await rig.ill("source.add", None, **(GIVEN | change))
        assert problem.field == field
        assert rig.house.sources.all() == ()


async def test_two_of_one_name_and_no_broker() -> None:
    async with Rig() as rig:
        await rig.well("source.add", None, name="Lasair", preset="lasair-lsst", servers="127.0.0.1:1")
        problem = await rig.ill("source.add", None, **(GIVEN | {"name": "Lasair"}))
        assert problem.field == "name"
        problem = await rig.ill("source.tail", key_of("Lasair"), wait_s=0.3)
        assert "did not answer" in str(problem)
        assert (await rig.thing(key_of("Lasair"), "not reachable")).problem
        problem = await rig.ill("source.restore", None, name="x", text='{"origin": null}')
        assert problem.field == "text"


async def test_presets_are_offered_and_rows_for_tests_are_always_there() -> None:
    async with Rig() as rig:
        told = (await rig.well("source.presets", None)).result
        assert {"fink-lsst", "alerce"} <= {preset["name"] for preset in told["presets"]}
        await rig.well("source.add", None, name="rows", preset="rate")
        assert "always there" in (await rig.well("source.test", key_of("rows"))).text
        await rig.well("source.add", None, name="sky", preset="sample-sky", rows_s=7)
        assert "always there" in (await rig.well("source.test", key_of("sky"))).text
        assert rig.engine.store.get(key_of("sky")).fact == "sample sky, 7 alerts a second"  # type: ignore[union-attr]
        problem = await rig.ill("source.tail", key_of("rows"))
        assert "no broker" in str(problem)
        await rig.well("source.add", None, name="drop", preset="drop-folder", place="hdfs:///drop")
        problem = await rig.ill("source.test", key_of("drop"))
        assert problem.field == "server"
        assert "lal" in problem.remedy


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a": 1}', '{"a": {"origin": {"kind": "smoke"}}}', '{"a": {"origin": null}}', "\xff"]
)
def test_a_broken_file_hides_nothing_and_breaks_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sources.json"
    file.write_text(text, "latin-1")
    read = SourcesFile(tmp_path)
    assert read.all() == ()
    assert read.problems or text == '{"a": {"origin": null}}'
    good = Source(name="b", origin=SourcesFile(tmp_path / "none").get("x") or Source(name="b").origin)
    read.keep(good)
    assert "b" in json.loads(file.read_text("utf-8"))
