"""Actions of one's own: made, changed, copied, taken away and brought back, given to a colleague."""

from __future__ import annotations

from pathlib import Path

import pytest

from astrolabnet_gui.actions.document import write
from astrolabnet_gui.command.action import key_of, show_actions
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.command.undo import back_of
from astrolabnet_gui.network.link import RunState

from .rig import Rig

REPORT = {
    "title": "Night report", "kind": "sql", "code": "SELECT :night AS night, :band AS band",
    "parameters": ["night: date = 2026-11-23 | Night", "band: choice(g, r) = g"], "folder": "Photometry/Night",
    "tags": ["daily"], "where": ["lal*", "livy>=0.8"], "description": "What was seen.",
}  # fmt: skip


async def shown(rig: Rig) -> Rig:
    show_actions(rig.engine, rig.house)
    return rig


async def test_an_action_of_my_own_is_kept_shown_sent_and_there_at_the_next_start() -> None:
    async with Rig() as rig:
        made = await rig.well("action.new", None, **REPORT)
        assert made.focus == key_of("night-report")
        thing = rig.engine.store.things[key_of("night-report")]
        assert (thing.label, thing.fact, thing.mine) == ("Night report", "SQL", True)
        assert made.line.startswith("net.action.new(title='Night report'")
        sent = await rig.well("server.send", action="night-report", values={"band": "r"}, wait=True)
        assert sent.result["state"] == "done"
    async with Rig() as again:
        action = again.house.library.get("night-report", "sql")
        assert (action.folder, action.tags, action.own) == ("Photometry/Night", ("daily",), True)
        assert [p.type for p in action.parameters] == ["date", "choice"]
        assert again.house.library.problems == []


async def test_it_is_changed_and_what_was_not_changed_stays() -> None:
    async with Rig() as rig:
        made = await rig.well("action.new", None, **REPORT)
        assert made.focus is not None
        starts = COMMANDS["action.edit"].starts
        assert starts is not None
        now = dict(starts(rig.engine.store.things[made.focus]))
        assert now["parameters"][0] == "night: date = 2026-11-23 | Night"
        before = rig.house.library.get("night-report")
        await rig.well("action.edit", made.focus, title="Report of a night")
        changed = rig.house.library.get("night-report")
        assert changed == before.model_copy(update={"title": "Report of a night"})
        assert changed.code == REPORT["code"]
        second = {**now, "kind": "pyspark", "code": "print(night)"}
        await rig.well("action.edit", made.focus, **second)
        assert {a.kind: a.code for a in rig.house.library.of_name("night-report")} == {
            "pyspark": "print(night)", "sql": REPORT["code"],
        }  # fmt: skip


async def test_each_part_of_it_is_changed_alone_and_its_name_is_never_empty() -> None:
    async with Rig() as rig:
        made = await rig.well("action.new", None, **REPORT)
        before = rig.house.library.get("night-report")
        for part, value in {"code": "SELECT 2", "description": "Other", "tags": ("weekly",), "folder": "Sky"}.items():
            await rig.well("action.edit", made.focus, **{part: value})
            before = before.model_copy(update={part: value})
            assert rig.house.library.of_name("night-report") == (before,)
        assert (await rig.ill("action.edit", made.focus, title="")).field == "title"
        assert rig.house.library.of_name("night-report") == (before,)


async def test_a_shipped_one_is_not_changed_but_copied_in_all_its_languages() -> None:
    async with Rig() as rig:
        await shown(rig)
        for verb, params in (("action.remove", {}), ("action.edit", REPORT)):
            problem = await rig.ill(verb, key_of("pi"), **params)
            assert "shipped" in problem.what
        copied = await rig.well("action.duplicate", key_of("pi"))
        assert copied.focus is not None
        copy = rig.house.library.of_name(str(copied.focus.id))
        assert [a.kind for a in copy] == ["pyspark", "spark", "sql", "sparkr"]
        assert all(a.own and a.title.endswith("(copy)") for a in copy)
        assert [a.code for a in copy] == [a.code for a in rig.house.library.of_name("pi")]


async def test_what_was_removed_is_brought_back_as_it_was() -> None:
    async with Rig() as rig:
        made = await rig.well("action.new", None, **REPORT)
        before = rig.house.library.of_name("night-report")
        gone = await rig.well("action.remove", made.focus)
        assert rig.house.library.of_name("night-report") == ()
        assert key_of("night-report") not in rig.engine.store.things
        assert COMMANDS["action.remove"].inverse == "action.restore"
        await rig.well("action.restore", None, name=gone.result["name"])
        assert rig.house.library.of_name("night-report") == before
        assert "is an action" in (await rig.ill("action.restore", None, name="night-report")).what
        assert "no action" in (await rig.ill("action.restore", None, name="never-was")).what
        assert (await rig.ill("action.restore", None, name="../../etc/x")).field == "name"


async def test_a_change_is_taken_back_whole_and_done_again() -> None:
    async with Rig() as rig:
        made = await rig.well("action.new", None, **REPORT)
        before = rig.house.library.of_name("night-report")
        edited = await rig.well("action.edit", made.focus, title="Other", kind="pyspark", code="print(night)")
        after = rig.house.library.of_name("night-report")
        assert [a.kind for a in after] == ["pyspark", "sql"]
        back = back_of(edited.result)
        assert back is not None
        assert (back.command, back.title) == ("action.restore", "edit Night report")
        undone = await rig.well(back.command, back.key, **back.params)
        assert rig.house.library.of_name("night-report") == before, "the language that came with the edit is gone again"
        again = back_of(undone.result)
        assert again is not None
        await rig.well(again.command, again.key, **again.params)
        assert rig.house.library.of_name("night-report") == after


async def test_what_is_no_action_can_not_take_the_place_of_one() -> None:
    async with Rig() as rig:
        await shown(rig)
        await rig.well("action.new", None, **REPORT)
        before = rig.house.library.actions()
        good = write(rig.house.library.of_name("night-report"))
        assert (await rig.ill("action.restore", None, name="night-report", text="[text")).field == "text"
        assert "shipped" in (await rig.ill("action.restore", None, name="pi", text=good)).what
        assert (await rig.ill("action.restore", None, name="../../etc/x", text=good)).field == "name"
        assert rig.house.library.actions() == before


async def test_one_plain_file_carries_it_to_a_colleague(tmp_path: Path) -> None:
    file = tmp_path / "report.toml"
    async with Rig() as rig:
        made = await rig.well("action.new", None, **REPORT)
        await rig.well("action.export", made.focus, file=str(file))
        assert "SELECT :night" in file.read_text()
        problem = await rig.ill("action.export", made.focus, file=str(file))
        assert "there already" in problem.what
        await rig.well("action.export", made.focus, file=str(file), overwrite=True)
        original = rig.house.library.get("night-report")
        taken = await rig.well("action.load", None, file=str(file))
        assert taken.focus == key_of("report")
        assert rig.house.library.get("report") == original.model_copy(update={"name": "report"})
        again = await rig.well("action.load", None, file=str(file))
        assert again.focus == key_of("night-report-2"), "nothing is overwritten"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no [code]"), ("\x00", "no action"), ('title="x"\n[code]\nsql="/etc/passwd"', "plain file name"),
        ('title="x"\n[code]\nsql="x.sql"', "one file must hold everything"),
        ('title="x"\n[text]\nsql="SELECT 1"\n[program]\nfile="x.jar"', "one of"),
        ('title="x"\n[text]\ncobol="1"', "no kind of code"), ('title="x"\n[program]\nfile="job.py"', "not in it"),
        ('title="x"\nautorun=true\n[text]\nsql="1"', "unknown entry"),
        ('title="x"\n[text]\nsql="1"\n[[parameters]]\nname="a"\n[[parameters]]\nname="a"', "same name"),
        ('title="x"\n[text]\nsql="1"\n[[parameters]]\nname="a"\ntype="choice"', "needs its choices"),
    ],
)  # fmt: skip
async def test_a_file_that_holds_no_action_is_refused_and_nothing_is_kept(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    async with Rig() as rig:
        before = rig.house.library.actions()
        problem = await rig.ill("action.load", None, file=str(file))
        assert words in problem.what
        rig.house.library.reload()
        assert rig.house.library.actions() == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": ""}, "code"), ({"file": "hdfs:///x.jar"}, "file"), ({"title": ""}, "title"),
        ({"parameters": ["a b"]}, "parameters"), ({"parameters": ["a: whole"]}, "parameters"),
        ({"parameters": ["n: integer = many"]}, "parameters"), ({"parameters": ["b: choice = g"]}, "parameters"),
        ({"parameters": ["a", "a"]}, "code"),
    ],
)  # fmt: skip
async def test_bad_input_is_named_and_nothing_is_kept(change: dict[str, object], field: str) -> None:
    async with Rig() as rig:
        event = await rig.do("action.new", None, {**REPORT, **change})
        assert event.state is RunState.FAILED
        assert event.problem is not None
        assert event.problem.field == field
        assert rig.house.library.of_name("night-report") == ()


async def test_a_thing_of_the_workspace_has_an_address() -> None:
    async with Rig() as rig:
        await shown(rig)
        assert rig.engine.store.find("/actions/pi").label == "Pi by throwing darts"
        with pytest.raises(Exception, match="no /actions/pie"):
            rig.engine.store.find("/actions/pie")
