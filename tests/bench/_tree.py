"""The tree at ten thousand to a million rows: CPU ms of showing, scrolling, changing, filtering."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.tree_filter import parse_filter
from astrolabnet_gui.gui.tree_model import TreeModel
from astrolabnet_gui.gui.tree_view import TreeView
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from tests.gui.archipelago import server, session, task


def rows(count: int) -> Store:
    """Servers with twenty sessions of nine tasks each."""
    store, made, n = Store(), 0, 0
    while made < count:
        name = f"s{n}"
        things = [server(name)]
        for k in range(20):
            things.append(session(name, k, f"work {k}", "pyspark"))
            things += [task(name, k, j, f"task {j}", "done") for j in range(9)]
        store.apply(Delta(name, added=tuple(things)))
        made, n = made + len(things), n + 1
    return store


def measure(count: int, dress: Dress) -> dict[str, object]:
    """All acts on one tree."""
    store = rows(count)
    model = TreeModel()
    view = TreeView(model, dress)
    view.resize(344, 900)
    view.show()
    found: dict[str, object] = {"rows": len(store.things)}

    def timed(name: str, act: Callable[[], object]) -> None:
        begun = time.thread_time()
        act()
        QApplication.processEvents()
        view.viewport().repaint()
        found[name] = round((time.thread_time() - begun) * 1000, 1)

    timed("show_ms", lambda: model.show_store(store))
    for n in range(min(20, len(store.servers()))):
        view.expand(model.row_of(server(f"s{n}").key))
    bar = view.verticalScrollBar()
    timed("scroll_ms", lambda: bar.setValue(bar.value() + 3))
    timed("page_ms", lambda: bar.setValue(bar.value() + 40))
    some = [thing for thing in list(store.things.values())[:2000] if thing.key.kind == "statements"][:1000]
    deltas = [Delta(t.key.server, changed=(t.model_copy(update={"state": "failed"}),)) for t in some]

    def follow() -> None:
        for delta in deltas:
            store.apply(delta)
            model.apply(delta)

    timed("change_1000_ms", follow)
    timed("filter_ms", lambda: model.set_filter(parse_filter("work 7")))
    found["rss_mb"] = round(psutil.Process().memory_info().rss / 1e6)
    view.close()
    view.deleteLater()
    QApplication.processEvents()
    return found
