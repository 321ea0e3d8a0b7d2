"""Sources and channels in the tree: groups of their own, there while there is something in them."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.tree_filter import parse_filter
from astrolabnet_gui.gui.tree_model import TreeModel
from astrolabnet_gui.gui.tree_rows import SERVERS
from astrolabnet_gui.gui.tree_words import STATE
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from tests.gui.archipelago import source
from tests.gui.scene import data, server

FLOWS = [thing for thing in data() if thing.key.kind in ("sources", "channels")]


@pytest.fixture(autouse=True)
def _app(qapp: QApplication) -> None:
    """Qt's models need an application."""


def groups(model: TreeModel) -> list[str]:
    return [str(model.index(n, 0).data()) for n in range(model.rowCount())]


def state(model: TreeModel, thing: Thing) -> object:
    return model.row_of(thing.key).siblingAtColumn(STATE).data()


def test_they_come_and_go_with_what_they_hold_and_nothing_else_moves() -> None:
    model, store = TreeModel(), Store()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    store.apply(Delta("", added=(server("lal"),)))
    model.show_store(store)
    bare = ["Servers", "Actions", "Tasks", "Journal"]
    assert groups(model) == bare

    def change(delta: Delta) -> None:
        store.apply(delta)
        model.apply(delta)

    change(Delta("", added=tuple(FLOWS)))
    assert groups(model) == ["Servers", "Sources", "Channels", "Actions", "Tasks", "Journal"]
    assert [model._rows.groups[name].fact for name in ("sources", "channels")] == ["1", "2"]
    change(Delta("", added=(source("ZTF alerts", "Kafka"),)))
    assert model._rows.groups["sources"].fact == "2"
    change(Delta("", removed=tuple(thing.key for thing in FLOWS if thing.key.kind == "channels")))
    assert groups(model) == ["Servers", "Sources", "Actions", "Tasks", "Journal"]
    change(Delta("", removed=tuple(thing.key for thing in store.children(Key("")))))
    assert groups(model) == bare
    assert model.rowCount(model.row_of(SERVERS)) == 1
    del tester


def test_a_channel_says_how_far_it_is_behind_else_how_much_flows() -> None:
    model, store = TreeModel(), Store()
    store.apply(Delta("", added=tuple(FLOWS)))
    model.show_store(store)
    alerts, behind = (thing for thing in FLOWS if thing.key.kind == "channels")
    assert state(model, alerts) == "lag 2\u202fs"
    assert state(model, behind) == "lag 6\u202fmin"
    free = alerts.model_copy(update={"payload": alerts.payload.model_copy(update={"lag_s": None})})
    paused = behind.model_copy(update={"state": "paused"})
    store.apply(Delta("", changed=(free, paused)))
    model.apply(Delta("", changed=(free, paused)))
    assert state(model, alerts) == "412 rows/s"
    assert state(model, behind) == "paused"
    model.set_filter(parse_filter("kind:channel"))
    assert "Channels" in groups(model)
    assert "Sources" not in groups(model)
