"""The branch Tasks: newest first, a page at a time, found by words; the result of an archived task comes when it is
looked at; sent again to another server in three clicks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.history import search_of
from astrolabnet_gui.gui.tree_filter import parse_filter
from astrolabnet_gui.gui.tree_rows import OLDER, TASKS
from astrolabnet_gui.gui.tree_told import IdentRole
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.record import Record, history_key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink

NOW = datetime.now(UTC)
LAL = Thing(key=Key("u1"), label="lal", state="up", payload=Server(uuid="u1", alias="lal", url="http://lal"))
Settle = Callable[[Callable[[], bool]], None]


def record(n: int, **more: Any) -> Record:
    return Record.model_validate(
        {"task_key": f"01{n:024d}", "name": f"night {n}", "state": "done", "alias": "lal", "server": "u1", "session": 3,
         "ident": n, "language": "pyspark", "sent": NOW - timedelta(days=9 - n),
         "completed": NOW - timedelta(days=9 - n)} | more
    )  # fmt: skip


class Archive:
    """Answers ``task.find`` and ``task.result`` as the engine would."""

    def __init__(self, link: FakeLink, records: list[Record]) -> None:
        self.link = link
        self.records = sorted(records, key=lambda r: r.task_key, reverse=True)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        link.on_submit = self.answer

    def answer(self, run: str, command: str, key: Key | None, params: Mapping[str, Any]) -> None:
        self.asked.append((command, dict(params)))
        if command == "task.find":
            fit = [r for r in self.records if not params.get("text") or params["text"] in f"{r.name} {r.problem}"]
            page = [r for r in fit if r.task_key < params.get("before", "Z")][: params["limit"]]
            self.link.delta(Delta("", added=tuple(r.thing() for r in page if r.task_key not in self.known)))
            self.known |= {r.task_key for r in page}
            self.runs.append((run, {"total": len(fit), "tasks": [{"task_key": r.task_key} for r in page]}))
        elif command == "task.result" and key is not None:
            kept = next(r for r in self.records if r.task_key == key.id)
            output = {"status": "ok", "data": {"text/plain": "the kept words"}}
            self.link.delta(Delta("", changed=(kept.thing("code", output),)))

    def finish(self) -> None:
        """Let the finds end: the face knows their runs by now."""
        for run, told in self.runs:
            self.link.run(run, "task.find", RunState.DONE, result=told)
        self.runs.clear()

    known: set[str]
    runs: list[tuple[str, dict[str, Any]]]


@pytest.fixture
def archive(link: FakeLink, window: Window) -> Archive:
    made = Archive(link, [record(n) for n in range(120)])
    made.known, made.runs = set(), []
    assert window
    return made


def rows(window: Window) -> list[str]:
    group = window.model.row_of(TASKS)
    return [str(window.model.index(n, 0, group).data()) for n in range(window.model.rowCount(group))]


def _inner(row: QAction) -> QMenu:
    menu = row.menu()  # type: ignore[attr-defined]
    assert isinstance(menu, QMenu)
    return menu


def begin(archive: Archive) -> None:
    archive.link.things([LAL])
    archive.finish()


def test_tasks_come_newest_first_a_page_at_a_time(window: Window, archive: Archive) -> None:
    begin(archive)
    assert rows(window) == [f"night {n}" for n in range(119, 69, -1)] + ["Show older tasks"]
    older = window.model.row_of(OLDER)
    window.tree.setCurrentIndex(older)
    window.tree.opened.emit(older.data(IdentRole))
    archive.finish()
    assert len(rows(window)) == 101
    window.tree.opened.emit(OLDER)
    archive.finish()
    assert rows(window) == [f"night {n}" for n in range(119, -1, -1)]
    assert [asked.get("before") for command, asked in archive.asked if command == "task.find"] == [
        None, record(70).task_key, record(20).task_key,
    ]  # fmt: skip


def test_a_new_task_stands_above_and_follows_its_state(window: Window, archive: Archive, link: FakeLink) -> None:
    begin(archive)
    new = record(500, state="done").thing().model_copy(update={"state": "running", "progress": 0.5})
    link.delta(Delta("", added=(new,)))
    assert rows(window)[0] == "night 500"
    link.delta(Delta("", changed=(new.model_copy(update={"state": "failed", "progress": None}),)))
    first = window.model.row_of(new.key)
    assert first.siblingAtColumn(1).data() == "failed"
    link.delta(Delta("", removed=(new.key,)))
    assert rows(window)[0] == "night 119"


def test_the_filter_brings_what_the_archive_finds_in_code_and_output(
    window: Window, archive: Archive, settle: Settle
) -> None:
    archive.records[100] = record(19, problem="Lyman alpha was out of range")
    begin(archive)
    window.shell.filter.setText("Lyman")
    settle(lambda: bool(archive.runs))
    archive.finish()
    assert rows(window) == ["night 19"]
    window.shell.filter.clear()
    settle(lambda: len(rows(window)) > 50)
    assert rows(window)[-1] == "Show older tasks"


def test_an_archived_task_shows_its_result_from_the_archive(
    window: Window, archive: Archive, qtbot: QtBot, link: FakeLink
) -> None:
    begin(archive)
    key = history_key(record(119).task_key)
    window.tree.setCurrentIndex(window.model.row_of(key))
    assert window.desk.selection == key
    assert ("task.result", {"brief": True}) in archive.asked
    facts = window.detail.findChildren(QLabel)
    words = " | ".join(part.text() for part in facts if part.isVisibleTo(window.detail))
    assert "kept in the archive" in words
    assert "lal › session 3 › task 119" in words
    tabs = window.detail.result.tabs
    assert "Text" in [tabs.tabText(n) for n in range(tabs.count())]
    asked = len(archive.asked)
    window.desk.select(None)
    window.desk.select(key)
    assert len(archive.asked) == asked, "what is there already is not fetched again"


def test_three_clicks_send_a_task_again_to_another_server(
    window: Window, archive: Archive, link: FakeLink, qtbot: QtBot
) -> None:
    begin(archive)
    clicks = 0
    key = history_key(record(119).task_key)
    thing = window.desk.thing(key)
    menu = window.menus.of_thing(thing, window.shell)
    clicks += 1  # the right button on its row
    more = next(row for row in menu.actions() if row.data() == "task.forward")
    inner = _inner(more)
    clicks += 1  # Send again to
    (row,) = [row for row in inner.actions() if row.text() == "lal"]
    row.trigger()
    clicks += 1
    assert clicks <= 3
    assert link.submitted[-1] == ("task.forward", key, {"server": "lal"})
    menu.deleteLater()


def test_two_tasks_are_compared_in_a_panel(window: Window, archive: Archive, link: FakeLink) -> None:
    begin(archive)
    key = history_key(record(119).task_key)
    menu = window.menus.of_thing(window.desk.thing(key), window.shell)
    inner = _inner(next(row for row in menu.actions() if row.data() == "task.compare"))
    row = next(row for row in inner.actions() if row.text().startswith("night 118"))
    row.trigger()
    command, at, params = link.submitted[-1]
    assert (command, at, params) == ("task.compare", key, {"other": record(118).task_key})
    told = {
        "names": ["night 119", "night 118"],
        "facts": [["State", "done", "failed"]],
        "code": ["-a", "+b"],
        "output": [],
    }
    link.run(
        f"run{len(link.submitted) - 1}", "task.compare", RunState.DONE, result=told, text="night 119 and night 118"
    )
    assert window.shell.strip.currentWidget() is window.compare
    assert window.compare.words == "night 119 and night 118"
    assert "-a\n+b" in window.compare.difference
    assert "Output is the same" in window.compare.difference
    menu.deleteLater()


@pytest.mark.parametrize(
    ("text", "asked"),
    [("", {}), ("lyman alpha", {"text": "lyman alpha"}), ("state:failed", {"state": "failed"}), ("kind:server x", {}),
     ("kind:task server:lal language:python since:3d x",
      {"server": "lal", "language": "pyspark", "since": "3d", "text": "x"}),
     ("language:cobol state:", {}), ("a:b", {"text": "a:b"})],
)  # fmt: skip
def test_what_the_archive_is_asked(text: str, asked: dict[str, str]) -> None:
    assert search_of(text) == asked


def test_server_language_and_time_narrow_the_tree() -> None:
    thing = record(8).thing()
    assert parse_filter("server:lal language:python since:3d").accepts(thing, "")
    for other in ("server:cern", "language:sql", "since:1h", "kind:server", "state:failed"):
        assert not parse_filter(other).accepts(thing, ""), other
    assert parse_filter("kind:task").accepts(thing, "")
    assert not parse_filter("since:yesterday"), "an unfinished word is not there yet"
