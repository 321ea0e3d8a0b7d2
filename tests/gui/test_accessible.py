"""Rows, nodes and wires have role, name and state for a screen reader; every control has a name."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.delta import Delta
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, UUIDS, main_scene, session

NAME = QAccessible.Text.Name


def heard(widget: QWidget) -> list[QAccessibleInterface]:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return [child for n in range(interface.childCount()) if (child := interface.child(n)) is not None]


def test_rows_of_the_tree_have_role_name_and_state(window: Window, link: FakeLink) -> None:
    link.things(main_scene(3))
    window.desk.select(CHOSEN)
    cells = heard(window.tree)
    names = [cell.text(NAME) for cell in cells]
    row = next(cell for cell in cells if cell.text(NAME) == "7 sky-density, done")
    assert row.role() == QAccessible.Role.TreeItem
    assert row.state().selected
    assert any(name.startswith("gaia-arch") and "down" in name for name in names)


def test_nodes_and_wires_of_the_graph_have_role_name_and_state(window: Window, link: FakeLink) -> None:
    link.things(main_scene(3))
    window.canvas.fly((1.0, *window.canvas.view.centre))
    window.graph_list.nodes.renew()
    items = heard(window.graph_list)
    names = [item.text(NAME) for item in items]
    assert all(item.role() == QAccessible.Role.ListItem for item in items)
    assert len(items) >= 8
    assert all(names)
    assert any(name.startswith("server lal, up") for name in names)
    told = [item.text(QAccessible.Text.Description) for item in items]
    assert "server, up" in told
    assert any(words.startswith("server, down") for words in told)


def test_the_list_follows_the_graph_and_picks(window: Window, link: FakeLink) -> None:
    link.things(main_scene(3))
    nodes = window.graph_list.nodes
    nodes.renew()
    seen: list[int] = []
    nodes.dataChanged.connect(lambda first, _last: seen.append(first.row()))
    key = Key(UUIDS["lal"], "e", ("sessions", 3))
    link.delta(Delta(UUIDS["lal"], changed=(session("lal", 3, "nightly", "pyspark", "idle", 1),)))
    nodes.renew()
    at = [node.key for node in nodes.nodes].index(key)
    assert at in seen
    assert nodes.nodes[at].state == "idle"
    window.graph_list.activated.emit(nodes.index(at))
    assert window.desk.selection == key


def test_every_control_has_a_name(window: Window, link: FakeLink) -> None:
    link.things(main_scene(3))
    window.desk.select(CHOSEN)
    window.verbs.do("session.new", Key(UUIDS["lal"]))
    nameless = []
    looked_at = 0
    for kind in (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit):
        for made in window.shell.findChildren(kind):
            interface = QAccessible.queryAccessibleInterface(made)
            inside = isinstance(made.parent(), QLineEdit)
            hidden = inside or not made.isVisible() or made.objectName().startswith("qt_")
            if hidden or interface is None:
                continue
            looked_at += 1
            words = interface.text(NAME) or getattr(made, "placeholderText", str)() or made.toolTip()
            if not words:
                nameless.append(f"{type(made).__name__} {made.objectName()} in {type(made.parent()).__name__}")
    assert looked_at > 15
    assert not nameless
