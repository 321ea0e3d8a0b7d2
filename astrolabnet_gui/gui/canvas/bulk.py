"""Bulk: thousands of lines, rectangles or stamps in one call, painted straight from a numpy array."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import shiboken6
from PySide6.QtCore import QLine, QLineF, QRect
from PySide6.QtGui import QPainter, QPixmap

# Qt's integers end at 32 bits and its raster engine much sooner; beyond the screen it makes no difference.
_FAR = 30_000

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]


def draw_lines(painter: QPainter, ends: Array, *, smooth: bool) -> None:
    """Rows of x1, y1, x2, y2. Not smooth: on whole pixels, which is 2 to 4 times as quick."""
    if smooth:
        pieces = np.ascontiguousarray(ends, np.float64)
        painter.drawLines(_as(pieces, QLineF), len(pieces))
    else:
        whole = _whole(ends)
        painter.drawLines(_as(whole, QLine), len(whole))


def draw_rects(painter: QPainter, left: Array, top: Array, wide: Array | float, high: float) -> None:
    """Rectangles on whole pixels."""
    rects = np.empty((len(left), 4))
    rects[:, 0], rects[:, 1] = np.rint(left), np.rint(top)
    # A QRect holds its corners, the right and the lower one inside.
    rects[:, 2], rects[:, 3] = rects[:, 0] + np.maximum(1, np.rint(wide)) - 1, rects[:, 1] + max(1, round(high)) - 1
    whole = _whole(rects)
    painter.drawRects(_as(whole, QRect), len(whole))


def draw_stamps(painter: QPainter, pieces: Array, pixmap: QPixmap) -> None:
    """Rows of x, y (middle), source left, top, width, height, scale x, y, turn, opacity."""
    whole = np.ascontiguousarray(pieces, np.float64)
    painter.drawPixmapFragments(_as(whole, QPainter.PixmapFragment), len(whole), pixmap)


def _whole(values: Array) -> Array:
    whole: Array = np.rint(np.clip(values, -_FAR, _FAR)).astype(np.int32)
    return whole


def _as(array: Array, made: type) -> Any:
    """The array's memory seen as C++ objects; the array must live until the call is over."""
    return cast(Any, shiboken6.wrapInstance(array.ctypes.data, made))
