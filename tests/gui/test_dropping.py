"""A file let fall on a server opens the form that fits, with everything that can be known filled in."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.dropping import Dropping, form_of
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server, session

LAL = Key(UUIDS["lal"])


def test_a_script_goes_to_the_server_of_the_thing_below(tmp_path: Path) -> None:
    session = LAL.child("sessions", 3, "e")
    for name in ("job.py", "job.R"):
        wanted = form_of(tmp_path / name, session)
        assert wanted is not None
        assert (wanted[0].name, *wanted[1:]) == ("batch.new", LAL, {"file": f"here:{tmp_path / name}"})


def test_a_jar_brings_its_main_class(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.jar", "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Main-Class: org.sky.Main\n")
    wanted = form_of(tmp_path / "a.jar", LAL)
    assert wanted is not None
    assert wanted[2]["class_name"] == "org.sky.Main"
    (tmp_path / "b.jar").write_bytes(b"no jar")
    broken = form_of(tmp_path / "b.jar", LAL)
    assert broken is not None
    assert broken[2]["class_name"] == ""


def test_a_table_goes_into_the_namespace_or_onto_the_server_below(tmp_path: Path) -> None:
    night = LAL.child("catalogs", "spark_catalog", epoch="").child("namespaces", "night")
    for name, on, meant in (
        ("a.fits", LAL.child("sessions", 3, "e"), LAL), ("a.VOT", night, night),
        ("b.csv", night.child("tables", "t"), night),
    ):  # fmt: skip
        wanted = form_of(tmp_path / name, on)
        assert wanted is not None
        assert (wanted[0].name, *wanted[1:]) == ("table.load", meant, {"file": str(tmp_path / name)})
    assert form_of(tmp_path / "a.fits", None) is None


def test_an_action_needs_no_server_and_what_does_not_fit_is_not_taken(tmp_path: Path) -> None:
    wanted = form_of(tmp_path / "pi.toml", None)
    assert wanted is not None
    assert (wanted[0].name, wanted[2]) == ("action.load", {"file": str(tmp_path / "pi.toml")})
    assert form_of(tmp_path / "job.py", None) is None
    assert form_of(tmp_path / "picture.png", LAL) is None


@pytest.mark.parametrize(("name", "taken"), [("job.py", True), ("notes.txt", False)])
def test_the_drop_itself(qtbot: QtBot, tmp_path: Path, name: str, taken: bool) -> None:
    panel, asked = QWidget(), []
    qtbot.addWidget(panel)
    Dropping(panel, lambda _: LAL, lambda *form: asked.append(form), panel)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
    button, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), copy, mime, button, keys)
    QApplication.sendEvent(panel, enter)
    assert enter.isAccepted() == taken
    QApplication.sendEvent(panel, QDropEvent(QPointF(5, 5), copy, mime, button, keys))
    assert [form[0].name for form in asked] == (["batch.new"] if taken else [])


def test_it_works_on_a_row_of_the_tree_and_on_a_node(window: Window, link: FakeLink, tmp_path: Path) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    QApplication.processEvents()
    row = window.tree.visualRect(window.model.row_of(LAL)).center()
    node = QPointF(*window.canvas.view.to_screen(*window.canvas.positions()[LAL]))
    places = ((window.tree.viewport(), QPointF(row)), (window.canvas, node))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "job.py"))])
    button, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    for panel, at in places:
        # Qt hands a drop to the widget that took the drag in.
        QApplication.sendEvent(panel, QDragEnterEvent(at.toPoint(), copy, mime, button, keys))
        QApplication.sendEvent(panel, QDropEvent(at, copy, mime, button, keys))
        assert window.verbs.form is not None
        assert window.verbs.form.verb.name == "batch.new"
        assert window.verbs.form.controls["file"].raw == f"here:{tmp_path / 'job.py'}"
        window.verbs.leave_form()
