"""Plug-ins are listed, off until trusted, off again after any change; one that fails is named and the rest goes on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from astrolabnet_gui.command import plugged
from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.plugins.found import plugins
from astrolabnet_gui.plugins.trust import Trust
from tests.command.rig import SERVER, Rig
from tests.plugins.workshop import install

VERB = """
from astrolabnet_gui.api import Command, Nothing, Result
async def look(ctx, key, params):
    '''Look at the night from here.'''
    return Result(text="dark")
VERB = Command("night.look", "Look", look, on=("servers",), example='net["lal"].look_night()')
"""
HASTY = """
import sys
from astrolabnet_gui.api import Command, Nothing, Result
async def look(ctx, key, params):
    '''Raise what no command should raise.'''
    {act}
def never(*_):
    raise RuntimeError("no")
VERB = Command("hasty.look", "Look", look, on=("servers",), when={when}, example="")
"""


def state(rig: Rig, told: object, name: str) -> str:
    """How the list says it stands."""
    assert isinstance(told, dict)
    return next(row["state"] for row in told["plugins"] if row["name"] == name)


async def test_a_plug_in_is_off_until_trusted_and_off_again_when_distrusted(site: Path) -> None:
    install(site, "astro-dark", VERB, {"commands": "VERB"})
    async with Rig() as rig:
        told = await rig.well("plugin.list", None)
        assert state(rig, told.result, "astro-dark") == "off"
        assert "astro_dark" not in sys.modules
        assert (await rig.ill("night.look")).what == "there is no command 'night.look'."
        done = await rig.well("plugin.trust", None, name="astro-dark")
        assert done.text == "The plug-in astro-dark 1.0 takes part."
        (question,) = rig.questions
        assert "commands: it" in question
        (found,) = plugins()
        assert found.sha256[:16] in question
        assert (await rig.well("night.look")).text == "dark"
        assert COMMANDS["night.look"].plugin == "astro-dark"
        assert COMMANDS["night.look"].words == "Look  [astro-dark]"
        assert COMMANDS["night.look"].help.endswith("the plug-in astro-dark, not from AstroLabNet.")
        await rig.well("plugin.distrust", None, name="astro-dark")
        assert "night.look" not in COMMANDS
        assert "is trusted" in (await rig.ill("plugin.distrust", None, name="astro-dark")).what
        lines = [row.line for row in await rig.rows() if row.command.startswith("plugin.") and row.line]
    assert lines[0] == "net.plugin.trust(name='astro-dark')"


async def test_without_a_yes_nothing_is_trusted_or_imported(site: Path) -> None:
    install(site, "astro-dark", VERB, {"commands": "VERB"})
    async with Rig() as rig:
        event = await rig.do("plugin.trust", None, {"name": "astro-dark"}, "no")
        assert event.text == "Nothing was done."
        assert not Trust(rig.house.paths.state / plugged.FILE)
    assert "astro_dark" not in sys.modules
    assert "night.look" not in COMMANDS


async def test_trust_is_for_these_files_only(site: Path) -> None:
    module = install(site, "astro-dark", VERB, {"commands": "VERB"})
    async with Rig() as rig:
        seen = (await rig.well("plugin.list", None)).result["plugins"][0]["sha256"]
        module.write_text(VERB + "\n# one byte more\n", encoding="utf-8")
        problem = await rig.ill("plugin.trust", None, name="astro-dark", sha256=seen)
        assert "not those that were shown" in problem.what
        assert not rig.questions

        def meanwhile(_: str) -> str:
            module.write_text(VERB + "\n# another\n", encoding="utf-8")
            return "yes"

        rig.answer = meanwhile
        assert "have changed meanwhile" in (await rig.ill("plugin.trust", None, name="astro-dark")).what
        assert "astro_dark" not in sys.modules
        rig.answer = lambda _: "yes"
        await rig.well("plugin.trust", None, name="astro-dark")
        # A change while it takes part: what is in memory goes on, the next start asks.
        module.write_text(VERB, encoding="utf-8")
        assert state(rig, (await rig.well("plugin.list", None)).result, "astro-dark") == "changed"
        where = rig.house.paths
        again = await rig.well("plugin.trust", None, name="astro-dark")
        assert "takes part from the next start on" in again.text
        module.write_text(VERB + "\n# evil\n", encoding="utf-8")
    house = House(where)
    house.close()
    assert "night.look" not in COMMANDS


@pytest.mark.parametrize("change", ["module beside", "metadata", "version", "hidden by a folder before it"])
def test_any_change_is_another_hash(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    install(site, "astro-dark", "", {})
    module = site / "astro_dark.py"
    module.unlink()
    package = site / "astro_dark"
    package.mkdir()
    (package / "__init__.py").write_text(VERB, encoding="utf-8")
    info = site / "astro_dark-1.0.dist-info"
    points = "[astrolabnet.commands]\nit = astro_dark:VERB\n[astrolabnet.api]\nv1 = astrolabnet_gui.api\n"
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    (info / "RECORD").write_text("astro_dark/__init__.py,,\nastro_dark-1.0.dist-info/METADATA,,\n", encoding="utf-8")
    (before,) = plugins()
    assert before.unfit == ""
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.pyc").write_bytes(b"made anew")
    assert plugins()[0].sha256 == before.sha256
    if change == "module beside":
        (package / "late.py").write_text("x = 1\n", encoding="utf-8")
    elif change == "metadata":
        with (info / "METADATA").open("a", encoding="utf-8") as file:
            file.write("Summary: other\n")
    elif change == "version":
        told = (info / "METADATA").read_text("utf-8").replace("1.0", "1.1")
        (info / "METADATA").write_text(told, encoding="utf-8")
    else:
        other = tmp_path / "other"
        (other / "astro_dark").mkdir(parents=True)
        (other / "astro_dark" / "__init__.py").write_text("raise SystemExit\n", encoding="utf-8")
        monkeypatch.syspath_prepend(str(other))
    assert plugins()[0].sha256 != before.sha256


@pytest.mark.parametrize(("api", "words"), [("", "does not say for which contract"), ("v2", "written for v2")])
async def test_one_of_another_contract_is_listed_and_not_tried(site: Path, api: str, words: str) -> None:
    install(site, "astro-dark", VERB, {"commands": "VERB"}, api=api)
    async with Rig() as rig:
        (row,) = (await rig.well("plugin.list", None)).result["plugins"]
        assert (row["state"], words in row["problems"][0]) == ("unfit", True)
        assert words in (await rig.ill("plugin.trust", None, name="astro-dark")).what
        assert "there is no plug-in 'astro-light'" in (await rig.ill("plugin.trust", None, name="astro-light")).what
    assert "astro_dark" not in sys.modules


@pytest.mark.parametrize(
    ("code", "words"),
    [("raise RuntimeError('not\\ntoday')", "fails at it (astrolabnet.commands): RuntimeError: not today."),
     ("import sys; sys.exit(3)", "SystemExit: 3"),
     ("import no_such_module", "ModuleNotFoundError"),
     ("x = (", "SyntaxError"),
     ("VERB = 5", "it is no Command"),
     (VERB.replace("night.look", "Night"), "not named noun.verb"),
     (VERB.replace("night.look", "server.test"), "server.test is taken by AstroLabNet itself"),
     (VERB.replace("async def", "def"), "must be: async def"),
     (VERB.replace("'''Look at the night from here.'''", ""), "has no help"),
     (VERB.replace('"servers"', '"moons"'), "on a kind")],
)  # fmt: skip
async def test_one_that_fails_is_named_and_the_rest_goes_on(site: Path, code: str, words: str) -> None:
    install(site, "astro-bad", code, {"commands": "VERB"})
    install(site, "astro-dark", VERB, {"commands": "VERB"})
    table = set(COMMANDS)
    async with Rig() as rig:
        done = await rig.well("plugin.trust", None, name="astro-bad")
        assert "the plug-in astro-bad " in done.text
        assert words in done.text
        assert set(COMMANDS) == table
        await rig.well("plugin.trust", None, name="astro-dark")
        assert (await rig.well("night.look")).text == "dark"
        where = rig.house.paths
    plugged.leave("astro-bad")
    plugged.leave("astro-dark")
    house = House(where)  # the next start
    told = house.problems
    house.close()
    assert any(words in problem for problem in told)
    assert "night.look" in COMMANDS


@pytest.mark.parametrize(
    ("act", "words"),
    [("raise KeyError('moon')", "the plug-in astro-hasty failed in hasty.look: KeyError: 'moon'."),
     ("sys.exit(1)", "failed in hasty.look: SystemExit: 1."),
     ("return 5", "it gave int, not a Result")],
)  # fmt: skip
async def test_a_command_that_raises_is_named_and_the_engine_goes_on(site: Path, act: str, words: str) -> None:
    install(site, "astro-hasty", HASTY.format(act=act, when="lambda _: ''"), {"commands": "VERB"})
    async with Rig() as rig:
        await rig.well("plugin.trust", None, name="astro-hasty")
        problem = await rig.ill("hasty.look")
        assert words in problem.what
        assert problem.type == "AstroLabNetError"
        await rig.well("server.test")
        assert [row.state.value for row in await rig.rows() if row.command == "hasty.look"][-1] == "FAILED"


async def test_a_verb_that_can_not_say_when_it_fits_can_not_act(site: Path) -> None:
    install(site, "astro-hasty", HASTY.format(act="return Result()", when="never"), {"commands": "VERB"})
    async with Rig() as rig:
        await rig.well("plugin.trust", None, name="astro-hasty")
        assert COMMANDS["hasty.look"].when(rig.engine.store.things[SERVER]) == "The plug-in astro-hasty fails here."
        assert "fails here" in (await rig.ill("hasty.look")).what


@pytest.mark.parametrize("text", ["{", "[]", '{"trusted": 5}', '{"trusted": {"a": {}}}'])
def test_a_damaged_file_of_trust_trusts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / plugged.FILE).write_text(text, encoding="utf-8")
    assert not Trust(tmp_path / plugged.FILE)
    plugged.follow(tmp_path)
    assert not plugged.PLUGGED


def test_trust_of_one_home_is_none_of_another(site: Path, tmp_path: Path) -> None:
    install(site, "astro-dark", VERB, {"commands": "VERB"})
    Trust(tmp_path / plugged.FILE).give(plugins()[0])
    assert set(json.loads((tmp_path / plugged.FILE).read_text("utf-8"))["trusted"]) == {"astro-dark"}
    plugged.follow(tmp_path)
    assert "night.look" in COMMANDS
    plugged.follow(tmp_path / "elsewhere")
    assert "night.look" not in COMMANDS
