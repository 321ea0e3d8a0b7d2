"""Shades: numbers as colours of the theme: from the ground over one accent to the ink, always one way."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QImage

from ..style import Dress

STEPS = 256


def shades(dress: Dress) -> Any:
    """``STEPS`` colours, (n, 4) bytes in the order of ``QImage.Format_RGBA8888``."""
    now = dress.now
    ends = np.array([QColor(name).getRgb() for name in (now.selected, now.busy, now.text)], dtype=np.float64)
    place = np.linspace(0, 1, STEPS)
    return np.stack([np.interp(place, (0, 0.55, 1), ends[:, n]) for n in range(4)], axis=1).astype(np.uint8)


def parts(values: Any, log: bool = True) -> Any:
    """Values as 0..1; counts by their logarithm, so that the poor ones are seen beside the rich."""
    numbers = np.asarray(values, dtype=np.float64)
    if log:
        numbers = np.log1p(numbers)
    good = numbers[np.isfinite(numbers)]
    if not good.size:
        return np.zeros_like(numbers)
    low, high = (0.0 if log else float(good.min())), float(good.max())
    return np.clip((numbers - low) / (high - low if high > low else 1.0), 0.0, 1.0)


def painted(rgba: Any) -> QImage:
    """An image of its own from (high, wide, 4) bytes."""
    pixels = np.ascontiguousarray(rgba)
    high, wide = pixels.shape[:2]
    return QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()
