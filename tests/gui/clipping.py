"""Clipping: which words of a widget do not fit, by its own measures; and every text a painter puts on a picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QGroupBox,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QWidget,
)

SMALLEST_PX = 10.5
# Smaller pictures are drawn once and stamped elsewhere: where their words lie there says nothing.
_STAMP = 100
_FREE = int(Qt.TextFlag.TextDontClip)


def clipped(root: QWidget) -> list[str]:
    """Labels, buttons, tabs and heads of columns in sight whose words are cut. What elides says so by its "…"."""
    found = [f"{type(part).__name__} {words!r}: {why}" for part in _in_sight(root) for words, why in _cut(part)]
    found += [f"{type(part).__name__} {part.text()[:60]!r} lies beyond the edge" for part in _beyond(root)]  # type: ignore[attr-defined]
    return found + [f"{wide} px lie in a scroll area of {room} px without a bar" for wide, room in _hidden(root)]


def _hidden(root: QWidget) -> Iterator[tuple[int, int]]:
    """Widths of what scrolls up and down only and is wider than its room."""
    for area in _in_sight(root):
        if isinstance(area, QScrollArea) and area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            body = area.widget()
            if body is not None and body.width() > area.viewport().width():
                yield body.width(), area.viewport().width()


def _beyond(root: QWidget) -> Iterator[QWidget]:
    """Labels and buttons that stick out of something which does not scroll."""
    for part in _in_sight(root):
        above = part.parentWidget()
        if not isinstance(part, QLabel | QAbstractButton) or not part.text():
            continue
        while part is not root and above is not None and not isinstance(above.parentWidget(), QAbstractScrollArea):
            place = QRect(part.mapTo(above, QPoint(0, 0)), part.size())
            if not above.rect().adjusted(-1, -1, 1, 1).contains(place):
                yield part
                break
            if above is root:
                break
            above = above.parentWidget()


def _in_sight(root: QWidget) -> Iterator[QWidget]:
    for part in (root, *root.findChildren(QWidget)):
        if part.isVisibleTo(root) and part.width() > 1 and part.height() > 1:
            yield part


def _cut(part: QWidget) -> Iterator[tuple[str, str]]:
    metrics = QFontMetricsF(part.font())
    fixed = part.sizePolicy().verticalPolicy() is QSizePolicy.Policy.Fixed
    if fixed and part.height() < part.sizeHint().height() - 1 and type(part).__module__.startswith("astrolabnet"):
        yield part.accessibleName(), f"it is {part.height()} px high, needs {part.sizeHint().height()}"
    if isinstance(part, QLabel):
        words = part.text()
        if not words:
            return
        room = part.contentsRect().adjusted(part.margin(), part.margin(), -part.margin(), -part.margin())
        if part.wordWrap():
            high = part.heightForWidth(part.width())
            if high > part.height() + 1:
                yield words[:60], f"needs {high} px of height, has {part.height()}"
        elif "…" not in words:
            wide = max(metrics.horizontalAdvance(line) for line in words.splitlines())
            if wide > room.width() + 1.5:
                yield words[:60], f"needs {wide:.0f} px, has {room.width()}"
        if metrics.height() > part.height() + 2:
            yield words[:60], f"lines are {metrics.height():.0f} px high, it has {part.height()}"
    elif isinstance(part, QAbstractButton) and not (isinstance(part, QToolButton) and not part.text()):
        wide = metrics.horizontalAdvance(part.text().replace("&", ""))
        if part.text() and "…" not in part.text() and wide > part.width() - 2:
            yield part.text(), f"needs {wide:.0f} px, has {part.width()}"
        if part.text() and metrics.height() > part.height() + 2:
            yield part.text(), f"lines are {metrics.height():.0f} px high, it has {part.height()}"
    elif isinstance(part, QTabBar):
        for n in range(part.count()):
            wide = metrics.horizontalAdvance(part.tabText(n))
            if part.isTabVisible(n) and wide > part.tabRect(n).width():
                yield part.tabText(n), f"needs {wide:.0f} px, has {part.tabRect(n).width()}"
    elif isinstance(part, QGroupBox):
        wide = metrics.horizontalAdvance(part.title())
        if wide > part.width():
            yield part.title(), f"needs {wide:.0f} px, has {part.width()}"
    elif isinstance(part, QHeaderView) and part.orientation() is Qt.Orientation.Horizontal:
        model = part.model()
        for n in range(part.count()):
            words = str(model.headerData(n, Qt.Orientation.Horizontal) or "") if model is not None else ""
            for line in words.splitlines():
                wide = metrics.horizontalAdvance(line)
                if not part.isSectionHidden(n) and wide > part.sectionSize(n) and "…" not in line:
                    yield line, f"needs {wide:.0f} px, has {part.sectionSize(n)}"


def too_small(root: QWidget) -> list[str]:
    """Words under the smallest size that may be painted."""
    return [
        f"{type(part).__name__} {words!r}: {part.fontInfo().pixelSize()} px"
        for part in _in_sight(root)
        if isinstance(part, QLabel | QAbstractButton) and (words := part.text())
        if part.fontInfo().pixelSize() < SMALLEST_PX
    ]


def picture(root: QWidget, ratio: float) -> QImage:
    """The widget as a screen of that pixel ratio shows it."""
    image = QImage(round(root.width() * ratio), round(root.height() * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    root.render(image)
    return image


@dataclass(frozen=True)
class Said:
    """One text as it was painted, in the picture's logical px.

    Attributes:
        rect: what its letters take; room: what its painter gave it, None if it gave a point only.
    """

    text: str
    rect: QRectF
    pixels: float
    room: QRectF | None = None


@contextmanager
def overheard() -> Iterator[list[Said]]:
    """All texts painted meanwhile."""
    said: list[Said] = []
    original = QPainter.drawText

    def listen(painter: QPainter, *args: Any) -> Any:
        words = next(arg for arg in args if isinstance(arg, str))
        metrics = QFontMetricsF(painter.font())
        place, room, flags = args[0], None, args[1]
        if isinstance(place, int | float):
            numbers = [arg for arg in args if isinstance(arg, int | float)]
            place, flags = (QPointF(*numbers[:2]), 0) if len(args) == 3 else (QRectF(*numbers[:4]), args[4])
        if isinstance(place, QPoint | QPointF):
            rect = QRectF(place.x(), place.y() - metrics.ascent(), metrics.horizontalAdvance(words), metrics.height())
        else:
            room = QRectF(place)
            rect = metrics.boundingRect(room, int(flags), words)
        device = painter.device()
        if device is not None and device.width() >= _STAMP:
            way = painter.transform()
            given = None if room is None or int(flags) & _FREE else way.mapRect(room)
            said.append(Said(words, way.mapRect(rect), painter.fontInfo().pixelSize() * way.m11(), given))
        return original(painter, *args)

    QPainter.drawText = listen  # type: ignore[method-assign, assignment]
    try:
        yield said
    finally:
        QPainter.drawText = original  # type: ignore[method-assign]


def overlapping(said: list[Said]) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    inner = [(one.text, one.rect.adjusted(1, 3, -1, -3)) for one in said if one.text.strip()]
    return [
        (a, b)
        for n, (a, first) in enumerate(inner)
        for b, other in inner[n + 1 :]
        if a != b and first.intersects(other)
    ]


def cut_off(said: list[Said]) -> list[str]:
    """Painted texts that are longer or higher than the room their painter gave them."""
    return [
        f"{one.text!r} needs {_size(one.rect)}, has {_size(one.room)}"
        for one in said
        if one.room is not None and one.text.strip()
        if one.rect.width() > one.room.width() + 1.5 or one.rect.height() > one.room.height() + 3
    ]


def _size(rect: QRectF) -> str:
    return f"{rect.width():.0f}×{rect.height():.0f}"
