"""A picture of a result: as the server sent it into a file, near and far, to the clipboard."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.panels.image import MOST, STEP, ImagePage
from astrolabnet_gui.model.output import Image
from tests.gui.test_result import real_png


@pytest.fixture
def page(qtbot: QtBot) -> ImagePage:
    made = ImagePage(Image(mime="image/png", base64=real_png()), "result of 7")
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    qtbot.waitExposed(made)
    return made


def answer(monkeypatch: pytest.MonkeyPatch, place: str) -> list[str]:
    asked: list[str] = []

    def name(_parent: object, _title: str, proposed: str, _kinds: str) -> tuple[str, str]:
        asked.append(proposed)
        return place, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    return asked


def test_it_is_saved_byte_by_byte_as_the_server_sent_it(
    page: ImagePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, str(tmp_path / "it.png"))
    page.save()
    assert asked == ["result of 7.png"]
    assert (tmp_path / "it.png").read_bytes() == base64.b64decode(real_png())


def test_who_thinks_better_of_it_writes_nothing(
    page: ImagePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "")
    page.save()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_can_not_be_written_is_said(
    page: ImagePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    answer(monkeypatch, str(tmp_path / "file" / "it.png"))
    page.save()
    (box,) = page.findChildren(QMessageBox)
    assert box.text().startswith("it.png could not be saved: ")
    box.close()


def test_near_and_far_by_keys_and_wheel_and_never_out_of_bounds(page: ImagePage, qtbot: QtBot) -> None:
    picture = page.picture
    qtbot.keyClick(picture, Qt.Key.Key_0)
    assert picture.scale == 1.0 / picture.devicePixelRatioF()
    qtbot.keyClick(picture, Qt.Key.Key_Plus)
    assert picture.scale == pytest.approx(STEP / picture.devicePixelRatioF())
    for _ in range(40):
        wheel = QWheelEvent(
            QPointF(20, 20), QPointF(20, 20), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(picture, wheel)
    assert picture.scale == MOST
    qtbot.keyClick(picture, Qt.Key.Key_F)
    assert picture.scale <= 1.0


def test_it_goes_to_the_clipboard(page: ImagePage, qtbot: QtBot) -> None:
    QApplication.clipboard().clear()
    copy = next(link for link in page.foot.findChildren(QAbstractButton) if link.text() == "Copy")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().pixmap().width() == 30
