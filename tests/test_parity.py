"""Parity: each row of the table is asked of the engine alike by GUI menu, command line and Python;
REST is held to Python in the same way by ``tests/web/test_api.py``.

All faces end in ``Link.submit(name, key, params)``; behind it ``command.run`` alone acts and writes the journal: what
is asked alike has the same effect and the same line. A command not reached by a face fails here, unless it is listed
with its reason.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.cli import app
from astrolabnet_gui.command.example import cli_example
from astrolabnet_gui.command.registry import COMMANDS, HIDDEN, Command
from astrolabnet_gui.gui.chooser import CHOOSERS
from astrolabnet_gui.gui.desk import Desk as WindowDesk
from astrolabnet_gui.gui.menus import SEND, Menus
from astrolabnet_gui.model.action import Action
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.net.desk import Desk
from astrolabnet_gui.net.opened import Opened
from astrolabnet_gui.net.world import Net
from tests.cli.fakes import FakeLink
from tests.gui.fakes import FakeLink as WindowLink
from tests.gui.menu_rows import every_row
from tests.net.test_world import everything

Asked = tuple[str, Key | None, dict[str, Any]]
# Not rows of a menu, each with its reason.
NO_ROW = {
    **dict.fromkeys(HIDDEN, "the window asks it by itself, where its answer stands"),
    **dict.fromkeys(CHOOSERS, "a submenu: its rows give the value"),
    **dict.fromkeys(SEND.values(), "a submenu: its rows are the actions"),
}
# Words of the island's own program on the command line, which tests/cli/test_island_words.py holds.
OWN_PROGRAM = {"island.start", "island.stop", "island.status"}
VERBS = [verb for verb in COMMANDS.values() if verb.scope != "view"]


def same(verb: Command, asked: Asked, by_python: Asked) -> None:
    """They ask for one act."""
    assert asked[:2] == by_python[:2]
    model = verb.params.model_validate
    assert model(asked[2]) == model(by_python[2])


def by_python(verb: Command) -> Asked:
    """What the line of Python asks."""
    link = everything()
    desk = Desk(link, lambda question: "yes", lambda event: None, waits_on_a_loop=True)
    eval(verb.example, {"net": Net(desk)})
    return link.submitted[0]


@pytest.mark.parametrize("verb", [v for v in VERBS if v.name not in OWN_PROGRAM], ids=lambda verb: verb.name)
def test_command_line(verb: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    line = cli_example(verb)
    link: FakeLink = everything()

    @contextmanager
    def opened(*_: Any) -> Iterator[Opened]:
        yield Opened(None, Desk(link, lambda question: "yes", lambda event: None))  # type: ignore[arg-type]

    monkeypatch.setattr(app, "opened", opened)
    assert app.main(shlex.split(line)[1:]) == 0
    same(verb, next(asked for asked in link.submitted if asked[0] == verb.name), by_python(verb))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_menu(verb: Command, qtbot: QtBot) -> None:
    """The row is there, and what it asks (at once, or by the form it opens) is the verb on that thing."""
    _, key, params = asked = by_python(verb)
    desk, link, place = WindowDesk(), WindowLink(), QWidget()
    qtbot.addWidget(place)
    desk.connect_to(link)
    link.subscribe(desk.receive)
    action = Action(name="pi", title="Pi", kind="sql", code="SELECT 1", own=True)
    told = [t.model_copy(update={"payload": (action,)}) if t.key.kind == "actions" else t for t in everything().things]
    link.things(told)
    menus = Menus(desk, lambda verb, key, values: desk.submit(verb.name, key, params))
    menu: QMenu = menus.of_thing(desk.thing(key), place)
    rows = [row for row in every_row(menu) if row.data() == verb.name]
    assert rows or verb.name in NO_ROW
    if verb.name in NO_ROW:
        return
    rows[0].setEnabled(True)  # whether it fits the thing of the moment is another test's
    rows[0].trigger()
    (sent,) = link.submitted
    assert sent[:2] == asked[:2]


def test_the_exceptions_are_few() -> None:
    assert set(NO_ROW) | OWN_PROGRAM <= set(COMMANDS)
    assert len(NO_ROW) < len(VERBS) / 6
