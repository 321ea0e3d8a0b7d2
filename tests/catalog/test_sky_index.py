"""Sky index: a search by it finds all that lies there, and reads little else."""

from __future__ import annotations

from itertools import pairwise

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy_healpix import HEALPix
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.catalog import sky_index

RA = st.floats(0, 360, exclude_max=True)
DEC = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 41.8103148957786, 0.0]))
COLUMNS = ("ra", "dec", "_healpix_29")


def around(ra: float, dec: float, radius: float, count: int = 200) -> SkyCoord:
    """Places within a radius, those at its edge too."""
    dice = np.random.default_rng(3)
    off = radius * np.concatenate([np.sqrt(dice.random(count)), np.full(count, 1 - 1e-9)])
    centre = SkyCoord(ra * u.deg, dec * u.deg)
    return centre.directional_offset_by(dice.random(2 * count) * 360 * u.deg, off * u.deg)


def cells(places: SkyCoord) -> np.ndarray:
    """Their values of the column, as HATS writes them."""
    return HEALPix(nside=1 << 29, order="nested").lonlat_to_healpix(places.ra, places.dec)


@given(RA, DEC, st.floats(1e-4, 20.0))
def test_nothing_within_the_radius_is_missed(ra: float, dec: float, radius: float) -> None:
    found = sky_index.ranges([(ra, dec)], radius)
    assert 1 <= len(found) <= sky_index.MOST
    assert all(first <= last for first, last in found)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(found))
    values = cells(around(ra, dec, radius))
    assert all(any(first <= value <= last for first, last in found) for value in values)


@pytest.mark.parametrize("radius", [0.001, 0.05, 1.0, 10.0])
def test_what_is_read_is_not_much_more_than_the_circle(radius: float) -> None:
    circle = 2 * np.pi * (1 - np.cos(np.radians(radius))) / (4 * np.pi)
    for place in ((10.68, 41.27), (266.4, -29.0), (0.0, 90.0), (45.0, 0.0)):
        read = sum(last - first + 1 for first, last in sky_index.ranges([place], radius)) / (12 << 58)
        assert read < 8 * circle


def test_a_list_of_places_is_covered_as_a_whole() -> None:
    dice = np.random.default_rng(5)
    places = [(float(a), float(d)) for a, d in zip(180 + dice.random(2000), 20 + dice.random(2000), strict=True)]
    found = sky_index.ranges(places, 1 / 3600)
    values = cells(SkyCoord([a for a, _ in places] * u.deg, [d for _, d in places] * u.deg))
    assert all(any(first <= value <= last for first, last in found) for value in values)
    assert sum(last - first + 1 for first, last in found) / (12 << 58) < 3e-4, "1 square degree is 2.4e-5 of the sky"


def test_only_the_column_of_hats_is_searched_by() -> None:
    assert sky_index.sky_index(["ra", "_healpix_29"]) == "_healpix_29"
    assert sky_index.sky_index(["ra", "dec"]) == ""
    assert sky_index.condition(["_hipscat_index"], [(1.0, 2.0)], 1.0) == "", "its numbers are made otherwise"
    assert sky_index.condition(("ra", "dec"), [(1.0, 2.0)], 1.0) == ""
    assert sky_index.condition(COLUMNS, [(1.0, 2.0)], 180.0) == "", "the whole sky needs no index"
    assert sky_index.condition(COLUMNS, [(1.0, 2.0)], 0.1).startswith("(`_healpix_29` BETWEEN ")
