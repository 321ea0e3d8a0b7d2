"""Projection: the whole sky after Mollweide, or a piece of it as a camera sees it; between screen and sky. No Qt.

East is to the left, as one sees the sky from inside. Screen positions are −1..1 both ways, up is positive.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
MIDDLE_DEG = 180.0


class Projection(Protocol):
    """Both ways; what is not on the other side is NaN. ``aspect`` is width over height."""

    aspect: float

    def sky(self, x: Any, y: Any) -> tuple[Numbers, Numbers]:
        """Right ascension and declination, degrees."""

    def screen(self, ra: Any, dec: Any) -> tuple[Numbers, Numbers]:
        """Place on the screen."""


class Mollweide:
    """The whole sky in an ellipse; areas are true."""

    aspect = 2.0

    def sky(self, x: Any, y: Any) -> tuple[Numbers, Numbers]:
        """Right ascension and declination, degrees."""
        across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            theta = np.arcsin(up)
            dec = np.degrees(np.arcsin((2 * theta + np.sin(2 * theta)) / np.pi))
            part = across / np.cos(theta)
            ra = np.mod(MIDDLE_DEG - 180.0 * part, 360.0)
            inside = np.abs(part) <= 1.0
        return np.where(inside, ra, np.nan), np.where(inside, dec, np.nan)

    def screen(self, ra: Any, dec: Any) -> tuple[Numbers, Numbers]:
        """Place on the screen."""
        up = np.radians(np.asarray(dec, dtype=np.float64))
        wanted = np.pi * np.sin(up)
        theta = up.copy()
        for _ in range(30):
            slope = np.maximum(2 + 2 * np.cos(2 * theta), 1e-9)
            theta = np.clip(theta - (2 * theta + np.sin(2 * theta) - wanted) / slope, -np.pi / 2, np.pi / 2)
        turn = np.mod(MIDDLE_DEG - np.asarray(ra, dtype=np.float64) + 180.0, 360.0) - 180.0
        return turn / 180.0 * np.cos(theta), np.sin(theta)


class Camera:
    """A piece of the sky on a plane that touches it.

    Args:
        ra, dec: its middle, degrees.
        half_deg: from the middle to the upper edge, degrees, below 80.
    """

    aspect = 1.0

    def __init__(self, ra: float, dec: float, half_deg: float) -> None:
        self._ra, self._dec = math.radians(ra), math.radians(dec)
        self._scale = math.tan(math.radians(min(80.0, half_deg)))

    def sky(self, x: Any, y: Any) -> tuple[Numbers, Numbers]:
        """Right ascension and declination, degrees."""
        east, north = -np.asarray(x, dtype=np.float64) * self._scale, np.asarray(y, dtype=np.float64) * self._scale
        below = math.cos(self._dec) - north * math.sin(self._dec)
        ra = self._ra + np.arctan2(east, below)
        dec = np.arctan2(math.sin(self._dec) + north * math.cos(self._dec), np.hypot(east, below))
        return np.mod(np.degrees(ra), 360.0), np.degrees(dec)

    def screen(self, ra: Any, dec: Any) -> tuple[Numbers, Numbers]:
        """Place on the screen."""
        turn, up = (
            np.radians(np.asarray(ra, dtype=np.float64)) - self._ra,
            np.radians(np.asarray(dec, dtype=np.float64)),
        )
        facing = math.sin(self._dec) * np.sin(up) + math.cos(self._dec) * np.cos(up) * np.cos(turn)
        with np.errstate(invalid="ignore", divide="ignore"):
            facing = np.where(facing > 0.05, facing, np.nan)
            east = np.cos(up) * np.sin(turn) / facing
            north = (math.cos(self._dec) * np.sin(up) - math.sin(self._dec) * np.cos(up) * np.cos(turn)) / facing
        return -east / self._scale, north / self._scale
