"""The tree follows any sequence of changes with exact signals, filtered or not."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui import tree_row, tree_told
from astrolabnet_gui.gui.tree_filter import TreeFilter, parse_filter
from astrolabnet_gui.gui.tree_model import TreeModel
from astrolabnet_gui.gui.tree_row import walk
from astrolabnet_gui.gui.tree_rows import SERVERS
from astrolabnet_gui.gui.tree_sieve import FEW
from astrolabnet_gui.gui.tree_told import IdentRole
from astrolabnet_gui.gui.tree_words import NAME, SINCE, STATE
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta, diff
from astrolabnet_gui.network.store import Store
from tests.gui.scene import UUIDS, main_scene
from tests.gui.slices import PACE

STATES = {"servers": ("up", "down"), "sessions": ("idle", "busy", "dead"), "statements": ("running", "done")}


@pytest.fixture(autouse=True)
def _app(qapp: QApplication) -> None:
    """Qt's models need an application."""


def shown(model: TreeModel, parent: QModelIndex | None = None) -> Iterator[tuple[object, str, str]]:
    """Ident, name and state of each row, depth first."""
    at = QModelIndex() if parent is None else parent
    for n in range(model.rowCount(at)):
        index = model.index(n, 0, at)
        yield index.data(IdentRole), index.data(), index.siblingAtColumn(STATE).data()
        yield from shown(model, index)


@st.composite
def worlds(draw: st.DrawFn) -> dict[Key, Thing]:
    """What one server holds."""
    root = Key("s" * 8)
    things = {root: Thing(key=root, label="lal", state=draw(st.sampled_from(STATES["servers"])))}
    for n in draw(st.sets(st.integers(0, 12), max_size=5)):
        key = root.child("sessions", n, "e")
        things[key] = Thing(key=key, label=f"s{n}", state=draw(st.sampled_from(STATES["sessions"])))
        for m in draw(st.sets(st.one_of(st.integers(0, 12), st.sampled_from(["01A", "01B"])), max_size=4)):
            task = key.child("statements", m)
            things[task] = Thing(key=task, label=f"t{m}", state=draw(st.sampled_from(STATES["statements"])))
    return things if draw(st.booleans()) or len(things) > 1 else {}


@given(st.lists(worlds(), min_size=1, max_size=6), st.sampled_from(["", "state:busy", "s1", "kind:task state:done"]))
@settings(max_examples=60, deadline=None)
def test_any_sequence_of_changes_ends_where_building_anew_ends(steps: list[dict[Key, Thing]], text: str) -> None:
    model, store, old = TreeModel(), Store(), dict[Key, Thing]()
    model.show_store(store)
    model.set_filter(parse_filter(text))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for new in steps:
        delta = diff("s" * 8, old, new)
        store.apply(delta)
        model.apply(delta)
        old = new
        anew = TreeModel()
        anew.show_store(store)
        anew.set_filter(parse_filter(text))
        assert list(shown(model)) == list(shown(anew))
    assert tester.model() is model


def test_the_scene_stands_in_order_with_numbers_and_states() -> None:
    model, store = TreeModel(), Store()
    for thing in main_scene(3):
        store.apply(diff(thing.key.server, {}, {thing.key: thing}))
    model.show_store(store)
    rows = list(shown(model))
    names = [name for _, name, _ in rows]
    assert names[:6] == ["Servers", "local", "0 scratch", "lal", "3 nightly", "7 sky-density"]
    assert names.index("12 tutorial") < names.index("4 aln-ch-alerts")
    states = {name: state for _, name, state in rows}
    assert states["8 fit-periods"] == "62\u202f%"
    assert states["2 xmatch"] == "last seen"
    server = model.row_of(Key(UUIDS["lal"]))
    assert server.siblingAtColumn(SINCE).data() == "12\u202fd"
    assert model.row_of(SERVERS).siblingAtColumn(NAME).data() == "Servers"


def test_a_new_server_comes_with_all_below_it_in_one_signal() -> None:
    model, store = TreeModel(), Store()
    model.show_store(store)
    came: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: came.append((first, last)))
    root = Key("s" * 8)
    things = {root: Thing(key=root, label="lal", state="up")}
    for n in range(20):
        key = root.child("sessions", n, "e")
        things[key] = Thing(key=key, label="s", state="idle")
    delta = diff("s" * 8, {}, things)
    store.apply(delta)
    model.apply(delta)
    assert came == [(0, 0)]
    more = dict(things)
    for n in range(20, 30):
        key = root.child("sessions", n, "e")
        more[key] = Thing(key=key, label="s", state="idle")
    delta = diff("s" * 8, things, more)
    store.apply(delta)
    model.apply(delta)
    assert came == [(0, 0), (20, 29)]


def test_a_filter_says_what_it_means() -> None:
    assert parse_filter("Nightly state:busy kind:task") == TreeFilter(("nightly",), ("busy",), ("statements",))
    assert not parse_filter("state: kind:")
    key = Key("u").child("sessions", 3, "e")
    thing = Thing(key=key, label="nightly", fact="Python", state="busy")
    assert parse_filter("lal night").accepts(thing, "lal")
    assert not parse_filter("fink night").accepts(thing, "lal")
    assert parse_filter("state:busy kind:session").accepts(thing, "lal")
    assert not parse_filter("kind:task").accepts(thing, "lal")


def crowd(number: int) -> tuple[Store, Key]:
    root, store = Key("s" * 8), Store()
    things = {root: Thing(key=root, label="lal", state="up")}
    for n in range(number):
        key = root.child("sessions", n, "e")
        things[key] = Thing(key=key, label=f"work {n}", state="busy" if n % 10 == 0 else "idle")
    store.apply(diff(root.server, {}, things))
    return store, root


@pytest.fixture
def uncollected() -> Iterator[None]:
    """As in the window: what is old is searched for by gui/sweep.py when nobody would notice."""
    gc.disable()
    yield
    gc.enable()


def test_a_hundred_thousand_rows_are_filtered_in_slices(uncollected: None, qapp: QApplication) -> None:
    store, root = crowd(100_000)
    model = TreeModel()
    model.show_store(store)
    for text in ("state:busy", "", "work 77"):
        model.set_filter(parse_filter(text))
        slices = []
        while model.sieve.turning:
            before = time.thread_time()
            qapp.processEvents()
            slices.append(time.thread_time() - before)
        wanted = parse_filter(text)
        there = sum(wanted.accepts(thing, "lal") for key, thing in store.things.items() if key.path)
        assert model.there(model.row_of(root)) == there > 1000
        assert len(slices) > 5
        assert max(slices) < 0.05 * PACE, "CPU time of the longest slice"


def test_what_changes_while_rows_are_sieved_is_not_lost(qapp: QApplication) -> None:
    store, root = crowd(FEW + 100)
    model = TreeModel()
    model.show_store(store)
    model.set_filter(parse_filter("state:busy"))
    assert model.there(model.row_of(root)) == FEW + 100, "the old rows stay until the new ones are whole"
    old = {key: thing for key, thing in store.things.items() if key.server == root.server}
    new = dict(old)
    del new[root.child("sessions", 10, "e")]
    for n, state in ((11, "busy"), (20, "idle"), (FEW + 500, "busy")):
        key = root.child("sessions", n, "e")
        new[key] = Thing(key=key, label=f"work {n}", state=state)
    delta = diff(root.server, old, new)
    store.apply(delta)
    model.apply(delta)
    while model.sieve.turning:
        qapp.processEvents()
    anew = TreeModel()
    anew.set_filter(parse_filter("state:busy"))
    anew.show_store(store)
    assert list(shown(model)) == list(shown(anew))
    model.set_filter(parse_filter("state:idle"))
    model.show_store(store)
    assert not model.sieve.busy
    assert next(shown(model))[0] == SERVERS
    assert model.there(model.row_of(root)) == sum(t.state == "idle" for k, t in store.things.items() if k.path)


# --- a page at a time


def listed(model: TreeModel) -> list[tuple[object, str]]:
    """All rows, told or not."""
    return [(row.ident, row.text) for row in walk(model._rows.root)]


@given(st.lists(worlds(), min_size=1, max_size=6), st.sampled_from(["", "state:busy"]), st.data())
@settings(max_examples=80, deadline=None)
def test_rows_beyond_the_page_come_when_they_are_asked_for(
    steps: list[dict[Key, Thing]], text: str, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (tree_row, tree_told):
            patch.setattr(module, "PAGE", 2)
        model, store, old = TreeModel(), Store(), dict[Key, Thing]()
        model.show_store(store)
        model.set_filter(parse_filter(text))
        tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for new in steps:
            delta = diff("s" * 8, old, new)
            store.apply(delta)
            model.apply(delta)
            old = new
            some = [ident for ident, _, _ in shown(model)]
            index = model.row_of(data.draw(st.sampled_from(some)))
            if model.has_more(index):
                before = model.rowCount(index)
                model.tell_more(index)
                assert before < model.rowCount(index) <= before + 2
            anew = TreeModel()
            anew.show_store(store)
            anew.set_filter(parse_filter(text))
            assert listed(model) == listed(anew)
            told = [ident for ident, _, _ in shown(model)]
            assert told == [ident for ident, _ in listed(model)[1:] if ident in set(told)]
            for ident in (ident for ident, _ in listed(model)[1:] if isinstance(ident, Key)):
                assert model.rowCount(model.row_of(ident)) >= min(2, model.there(model.row_of(ident)))
        for ident in [ident for ident, _ in listed(model)[1:]]:
            assert model.bring(ident).data(IdentRole) == ident
        assert [ident for ident, _, _ in shown(model)] == [ident for ident, _ in listed(model)[1:]]
        assert tester.model() is model


def test_one_session_with_a_hundred_thousand_tasks_is_filtered_in_slices(uncollected: None, qapp: QApplication) -> None:
    store, root = crowd(1)
    session = root.child("sessions", 0, "e")
    tasks = (
        Thing(key=session.child("statements", n), label=f"task {n}", state="done" if n % 9 else "running")
        for n in range(100_000)
    )
    store.apply(Delta(root.server, added=tuple(tasks)))
    model = TreeModel()
    model.show_store(store)
    for text in ("state:running", "", "task 77"):
        model.set_filter(parse_filter(text))
        slices = []
        while model.sieve.turning:
            before = time.thread_time()
            qapp.processEvents()
            slices.append(time.thread_time() - before)
        assert model.there(model.row_of(session)) > 1000
        assert len(slices) > 5
        assert max(slices) < 0.05 * PACE, "CPU time of the longest slice"
