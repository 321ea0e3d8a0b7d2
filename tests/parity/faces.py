"""Faces: one act, done as a person or a program does it through each of the four."""

from __future__ import annotations

import asyncio
import json
import queue
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PySide6.QtWidgets import QMenu, QWidget

from astrolabnet_gui.cli import app
from astrolabnet_gui.command.copied import cli_line
from astrolabnet_gui.command.registry import COMMANDS, HIDDEN, Command
from astrolabnet_gui.errors import AstroLabNetError
from astrolabnet_gui.gate import LOOPBACK
from astrolabnet_gui.gui.chooser import CHOOSERS
from astrolabnet_gui.gui.desk import Desk as WindowDesk
from astrolabnet_gui.gui.form import Form
from astrolabnet_gui.gui.menus import SEND, Menus
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.net.desk import ENDED, Desk
from astrolabnet_gui.net.world import Net
from astrolabnet_gui.web.app import make_app
from astrolabnet_gui.web.hub import Hub
from astrolabnet_gui.web.keys import Keys
from tests.gui.menu_rows import every_row
from tests.web.harbour import HOME, history

from .looked import Looked


@dataclass(frozen=True)
class Meant:
    """What a line of Python asks for."""

    line: str
    name: str
    key: Key | None
    params: Mapping[str, Any]

    @property
    def verb(self) -> Command:
        """Its row of the table."""
        return COMMANDS[self.name]


class Greyed(Exception):
    """The row of the menu can not be chosen; its reason."""


class _Meant(Exception):
    """It is known what is asked for."""


class _Reading:
    """A link that only says what it is asked for."""

    def __init__(self, place: Looked) -> None:
        self._link = place.engine
        self.asked: tuple[str, Key | None, dict[str, Any]] | None = None

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any]) -> str:
        self.asked = (command, key, dict(params))
        raise _Meant

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)


def meant(line: str, place: Looked) -> Meant:
    """What a line asks for, there."""
    reading = _Reading(place)
    desk = Desk(reading, lambda _: "yes", lambda _: None)
    try:
        with pytest.raises(_Meant):
            eval(line, {"net": Net(desk)})
    finally:
        desk.close()
    assert reading.asked is not None
    return Meant(line, *reading.asked)


def python(act: Meant, place: Looked) -> None:
    """A line of a script."""
    with suppress(AstroLabNetError):  # its end is looked at as the engine tells it
        eval(act.line, {"net": place.net})


def command_line(act: Meant, place: Looked) -> None:
    """Words after ``astrolabnet``."""

    @contextmanager
    def opened(answer: Any, tell: Any, **_: Any) -> Iterator[Any]:
        desk = Desk(place.engine, answer, tell)
        try:
            yield place.opened(desk)
        finally:
            desk.close()

    alias = place.alias(act.key)
    line = cli_line(act.name, act.key, act.params, alias)
    assert line, f"{act.name} can not be said on the command line"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "opened", opened)
        code = app.main([*shlex.split(line)[1:], "--answer", "yes", "--quiet"])
        assert code in (0, 1, 2, 3), f"{line} ended with {code}"


def rest(act: Meant, place: Looked, questions: Iterable[str]) -> None:
    """A POST that brings its answers, and again with the answer to what else it asks."""
    keys = Keys()
    on = {} if act.key is None else {"on": act.key.address(place.alias(act.key))}
    body: dict[str, Any] = {
        **on,
        "params": json.loads(json.dumps(act.params)),
        "answers": dict.fromkeys(questions, "yes"),
    }

    async def posted() -> httpx.Response:
        hub = Hub(place.engine)
        site = make_app(hub, history, keys, names=LOOPBACK)
        headers = {"Authorization": f"Bearer {keys.tokens['run']}"}
        transport = httpx.ASGITransport(site)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=HOME, headers=headers) as client:
                while not hub.store.servers() or (act.key is not None and hub.store.get(act.key) is None):
                    await asyncio.sleep(0.001)
                return await client.post(f"/api/commands/{act.name}", json=body)
        finally:
            hub.close()

    for _ in range(4):
        answer = asyncio.run(posted())
        question = answer.json().get("problem", {}).get("question")
        if not question:
            return
        place.forget()
        body["answers"][question["text"]] = "yes"
    raise AssertionError(f"{act.name} goes on asking: {answer.text}")


class Window:
    """The desk, menus and forms of the window at a place."""

    def __init__(self, place: Looked, parent: QWidget) -> None:
        self._place, self._parent = place, parent
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.desk = WindowDesk()
        self.desk.connect_to(place.engine)
        self.close: Callable[[], None] = place.engine.subscribe(self._heard.put)
        self.desk.asked.connect(lambda act: self.desk.answer(act, "yes"))
        self.form: Form | None = None
        self._given: Mapping[str, Any] = {}
        self._menus = Menus(self.desk, self._show)

    def _show(self, verb: Command, key: Key | None, values: Mapping[str, Any]) -> None:
        self.form = Form(self.desk, verb, key, {**values, **self._given}, self._parent)

    def _hear(self, until: Callable[[], bool]) -> None:
        while not until():
            self.desk.receive(self._heard.get(timeout=30))

    def act(self, act: Meant) -> None:
        """The row of the menu, and the form it opens, filled in; what no menu has the window asks by itself."""
        while not self._heard.empty():
            self.desk.receive(self._heard.get())
        self._hear(lambda: act.key is None or self.desk.thing(act.key) is not None)
        before, self.form, self._given = set(self.desk.acts), None, act.params
        if act.name in HIDDEN:
            self.desk.submit(act.name, act.key, act.params, here=False)
        else:
            self._choose(act)
        (run,) = [
            one
            for one, did in self.desk.acts.items()
            if one not in before and did.command == act.name and did.here is not None
        ]
        self._hear(lambda: self.desk.acts[run].state in ENDED)
        if self.form is not None:
            self.form.setParent(None)
            self.form.deleteLater()

    def _choose(self, act: Meant) -> None:
        menu = self._menus.of_thing(self.desk.thing(act.key), self._parent)
        rows = [row for row in every_row(menu) if row.data() == self._row(act)]
        if act.name in CHOOSERS:
            below = rows[0].menu()
            assert isinstance(below, QMenu)
            offers = [value for _, _, value, _ in CHOOSERS[act.name](self.desk.store.things[act.key], self.desk)]
            rows = [list(every_row(below))[offers.index(next(iter(act.params.values())))]]
        assert rows, f"no row of the menu does {act.name}"
        if not rows[0].isEnabled():
            raise Greyed(self.desk.why_not(act.verb, self.desk.thing(act.key)))
        rows[0].trigger()
        if self.form is not None:
            self.form.send()
            assert not self.form.errors(), self.form.errors()
        menu.deleteLater()

    def _row(self, act: Meant) -> str:
        if act.name in SEND.values():
            return f"{act.params['action']}/{act.params['kind']}" if act.params.get("action") else "write"
        return act.name
