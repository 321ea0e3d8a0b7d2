"""Small FITS pictures for tests, with a star whose place tells how they lie."""

from __future__ import annotations

import gzip
import io
from typing import Any

import numpy as np
from astropy.io import fits


def fits_bytes(pixels: Any, **header: Any) -> bytes:
    """A FITS file with these pixels and cards."""
    unit = fits.PrimaryHDU(np.asarray(pixels, dtype=np.float32))
    for name, value in header.items():
        unit.header[name] = value
    out = io.BytesIO()
    fits.HDUList([unit]).writeto(out)
    return out.getvalue()


def star(side: int = 63, at: tuple[int, int] = (31, 31)) -> Any:
    """Sky noise with one star at row and column ``at``."""
    y, x = np.mgrid[:side, :side]
    noise = np.random.default_rng(1).normal(100, 5, (side, side))
    return noise + 3000 * np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / 8)


def stamp_bytes(**header: Any) -> bytes:
    """The star, packed as alerts pack it."""
    return gzip.compress(fits_bytes(star(), **header), mtime=0)
