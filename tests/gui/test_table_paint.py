"""A table paints what came into sight and no more; each column is as wide as what it shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.panels.cell_paint import CellPainter
from astrolabnet_gui.gui.panels.table import TableModel, table_view
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.output import Column, Table

SKY = Table(
    columns=(
        Column(name="objectId", type="string"),
        Column(name="ra", type="double"),
        Column(name="mag", type="float"),
    ),
    rows=tuple((f"ZTF{n:09d}", 295.658712345 + n / 7, None if n == 1 else 18.5 + n % 3) for n in range(2000)),
)


class Counting(TableModel):
    """Counts the cells whose words were asked for."""

    asked = 0

    def words(self, row: int, column: int) -> tuple[str, bool]:
        self.asked += 1
        return super().words(row, column)


def asked_after(model: Counting) -> int:
    model.asked = 0
    QApplication.processEvents()
    return model.asked


def test_a_step_of_the_wheel_paints_only_the_rows_that_came(qtbot: QtBot, dress: Dress) -> None:
    model = Counting(SKY, dress)
    view = table_view(model, dress)
    qtbot.addWidget(view)
    view.resize(600, 800)
    with qtbot.waitExposed(view):
        view.show()
    QApplication.processEvents()
    bar = view.verticalScrollBar()
    view.viewport().update()
    whole = asked_after(model)
    rows = view.viewport().height() // view.rowHeight(0)
    assert whole >= 3 * rows
    bar.setValue(bar.value() + 2 * view.rowHeight(0))
    assert 0 < asked_after(model) <= 3 * 4


def test_each_column_is_as_wide_as_its_words(qtbot: QtBot, dress: Dress) -> None:
    view = table_view(TableModel(SKY, dress), dress)
    qtbot.addWidget(view)
    model = view.model()
    assert isinstance(model, TableModel)
    for column in range(3):
        wide = max(view.fontMetrics().horizontalAdvance(model.words(row, column)[0]) for row in range(50))
        assert view.columnWidth(column) >= wide + 12


def test_in_a_larger_font_words_that_do_not_fit_are_shortened(qtbot: QtBot, dress: Dress) -> None:
    view = table_view(TableModel(SKY, dress), dress)
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    view.setColumnWidth(0, view.fontMetrics().horizontalAdvance("ZTF000000001") + 14)
    font = view.font()
    font.setPointSizeF(2 * QFontInfo(font).pointSizeF())
    view.setFont(font)
    QApplication.processEvents()
    delegate = view.itemDelegate()
    assert isinstance(delegate, CellPainter)
    assert delegate.shown("ZTF000000001", view.columnWidth(0) - 12).endswith("…")


def test_chosen_cells_nulls_and_what_lies_beyond_the_last_column_have_their_ground(qtbot: QtBot, dress: Dress) -> None:
    view = table_view(TableModel(SKY, dress), dress)
    view.horizontalHeader().setStretchLastSection(False)
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.show()
    view.selectRow(0)
    for name in ("dark", "light"):
        dress.choose(name)
        QApplication.processEvents()
        picture: QImage = view.viewport().grab().toImage()
        left = view.visualRect(view.model().index(0, 2)).left() + 2
        assert picture.pixelColor(left, 3) == QColor(dress.now.selected)
        assert picture.pixelColor(left, view.rowHeight(0) + 3) == QColor(dress.now.surface)
        assert picture.pixelColor(picture.width() - 2, 60) == QColor(dress.now.surface)
    dress.choose("dark")
    assert view.model().index(1, 2).data(Qt.ItemDataRole.DisplayRole) == "–"
