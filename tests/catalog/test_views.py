"""What the views make of columns, cells and pictures: roles by UCD and name, hostile names, damaged stamps."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from astropy.wcs import WCS
from hypothesis import assume, given
from hypothesis import strategies as st

from astrolabnet_gui.catalog import binning, curve, healpix, preview, stamps
from astrolabnet_gui.catalog.names import TableName, literal, quoted
from astrolabnet_gui.catalog.packed import one, unpacked
from astrolabnet_gui.catalog.roles import Roles, roles
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.catalog.spots import Spot, find
from astrolabnet_gui.errors import BadInput, Malformed
from tests.catalog.fits import fits_bytes, stamp_bytes, star
from tests.catalog.test_catalog import NAMES

_QUOTED = re.compile(r"`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'")


def field(name: str, spark_type: str = "double", **about: Any) -> Field:
    return Field(name=name, type=spark_type, **about)


def every_statement(name: str) -> list[str]:
    """Each statement of the views over a table, a column and a struct's field of this name."""
    table = TableName(namespace=(name,), name=name)
    parts = (field(name), field("jd"), field("magpsf"), field("fid", "integer"))
    columns = (
        field(name), Field(name="s", type="struct", parts=(field(name), field(name + "b", "binary"))),
        Field(name="past", type="array", parts=(Field(name="element", type="struct", parts=parts),)),
    )  # fmt: skip
    own, deep = Spot(path=(name,), field=columns[0]), Spot(path=("s", name), field=columns[0])
    text = Spot(path=(name,), field=field(name, "string"))
    where = [healpix.within(own.number, deep.number, healpix.Cell(order=3, number=5)), curve.equals(text, name)]
    inner, span = binning.source(table, {"x": own, "y": deep}, where), binning.Span(low=0, high=1)
    who = Roles(time=own.words, brightness=deep.words, error=own.words, band=own.words, history="past")
    return [
        binning.ranges_statement(inner, "xy", [True, False]), binning.histogram_statement(inner, span, 9),
        binning.density_statement(inner, (span, span), 9), binning.points_statement(inner, (span, span)),
        binning.series_statement(inner, span, 9), healpix.numbered(inner, 4),
        curve.objects_statement(table, own, where),
        curve.points_statement(table, columns, who, where[1]),
        stamps.statement(table, [Spot(path=(name,), field=field(name, "binary"))], own, where, 3),
        preview.rows_statement(table, columns, 1, " AND ".join(where)),
    ]  # fmt: skip


def told(name: str) -> list[str]:
    """The statements with every name and value taken out of its quotes."""
    # Within the preview a struct's field is a literal too: all of them are ours to quote.
    marks = {quoted(name): "`·`", quoted(name + "b"): "`·b`", literal(name): "'·'", literal(name + "b"): "'·b'"}
    return [_QUOTED.sub(lambda found: marks.get(found[0], found[0]), sql) for sql in every_statement(name)]


@given(NAMES)
def test_a_hostile_name_changes_nothing_but_itself(name: str) -> None:
    usual = told("qqq")
    assume(not any(mark in sql for sql in usual for mark in (literal(name), literal(name + "b"), quoted(name))))
    assert told(name) == usual


@given(st.text(max_size=30))
def test_what_is_typed_as_a_cell_is_one_or_is_refused(text: str) -> None:
    parts = text.split("/")
    if len(parts) == 2 and all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        order, number = map(int, parts)
        if order <= healpix.DEEPEST and number < 12 << 2 * order:
            assert healpix.cell(text) == healpix.Cell(order=order, number=number)
            return
    with pytest.raises(BadInput):
        healpix.cell(text)


@given(st.integers(0, 8), st.data())
def test_a_cell_holds_its_middle_and_its_edge_lies_around_it(order: int, data: st.DataObject) -> None:
    cell = healpix.Cell(order=order, number=data.draw(st.integers(0, (12 << 2 * order) - 1)))
    ra, dec = cell.centre
    assert healpix.numbers(ra, dec, order) == cell.number
    south, north = cell.declinations
    assert all(south - 1e-9 <= at[1] <= north + 1e-9 for at in cell.edge())


def test_what_is_no_position_is_in_no_cell() -> None:
    assert healpix.numbers([0, np.nan, 10, np.inf], [np.nan, 0, 91, 0], 5).tolist() == [-1] * 4


def test_ucds_win_over_names_and_names_are_found_within_structs() -> None:
    gaia = roles((
        field("ra", ucd="pos.eq.ra;em.opt"), field("ra2", ucd="pos.eq.ra;meta.main"),
        field("de", ucd="pos.eq.dec;meta.main"),
        field("g", ucd="phot.mag;em.opt.G"), field("source_id", "long", ucd="meta.id;meta.main"),
    ))  # fmt: skip
    assert (gaia.ra, gaia.dec, gaia.brightness, gaia.object) == ("ra2", "de", "g", "source_id")
    assert gaia.views == ("sky", "histogram", "density", "cone", "match", "packet")
    inner = (field("jd"), field("ra"), field("dec"), field("magpsf"), field("sigmapsf"), field("fid", "integer"))
    stamp = Field(
        name="cutoutScience", type="struct", parts=(field("fileName", "string"), field("stampData", "binary"))
    )
    past = Field(name="prv_candidates", type="array", parts=(Field(name="element", type="struct", parts=inner),))
    ztf = roles((field("objectId", "string"), Field(name="candidate", type="struct", parts=inner), past, stamp))
    assert (ztf.ra, ztf.time, ztf.band, ztf.history) == (
        "candidate.ra",
        "candidate.jd",
        "candidate.fid",
        "prv_candidates",
    )
    assert ztf.stamps == ("cutoutScience.stampData",)
    every = {"sky", "lightcurve", "stamps", "histogram", "density", "series", "cone", "match", "packet"}
    assert set(ztf.views) == every
    assert roles((field("name", "string"), field("blob", "binary"))).views == ("packet",)


def test_a_column_named_with_dots_wins_over_a_path() -> None:
    columns = (field("a.b"), Field(name="a", type="struct", parts=(field("b"), field("c d"))))
    assert find(columns, "a.b").path == ("a.b",)
    assert find(columns, "a.`c d`").path == ("a", "c d")
    for wrong in ("a.x", "b", "a.b.c", "`", ""):
        with pytest.raises(BadInput):
            find(columns, wrong)


@pytest.mark.parametrize("value", ["1 OR 1=1", "1e5", "", "1;", "٣", "-", "9" * 50])
def test_an_object_of_a_column_of_numbers_is_a_number(value: str) -> None:
    with pytest.raises(BadInput):
        curve.equals(Spot(path=("id",), field=field("id", "long")), value)


def one_stamp(data: bytes) -> stamps.Stamp:
    row = {"n0": len(data), "b0": base64.b64encode(data).decode()}
    return stamps.stamps([row], [Spot(path=("c",), field=field("c", "binary"))])[0]


def test_a_stamp_is_unpacked_with_its_peak_at_the_centre() -> None:
    for data in (stamp_bytes(), fits_bytes(star())):
        found = one_stamp(data)
        pixels = np.frombuffer(base64.b64decode(found.pixels), "<f4").reshape(found.high, found.wide)
        assert np.unravel_index(pixels.argmax(), pixels.shape) == (31, 31)
        assert (found.problem, found.north_deg) == ("", None)
        assert found.low < 110 < found.high_cut


@pytest.mark.parametrize(("turn", "flip"), [(0, False), (30, False), (180, False), (-75, True)])
def test_north_is_where_astropy_says(turn: float, flip: bool) -> None:
    c, s, step = np.cos(np.radians(turn)), np.sin(np.radians(turn)), 1 / 3600
    east = step if flip else -step
    cards = {
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRPIX1": 32, "CRPIX2": 32, "CRVAL1": 50, "CRVAL2": 20,
        "CD1_1": east * c, "CD1_2": step * s, "CD2_1": east * -s, "CD2_2": step * c,
    }  # fmt: skip
    found = one_stamp(stamp_bytes(**cards))
    w = WCS(cards)
    (x0, y0), (x1, y1) = w.world_to_pixel_values(50, 20), w.world_to_pixel_values(50, 20 + 5 / 3600)
    dx, dy = float(x1 - x0), float(y1 - y0)
    dx = -dx if found.mirrored else dx
    a = np.radians(found.north_deg or 0.0)
    assert (dx * np.cos(a) - dy * np.sin(a), dx * np.sin(a) + dy * np.cos(a)) == pytest.approx((0, 5), abs=0.01)
    assert found.mirrored is flip


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no FITS"), (b"\x1f\x8b\x08junk", "packing is damaged"), (stamp_bytes()[:300], "its end is missing"),
        (gzip.compress(bytes(65_000_000), 1), "more than 64 MB"), (b"SIMPLE  = T", "damaged"),
        (fits_bytes(np.full((5, 5), np.nan)), "holds no number"), (fits_bytes(np.zeros(5)), "holds no picture"),
        (fits_bytes(star())[:3000], ""),
    ],
)  # fmt: skip
def test_a_damaged_stamp_says_what_is_wrong(data: bytes, why: str) -> None:
    found = one_stamp(data)
    assert why in found.problem
    assert found.problem
    assert not found.pixels


def test_a_stamp_that_is_not_there_or_too_large_is_said() -> None:
    spot = Spot(path=("c",), field=field("c", "binary"))
    found = stamps.stamps([{"name": "a"}, {"n0": 99_000_000}], [spot])
    assert [s.problem for s in found] == ["no picture in this row", "too large to look at here: 99,000,000 bytes"]


@pytest.mark.parametrize("read", [unpacked, one])
@pytest.mark.parametrize("answer", [[], [["x"]], [["[]"]], [[None]], [["{}", 1]], [['{"all": [1]}', 1]], None])
def test_an_answer_that_is_none_is_said(read: Callable[[Any], Any], answer: Any) -> None:
    with pytest.raises(Malformed):
        read(answer)


def test_an_axis_without_width_or_values_is_no_trouble() -> None:
    assert binning.ranges({"rows": 5, "good": 0}, [False], [(None, None)]).spans == ()
    [span] = binning.ranges({"rows": 5, "good": 5, "low0": 3.0, "high0": 3.0}, [False], [(None, None)]).spans
    assert (span.low, span.high) == (2.5, 3.5)
    with pytest.raises(BadInput):
        binning.ranges({"rows": 5, "good": 5}, [False], [(3.0, 1.0)])
