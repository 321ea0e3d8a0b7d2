"""The statements of the views on a real Spark without any Livy: counts equal numpy's and astropy's, cells those of
astropy-healpix on 200 000 rows, and hostile names are found by every statement.
"""

from __future__ import annotations

from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy_healpix import HEALPix

from astrolabnet_gui.catalog import binning, cone, curve, healpix, preview, sky_index, stamps
from astrolabnet_gui.catalog.names import TableName, literal, quoted
from astrolabnet_gui.catalog.packed import one, packed, unpacked
from astrolabnet_gui.catalog.roles import Roles, roles
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.catalog.spots import Spot, find
from tests.catalog.test_on_spark import NAMES, ask

pytestmark = [pytest.mark.island, pytest.mark.timeout(400)]
ROWS, ORDERS = 200_000, (3, 5, 8)
STARS = TableName(namespace=("default",), name="stars")
# The same positions can be made here: a row's number decides them.
MAKE = f"""CREATE TABLE stars USING parquet AS SELECT id, pmod(id * 0.7548776662466927D, 1D) * 380D - 10D AS ra,
  degrees(asin(2D * pmod(id * 0.5698402909980532D, 1D) - 1D)) AS `dec`,
  if(id % 1000 = 0, double('NaN'), 15D + pmod(id * 0.31D, 1D) * 5D) AS mag FROM range({ROWS})"""
PLACE = healpix.Cell(order=4, number=1000)
RADIUS = 3.0
CURVE = """CREATE TABLE curve USING parquet AS SELECT * FROM VALUES
  ('a', 10D, 1, 18D, 0.1D, 20D, array(
     named_struct('jd', 8D, 'fid', 2, 'magpsf', 18.5D, 'sigmapsf', 0.2D, 'diffmaglim', 20D),
     named_struct('jd', 9D, 'fid', 1, 'magpsf', double(null), 'sigmapsf', double(null), 'diffmaglim', 20.5D))),
  ('a', 12D, 1, 17D, 0.1D, 20D, array(
     named_struct('jd', 10D, 'fid', 1, 'magpsf', 18D, 'sigmapsf', 0.1D, 'diffmaglim', 20D))),
  ('b', 10D, 1, 18D, 0.1D, 20D, null) AS t(objectId, jd, fid, magpsf, sigmapsf, diffmaglim, prv_candidates)"""
_FIGURES = (
    *(Field(name=name, type="double") for name in ("jd", "magpsf", "sigmapsf", "diffmaglim")),
    Field(name="fid", type="integer"),
)
_PAST = Field(name="element", type="struct", parts=_FIGURES)
CURVE_COLUMNS = (
    Field(name="objectId", type="string"), *_FIGURES, Field(name="prv_candidates", type="array", parts=(_PAST,)),
)  # fmt: skip


def number(name: str) -> Spot:
    return Spot(path=(name,), field=Field(name=name, type="double"))


AXES = {"x": number("ra"), "y": number("mag")}
SPANS = (binning.Span(low=0.0, high=360.0), binning.Span(low=15.0, high=20.0))


def positions() -> tuple[Any, Any]:
    n = np.arange(ROWS, dtype=np.float64)
    ra = np.mod(n * 0.7548776662466927, 1.0) * 380.0 - 10.0
    return ra, np.degrees(np.arcsin(2.0 * np.mod(n * 0.5698402909980532, 1.0) - 1.0))


def sky_statements() -> list[str]:
    """The number of each row's cell at three orders, as counts; and one cell's rows by the condition."""
    source = f"SELECT cast(ra AS double) AS ra, cast(`dec` AS double) AS de, cast(id AS double) AS v FROM {STARS.sql}"
    counted = [
        packed(
            f"SELECT h, count(*) AS n, sum(v) AS v FROM ({healpix.numbered(source, order)}) GROUP BY h", ("h", "n", "v")
        )
        for order in ORDERS
    ]
    inside = healpix.within("ra", "`dec`", PLACE)
    return [*counted, f"SELECT count(*), sum(id) FROM {STARS.sql} WHERE {inside}"]


def hats_statements() -> list[str]:
    """A table as HATS has it; rows around a place, without its index and with it; how Spark reads the latter."""
    spots = f"SELECT ra, `dec` AS de, id AS v FROM {STARS.sql}"
    index = sky_index.condition(("_healpix_29",), [PLACE.centre], RADIUS)
    found = cone.cone_statement("hats", "ra", "`dec`", PLACE.centre, RADIUS, 1000)
    quick = cone.cone_statement(f"(SELECT * FROM hats WHERE {index})", "ra", "`dec`", PLACE.centre, RADIUS, 1000)
    return [
        f"CREATE TABLE hats USING parquet AS SELECT h AS _healpix_29, s.* FROM ({healpix.numbered(spots, 29)}) "
        f"JOIN {STARS.sql} s ON id = v ORDER BY h",
        *(f"SELECT id FROM ({one})" for one in (found, quick)), f"SELECT count(*) FROM hats WHERE {index}",
        f"EXPLAIN {quick}",
    ]  # fmt: skip


def binning_statements() -> list[str]:
    both = binning.source(STARS, AXES)
    mags = binning.source(STARS, {"x": number("mag")})
    return [
        binning.ranges_statement(both, "xy", [False, False]), binning.histogram_statement(mags, SPANS[1], 50),
        binning.density_statement(both, SPANS, 20), binning.series_statement(both, SPANS[0], 12),
        binning.points_statement(binning.source(STARS, AXES, ["id < 100"]), SPANS),
        binning.ranges_statement(binning.source(STARS, AXES, ["id < 0"]), "xy", [False, True]),
    ]  # fmt: skip


def odd_statements(n: int, odd: str) -> list[str]:
    """A view whose every column, and one within a struct, is called so; each statement of the views over it."""
    view = TableName(namespace=(), name=f"seen {n} {odd}")
    columns = odd_columns(odd)
    spot = find(columns, f"s.{quoted(odd)}")
    axes = {"x": Spot(path=(odd,), field=columns[0]), "y": spot}
    source = f"SELECT {axes['x'].number} AS ra, {spot.number} AS de, {spot.number} AS v FROM {view.sql}"
    who = Roles(
        time=spot.words, brightness=quoted(odd), error=quoted(odd), band=spot.words, history=f"h{quoted(odd)[1:-1]}"[:0]
    )
    stamp = Spot(path=("b", odd), field=Field(name=odd, type="binary"))
    text = Spot(path=("t", odd), field=Field(name=odd, type="string"))
    where = [healpix.within(axes["x"].number, spot.number, healpix.Cell(order=0, number=0)), curve.equals(text, odd)]
    inner = binning.source(view, axes, where)
    casts = ", ".join(
        f"cast({c} AS struct<{quoted(odd)}: {t}>) AS {c}"
        for c, t in (("s", "double"), ("b", "binary"), ("t", "string"))
    )

    return [
        f"CREATE OR REPLACE TEMPORARY VIEW {view.sql} AS SELECT {quoted(odd)}, {casts} FROM (SELECT 45.5D AS "
        f"{quoted(odd)}, named_struct('x', 1.5D) AS s, named_struct('x', unhex('00ff')) AS b, "
        f"named_struct('x', {literal(odd)}) AS t)",
        binning.ranges_statement(inner, "xy", [True, False]), binning.histogram_statement(inner, SPANS[0], 4),
        binning.density_statement(inner, (SPANS[0], SPANS[0]), 4),
        binning.points_statement(inner, (SPANS[0], SPANS[0])),
        binning.series_statement(inner, SPANS[0], 4),
        packed(f"SELECT h, count(*) AS n FROM ({healpix.numbered(source, 0)}) GROUP BY h", ("h", "n")),
        curve.objects_statement(view, text, where), curve.points_statement(view, columns, who, where[1]),
        stamps.statement(view, [stamp], text, where, 2), preview.rows_statement(view, columns, 1, " AND ".join(where)),
    ]  # fmt: skip


def odd_columns(odd: str) -> tuple[Field, ...]:
    def struct(name: str, spark_type: str) -> Field:
        return Field(name=name, type="struct", parts=(Field(name=odd, type=spark_type),))

    return Field(name=odd, type="double"), struct("s", "double"), struct("b", "binary"), struct("t", "string")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    curve_name = TableName(namespace=("default",), name="curve")
    who = roles(CURVE_COLUMNS)
    test = curve.equals(Spot(path=("objectId",), field=CURVE_COLUMNS[0]), "a")
    asked = {
        "make": [MAKE, CURVE], "sky": sky_statements(), "hats": hats_statements(), "bins": binning_statements(),
        "curve": [curve.points_statement(curve_name, CURVE_COLUMNS, who, test)],
        **{f"odd{n}": odd_statements(n, odd) for n, odd in enumerate(NAMES)},
    }  # fmt: skip
    found = iter(ask(tmp_path_factory.mktemp("spark"), [sql for some in asked.values() for sql in some]))
    return {name: [next(found) for _ in some] for name, some in asked.items()}


def test_cells_are_those_of_astropy_healpix_on_200_000_rows(answers: Any) -> None:
    ra, dec = positions()
    for answer, order in zip(answers["sky"], ORDERS, strict=False):
        counted = {int(row["h"]): (int(row["n"]), row["v"]) for row in unpacked(answer["data"])}
        cells = HEALPix(1 << order, order="nested").lonlat_to_healpix(np.mod(ra, 360) * u.deg, dec * u.deg)
        assert np.array_equal(cells, healpix.numbers(ra, dec, order))
        numbers = np.arange(ROWS)
        sums = np.bincount(cells, weights=numbers, minlength=12 << 2 * order)
        counts = np.bincount(cells, minlength=12 << 2 * order)
        # The sum of the rows' numbers tells that the same rows are in each cell, not only as many.
        assert counted == {int(c): (int(counts[c]), float(sums[c])) for c in np.flatnonzero(counts)}
    inside = np.flatnonzero(healpix.numbers(ra, dec, PLACE.order) == PLACE.number)
    assert answers["sky"][-1]["data"] == [[len(inside), int(inside.sum())]]


def test_the_index_of_hats_finds_the_same_rows_and_lets_spark_skip_the_others(answers: Any) -> None:
    _, all_read, few_read, kept, plan = (answer["data"] for answer in answers["hats"])
    assert len(all_read) > 50
    assert sorted(few_read) == sorted(all_read)
    assert kept[0][0] < 6 * len(all_read), "of 200 000"
    assert "_healpix_29," in plan[0][0].partition("PushedFilters: [")[2].partition("ReadSchema")[0]


def test_histogram_density_and_series_are_numpys(answers: Any) -> None:
    ranged, histogram, density, series, points, nothing = (answer["data"] for answer in answers["bins"])
    ra = positions()[0]
    mag = 15.0 + np.mod(np.arange(ROWS) * 0.31, 1.0) * 5.0
    good = np.arange(ROWS) % 1000 != 0
    found = binning.ranges(one(ranged), [False, False], [(None, None)] * 2)
    assert (found.rows, found.good) == (ROWS, ROWS - 200)
    assert found.spans[1].low == pytest.approx(mag[good].min())
    counts = np.array(binning.counts(unpacked(histogram), 50))
    wanted = np.histogram(mag[good], bins=50, range=(15, 20))[0]
    # Both divide, each in its own order: a row that lies on an edge may fall to either side.
    assert counts.sum() == good.sum()
    assert np.abs(np.cumsum(counts) - np.cumsum(wanted)).max() <= good.sum() * 0.001 + 1
    inside = good & (ra >= 0) & (ra <= 360)
    fields = unpacked(density)
    assert sum(row["n"] for row in fields) == inside.sum()
    assert max(row["i"] for row in fields) == 19
    steps = {row["b"]: row for row in unpacked(series)}
    third = inside & (ra >= 60) & (ra < 90)
    assert steps[2]["n"] == pytest.approx(third.sum(), abs=1)
    assert steps[2]["m"] == pytest.approx(mag[third].mean(), abs=1e-3)
    assert len(unpacked(points)) == int((inside[:100]).sum())
    assert binning.ranges(one(nothing), [False, True], [(None, None)] * 2) == binning.Ranges(rows=0, good=0)


def test_a_light_curve_has_each_point_once_and_its_limits(answers: Any) -> None:
    points = curve.points(unpacked(answers["curve"][0]["data"]))
    assert [(p.t, p.y, p.e, p.band, p.limit) for p in points] == [
        (8.0, 18.5, 0.2, "r", False), (9.0, 20.5, None, "g", True), (10.0, 18.0, 0.1, "g", False),
        (12.0, 17.0, 0.1, "g", False),
    ]  # fmt: skip


@pytest.mark.parametrize("n", range(len(NAMES)), ids=[ascii(name) for name in NAMES])
def test_every_view_finds_its_columns_whatever_they_are_called(answers: Any, n: int) -> None:
    found, odd = answers[f"odd{n}"], NAMES[n]
    assert not [answer for answer in found if "refused" in answer]
    _, ranged, histogram, density, points, series, sky, objects, line, stamp, row = (a["data"] for a in found)
    assert one(ranged) == {"rows": 1, "good": 1, "low0": 45.5, "high0": 45.5, "low1": 1.5, "high1": 1.5}
    assert unpacked(histogram) == [{"b": 0, "n": 1}]
    assert unpacked(density) == [{"i": 0, "j": 0, "n": 1}]
    assert unpacked(points) == [{"x": 45.5, "y": 1.5}]
    assert unpacked(series)[0]["m"] == 1.5
    assert unpacked(sky) == [{"h": int(healpix.numbers(45.5, 1.5, 0)), "n": 1}]
    assert objects == [[odd, 1]]
    assert curve.points(unpacked(line))[0].t == 1.5
    assert (one(stamp)["name"], one(stamp)["n0"], one(stamp)["b0"].strip()) == (odd, 2, "AP8=")
    assert preview.rows([row[0][0]], odd_columns(odd))[0][0] == 45.5
