"""StampSheet: the cut-out pictures of some rows; asinh or zscale, north up where it is known."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QComboBox, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from ...catalog.stamps import Stamp
from ..safe import label, set_tooltip
from ..style import Dress
from ..words import plural
from .foot import Foot

SIDE = 128
_SOFT = 0.1


class Picture(QWidget):
    """One stamp."""

    def __init__(self, stamp: Stamp, stretch: str, dress: Dress) -> None:
        super().__init__()
        self._dress = dress
        self.stamp = stamp
        self.image = image(stamp, stretch)
        self.setMinimumSize(SIDE // 2, SIDE // 2)
        self.setAccessibleName(f"Stamp {stamp.column} of {stamp.name}")
        north = "north as stored, unknown" if stamp.north_deg is None else "north up, east left"
        set_tooltip(self, f"{stamp.name} {stamp.column}\n{stamp.wide} × {stamp.high} pixels, {north}")

    def sizeHint(self) -> QSize:
        """Three beside each other in a narrow panel."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, and a small arrow where north is known."""
        painter = QPainter(self)
        side = min(self.width(), self.height())
        area = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        fitted = self.image.size().scaled(int(side), int(side), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(
            area.center().x() - fitted.width() / 2,
            area.center().y() - fitted.height() / 2,
            fitted.width(),
            fitted.height(),
        )
        painter.setClipRect(area)
        painter.drawImage(target, self.image)
        if self.stamp.north_deg is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._dress.now.accent), 1.5))
            foot = area.bottomRight().x() - 10, area.bottom() - 8
            painter.drawLine(int(foot[0]), int(foot[1]), int(foot[0]), int(foot[1]) - 16)
            painter.drawLine(int(foot[0]), int(foot[1]), int(foot[0]) - 16, int(foot[1]))
            font = QFont(self.font())
            font.setPixelSize(self._dress.now.size["caption"])
            painter.setFont(font)
            painter.drawText(int(foot[0]) - 12, int(foot[1]) - 12, "N")
        painter.end()


def image(stamp: Stamp, stretch: str) -> QImage:
    """Grey picture, first row at the top, turned and mirrored so that north is up and east left."""
    pixels = np.frombuffer(base64.b64decode(stamp.pixels), dtype="<f4").reshape(stamp.high, stamp.wide)
    part = (pixels.astype(np.float64) - stamp.low) / (stamp.high_cut - stamp.low)
    if stretch == "asinh":
        # zscale keeps the sky; ten times over it a star shall still have a form.
        part = np.arcsinh(np.maximum(part, 0) / _SOFT) / np.arcsinh(10 / _SOFT)
        part = part / max(1.0, float(np.nanmax(part)))
    grey = np.nan_to_num(np.clip(part, 0, 1) * 255).astype(np.uint8)[::-1]
    if stamp.mirrored:
        grey = grey[:, ::-1]
    grey = np.ascontiguousarray(grey)
    made = QImage(grey.data, stamp.wide, stamp.high, stamp.wide, QImage.Format.Format_Grayscale8).copy()
    if stamp.north_deg and abs(stamp.north_deg) > 0.5:
        # Qt counts turns clockwise, for its rows go down.
        made = made.transformed(QTransform().rotate(-stamp.north_deg), Qt.TransformationMode.SmoothTransformation)
    return made


class StampSheet(QWidget):
    """All stamps of an answer."""

    def __init__(self, answer: Mapping[str, Any], dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self._stamps = [Stamp.model_validate(stamp) for stamp in answer["stamps"]]
        self.pictures: list[Picture] = []
        self._sheet = QScrollArea()
        self._sheet.setWidgetResizable(True)
        self.stretch = QComboBox()
        self.stretch.setAccessibleName("Stretch")
        for name in ("asinh", "zscale"):
            self.stretch.addItem(name, name)
        self.stretch.currentIndexChanged.connect(self._build)
        foot = Foot()
        good = sum(not stamp.problem for stamp in self._stamps)
        foot.say(f"{plural(good, 'picture')} of {plural(answer['rows'], 'row')}")
        foot.add(self.stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._sheet, 1)
        column.addWidget(foot)
        self._build()

    def _build(self) -> None:
        room = QWidget()
        room.setObjectName("panel")
        grid = QGridLayout(room)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setSpacing(8)
        self.pictures = []
        columns = list(dict.fromkeys(stamp.column for stamp in self._stamps))
        for n, name in enumerate(columns):
            grid.addWidget(label(name.removesuffix(".stampData"), name="caption"), 0, n)
            grid.setColumnStretch(n, 1)
        for stamp in self._stamps:
            line, across = 2 * stamp.row + 1, columns.index(stamp.column)
            if across == 0:
                grid.addWidget(label(stamp.name, name="small", copyable=True), line, 0, 1, len(columns))
            if stamp.problem:
                grid.addWidget(label(stamp.problem, name="wrong", wrap=True), line + 1, across)
            else:
                self.pictures.append(Picture(stamp, str(self.stretch.currentData()), self._dress))
                grid.addWidget(self.pictures[-1], line + 1, across)
        grid.setRowStretch(grid.rowCount(), 1)
        self._sheet.setWidget(room)
