"""The page "write a plug-in in ten minutes" is followed literally: written, packed, listed, trusted, used."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from astrolabnet_gui.cli.app import main
from astrolabnet_gui.command import plugged
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.command.undo import back_of
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.form import Form
from astrolabnet_gui.gui.menus import Menus
from astrolabnet_gui.gui.panels.result import ResultView
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.livy import Statement
from astrolabnet_gui.model.server import Auth
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.plugins.found import plugins
from astrolabnet_gui.plugins.loaded import load
from astrolabnet_gui.plugins.logins import LOGINS
from astrolabnet_gui.web.openapi import document
from tests.cli.fakes import server, task
from tests.command.rig import SERVER, Rig
from tests.command.test_server import everything_on_disk
from tests.gui.conftest import dress as dress
from tests.gui.fakes import FakeLink
from tests.gui.menu_rows import every_row
from tests.plugins import workshop

TABLE = {
    "status": "ok",
    "data": {"application/json": {
        "schema": {"fields": [{"name": "id", "type": "string"}, {"name": "mag", "type": "double"}]},
        "data": [["a", 19.5], ["b", 17.25]],
    }},
}  # fmt: skip


async def test_what_the_page_makes_takes_part(night: Path) -> None:
    async with Rig() as rig:
        await rig.foreign()
        (row,) = (await rig.well("plugin.list", None)).result["plugins"]
        assert row["brings"] == {"commands": ["night"], "actions": ["night"], "sources": ["night"],
                                 "views": ["brightest"], "auth": ["key"]}  # fmt: skip
        done = await rig.well("plugin.trust", None, name="astro-night")
        assert done.text == "The plug-in astro-night 1.0 takes part.", "nothing failed"
        assert (await rig.well("night.busy", SERVER, state="idle")).text == "1 of 1 sessions are idle."
        moon = rig.house.library.get("moon-age")
        assert (moon.folder, moon.own) == ("astro-night", False)
        assert any(t.label == "Age of the moon" for t in rig.engine.store.things.values())
        presets = (await rig.well("source.presets", None)).result["presets"]
        assert "night-alerts" in [preset["name"] for preset in presets]
    assert document()["paths"]["/api/commands/night.busy"]["post"]["summary"] == "How busy…  [astro-night]"


async def test_its_login_is_kept_like_any_other(night: Path, tmp_home: Path) -> None:
    given = {"alias": "far", "url": "https://far.example:8998", "login": "astro-night/key", "user": "anna"}
    async with Rig() as rig:
        await rig.well("plugin.trust", None, name="astro-night")
        added = await rig.well("server.add", None, **given, secret="hunter2hunter2")
        assert added.focus is not None
        server = rig.engine.server(added.focus.server)
        assert (server.auth.kind, server.auth.user) == ("astro-night/key", "anna")
        assert rig.house.secrets.read(server.auth.secret, server.home) == "hunter2hunter2"
        edited = await rig.well("server.edit", added.focus, login="basic")
        back = back_of(edited.result)
        assert back is not None
        await rig.well(back.command, back.key, **back.params)
        assert rig.engine.server(added.focus.server).auth.kind == "astro-night/key"
        made = LOGINS["astro-night/key"].headers("anna", "hunter2hunter2", server.url)
        assert list(made) == ["X-Night-User", "X-Night-Key"]
        for wrong in ("astro-night", "../x", "plug-in", "A/b"):
            assert (await rig.ill("server.add", None, **given | {"login": wrong})).field.startswith("login")
        await rig.well("plugin.distrust", None, name="astro-night")
        assert not LOGINS
    assert "hunter2" not in everything_on_disk(tmp_home)


async def test_its_servers_are_asked_as_soon_as_it_is_trusted(night: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"url": "https://far.example:8998", "user": "anna"}
    async with Rig() as rig:
        mine = await rig.well("server.add", None, **given, alias="mine", login="astro-night/key")
        await rig.well("server.add", None, **given, alias="others", login="astro-day/key")
        asked: list[str] = []
        monkeypatch.setattr(rig.engine, "poll_now", asked.append)
        await rig.well("plugin.trust", None, name="astro-night")
        assert mine.focus is not None
        assert asked == [mine.focus.server]


def test_the_form_of_a_server_offers_its_login(night: Path, qtbot: QtBot) -> None:
    desk = Desk()
    link = FakeLink()
    desk.connect_to(link)
    add = COMMANDS["server.add"]
    plain = Form(desk, add, None, {})
    qtbot.addWidget(plain)
    assert "astro-night/key" not in plain.controls["login"].spec.choices
    plugged.join(load(plugins()[0]))
    form = Form(desk, add, None, {"alias": "far", "url": "https://far.example"})
    qtbot.addWidget(form)
    assert form.controls["login"].spec.choices["astro-night/key"] == "Key of the night  [astro-night]"
    box = form.controls["login"].widget
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("astro-night/key"))
    form.send()
    assert form.errors() == {}
    ((_, _, params),) = link.submitted
    assert params["login"] == "astro-night/key"
    # One that is edited begins with its own.
    thing = server("lal")
    own = thing.payload.model_copy(update={"auth": Auth(kind="astro-night/key", user="anna")})
    link.subscribe(desk.receive)
    link.things([thing.model_copy(update={"payload": own})])
    again = Form(desk, COMMANDS["server.edit"], thing.key, {})
    qtbot.addWidget(again)
    assert again.controls["login"].value == "astro-night/key"


def test_the_lines_of_the_page_are_typed(night: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install, *typed = [shlex.split(line) for line in workshop.lines()]
    assert install == ["pip", "install", "./astro-night"], "done by the fixture, without a network"
    listed, trusted, used = (words[1:] for words in typed)
    assert main(listed) == 0
    assert " off " in capsys.readouterr().out
    assert main(trusted) == 4, "nobody is there to answer"
    assert main([*trusted, "--answer", "yes"]) == 0
    assert "astro-night 1.0 takes part" in capsys.readouterr().out
    plugged.leave("astro-night")  # another program begins
    with pytest.raises(SystemExit) as end:
        main([*used[:2], "--help"])
    assert end.value.code == 0
    assert "the plug-in astro-night, not" in " ".join(capsys.readouterr().out.split())
    assert main(used) != 0, "there is no server lal yet"
    assert "lal" in capsys.readouterr().err


def test_the_window_shows_its_verb_and_its_view(night: Path, qtbot: QtBot, dress: Dress) -> None:
    brought = load(plugins()[0])
    plugged.join(brought)
    desk = Desk()
    desk.connect_to(FakeLink())
    view = ResultView(dress)
    qtbot.addWidget(view)
    menu = Menus(desk, lambda *_: None).of_thing(server("lal"), view)
    (row,) = (row for row in every_row(menu) if row.data() == "night.busy")
    assert row.text() == "How busy…  [astro-night]"
    given = Task(statement=Statement(id=7, state="available", output=TABLE), name="pi")
    view.show_task(task("done", TABLE), given)
    tabs = {view.tabs.tabText(n): view.tabs.widget(n) for n in range(view.tabs.count())}
    own = tabs["Brightest  [astro-night]"]
    assert isinstance(own, QLabel)
    assert own.text() == "brightest: mag 17.25"


def test_a_view_that_fails_says_so_in_its_tab(site: Path, qtbot: QtBot, dress: Dress) -> None:
    code = "from astrolabnet_gui.api import View\nVIEW = View('Odd', lambda part: True, lambda part: 1 / 0)\n"
    workshop.install(site, "astro-odd", code, {"views": "VIEW"})
    plugged.join(load(plugins()[0]))
    view = ResultView(dress)
    qtbot.addWidget(view)
    given = Task(statement=Statement(id=7, state="available", output=TABLE), name="pi")
    view.show_task(task("done", TABLE), given)
    titles = [view.tabs.tabText(n) for n in range(view.tabs.count())]
    assert titles[:3] == ["Table", "Plot", "Odd  [astro-odd]"]
    odd = view.tabs.widget(2)
    assert odd is not None
    words = [label.text() for label in odd.findChildren(QLabel)]
    assert any("the plug-in astro-odd fails: ZeroDivisionError" in text for text in words)
