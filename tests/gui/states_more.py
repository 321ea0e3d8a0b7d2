"""The panels of sources, tables, datasets and groups, and a form, in their four states, over an engine that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.form import Form
from astrolabnet_gui.gui.menus import Menus
from astrolabnet_gui.gui.panels.data import DataPanel
from astrolabnet_gui.gui.panels.dataset import DatasetPanel
from astrolabnet_gui.gui.panels.group import GroupPanel
from astrolabnet_gui.gui.panels.source import SourcePanel
from astrolabnet_gui.model.group import Group, Member
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui import test_data_panel as data
from tests.gui import test_dataset_panel as dataset
from tests.gui import test_group as group
from tests.gui import test_source_panel as source
from tests.gui.fakes import FakeLink
from tests.gui.scene import main_scene, server
from tests.gui.states import _desk, _dress

Maker = Callable[[], QWidget]
LONG = Problem(type="Refused", what="the table archive.object_v2 has vanished since 13:48 while it was being read, "
               "in the third of four steps.", server="lal", remedy="Look again.")  # fmt: skip
SCHEMES = ("empty", "loading", "full", "failed")


def _answering(link: FakeLink, answers: Mapping[str, Any]) -> None:
    """Say what was asked for, once the panel knows that it asked; an absent answer never comes."""

    def answer(run: str, command: str, key: Key | None, _params: Mapping[str, Any]) -> None:
        if command in answers:
            told = answers[command]
            state = RunState.FAILED if isinstance(told, Problem) else RunState.DONE
            more = {"problem": told} if isinstance(told, Problem) else {"result": told}
            QTimer.singleShot(0, lambda: link.run(run, command, state, key=key, **more))

    link.on_submit = answer


def _panel(made: Callable[..., QWidget], things: list[Thing], key: Key | None, answers: Mapping[str, Any]) -> QWidget:
    desk, link = _desk(things)
    _answering(link, answers)
    widget = made(desk, Menus(desk, lambda *_: None), _dress()) if made is SourcePanel else made(desk, _dress())
    desk.setParent(widget)
    desk.select(key)
    widget.show_key(key)  # type: ignore[attr-defined]
    return widget


def _source(state: str) -> Maker:
    packets = {
        "packets": [source.packet(n, problem="half a packet" if n % 7 == 6 else "") for n in range(30)],
        "after": {"fink_sn/0": 99}, "kept": 36_000,
    }  # fmt: skip
    told: dict[str, Any] = {
        "empty": {"source.tail": {"packets": [], "after": {}, "kept": 0}}, "loading": {},
        "full": {"source.tail": packets}, "failed": {"source.tail": LONG},
    }  # fmt: skip
    return lambda: _panel(SourcePanel, [server("lal"), source.source()], source.FINK, told[state])


def _service(state: str) -> Maker:
    rows = [
        [f"gaiadr3.table_{n}", "table", "Stars with a description that is long enough to need room"] for n in range(40)
    ]
    told: dict[str, Any] = {
        "empty": {"source.tables": source.tables([])}, "loading": {}, "full": {"source.tables": source.tables(rows)},
        "failed": {"source.tables": LONG},
    }  # fmt: skip
    return lambda: _panel(SourcePanel, [server("lal"), source.gaia()], source.GAIA, told[state])


def _data(state: str) -> Maker:
    told: dict[str, Any] = {
        "empty": {"table.look": {"table": {"columns": data.LOOK["table"]["columns"], "rows": []}, "facts": {}}},
        "loading": {}, "full": {"table.look": data.LOOK}, "failed": {"table.look": LONG},
    }  # fmt: skip
    return lambda: _panel(DataPanel, data.things(), data.ALERTS, told[state])


def _dataset(state: str) -> Maker:
    told: dict[str, Any] = {
        "empty": {"dataset.newest": {"replicas": [], "not_asked": []}}, "loading": {},
        "full": {"dataset.newest": {"replicas": dataset.ASKED["replicas"], "not_asked": dataset.SILENT}},
        "failed": {"dataset.newest": LONG},
    }  # fmt: skip
    return lambda: _panel(DatasetPanel, dataset.things(), dataset.ZTF, told[state])


def _group(state: str) -> Maker:
    members = {
        "empty": (),
        "loading": (Member(address="lal", alias="lal", thing=group.TASK, state="running", progress=0.5),),
        "full": tuple(Member(address=name, alias=name, thing=group.TASK, state="done", parts=(group.TABLE,))
                      for name in ("lal", "fink", "cc-lyon")),
        "failed": (Member(address="fink", alias="fink", state="refused", problem=LONG.what),),
    }[state]  # fmt: skip

    def make() -> QWidget:
        told = Group(title="Alerts by class", members=members, params={})
        return _panel(GroupPanel, [server("lal"), server("fink"), group.thing_of(group.ALERTS, told)], group.ALERTS, {})

    return make


def _form(state: str) -> Maker:
    """Empty: as it opens; loading: while it is sent; full: each field filled; failed: refused at a field."""

    def make() -> QWidget:
        desk, link = _desk(main_scene())
        made = Form(desk, COMMANDS["server.add"], None, {})
        desk.setParent(made)
        if state == "empty":
            return made
        for field in made.findChildren(QLineEdit):
            if not isinstance(field.parent(), QComboBox):
                field.setText("" if state == "failed" else "https://livy.observatory.example:8998/a/long/way/to/it")
        _answering(link, {"server.add": LONG} if state == "failed" else {})
        made.send()
        return made

    return make


MORE: dict[str, dict[str, Maker]] = {
    name: {state: of(state) for state in SCHEMES}
    for name, of in (("source", _source), ("service", _service), ("data", _data), ("dataset", _dataset),
                     ("group", _group), ("form", _form))
}  # fmt: skip
