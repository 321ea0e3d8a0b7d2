"""Tables that come from files of this computer onto a real island, and go back into files."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table

from astrolabnet_gui.command import loading
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Table as Rows
from astrolabnet_gui.sources.sheets import read


def stars(file: Path, rows: int = 300) -> Table:
    """A FITS table of stars around (10°, 41°), some of whose numbers are missing."""
    dice = np.random.default_rng(4)
    table = Table({"id": np.arange(rows), "ra": 10 + dice.normal(0, 0.2, rows), "dec": 41 + dice.normal(0, 0.2, rows)})
    table["ra"].unit = table["dec"].unit = "deg"
    table["mag, G`"] = np.where(np.arange(rows) % 7, 15 + dice.normal(0, 1, rows), np.nan).astype(np.float32)
    unit = fits.table_to_hdu(table)
    unit.header["TUCD2"], unit.header["TUCD3"] = "pos.eq.ra;meta.main", "pos.eq.dec;meta.main"
    unit.writeto(file)
    return table


async def sky_of_files(live: Any, night: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A FITS file becomes a table with its units; a second load asks; then by the way of a server elsewhere."""
    table = stars(tmp_path / "stars.fits")
    loaded = await live.well("table.load", night, file=str(tmp_path / "stars.fits"), name="night.sky")
    assert (loaded.result["table"], loaded.result["rows"]) == ("night.sky", 300)
    sky = loaded.focus
    assert live.engine.store.get(sky) is not None
    facts = {c["name"]: c for c in (await live.well("table.facts", sky)).result["columns"]}
    assert (facts["ra"]["unit"], facts["dec"]["ucd"]) == ("deg", "pos.eq.dec;meta.main")
    assert list(facts) == ["id", "ra", "dec", "mag, G`"]
    seen = Rows.model_validate((await live.well("table.look", sky)).result["table"])
    by_id = {row[0]: row for row in seen.rows}
    assert by_id[3][1] == pytest.approx(float(table["ra"][3]), abs=1e-12)
    assert (await live.well("table.count", sky)).result == {"rows": 300}
    # Elsewhere the file is uploaded; what is there is replaced after a yes.
    (tmp_path / "few.csv").write_text("id,ra,dec\n1,10.0,41.0\n2,50.0,-10.0\n")
    with monkeypatch.context() as patched:
        patched.setattr(loading, "reads_our_files", lambda ctx, server: False)
        again = await live.well("table.load", night, file=str(tmp_path / "few.csv"), name="night.sky")
    assert again.result["rows"] == 2
    assert (await live.well("table.count", sky)).result == {"rows": 2}
    await live.well("table.load", night.root, file=str(tmp_path / "stars.fits"), name="night.sky")
    assert (await live.well("table.count", sky)).result == {"rows": 300}
    await _around(live, sky, table, tmp_path)
    await _home_again(live, sky, night.child("tables", "odd"), table, tmp_path)


async def _around(live: Any, sky: Key, table: Table, tmp_path: Path) -> None:
    """A cone and a match find what astropy finds."""
    here = SkyCoord(table["ra"], table["dec"], unit="deg")
    live.house.resolve = lambda name: {"M 0": (10.2, 40.9)}[name]
    for at, place in (("10.1 41.05", (10.1, 41.05)), ("00:40:00 +41:00:00", (10.0, 41.0)), ("M 0", (10.2, 40.9))):
        told = (await live.well("table.cone", sky, at=at, radius=9, unit="arcmin")).result
        found = Rows.model_validate(told["table"])
        apart = here.separation(SkyCoord(*place, unit="deg")).arcsec
        wanted = sorted(np.flatnonzero(apart <= 540), key=lambda n: apart[n])
        assert [row[1] for row in found.rows] == wanted
        assert len(wanted) > 10
        assert float(found.rows[0][0]) == pytest.approx(apart[wanted[0]], abs=1e-4)
    assert [c.name for c in found.columns] == ["separation_arcsec", "id", "ra", "dec", "mag, G`"]
    dice = np.random.default_rng(5)
    mine = Table({"star": [f"s{n}" for n in range(60)], "RAJ2000": 10 + dice.normal(0, 0.2, 60)})
    mine["DEJ2000"] = 41 + dice.normal(0, 0.2, 60)
    file = str(tmp_path / "mine.csv")
    mine.write(file, format="ascii.csv")
    there = SkyCoord(mine["RAJ2000"], mine["DEJ2000"], unit="deg")
    far = there[:, None].separation(here[None, :]).arcmin
    pairs = {(f"s{n}", int(far[n].argmin())) for n in range(60) if far[n].min() <= 2}
    told = (await live.well("table.match", sky, file=file, radius=2, unit="arcmin")).result
    matched = Rows.model_validate(told["table"])
    assert [c.name for c in matched.columns][:5] == ["star", "RAJ2000", "DEJ2000", "separation_arcsec", "id"]
    assert {(row[0], row[4]) for row in matched.rows} == pairs
    assert (told["places"], told["matched"]) == (60, len(pairs))
    every = (await live.well("table.match", sky, file=file, radius=2, unit="arcmin", nearest=False)).result
    assert len(every["table"]["rows"]) == (far <= 2).sum() > told["matched"]
    # The same list as one pastes it, and what came of it as a file.
    lines = ["RA Dec", *(spot.to_string("hmsdms", precision=7) for spot in there), "# the end"]
    into = str(tmp_path / "matched.vot")
    told = (await live.well("table.match", sky, places=lines, radius=2, unit="arcmin", into=into)).result
    assert {(lines.index(row[0]) - 1, row[4]) for row in told["table"]["rows"]} == {(int(s[1:]), n) for s, n in pairs}
    assert (told["file"], read(Path(into)).rows) == (into, len(pairs))
    for wrong, said in (({}, "either as a file or as places"), ({"places": ["1 2", "M 31"]}, "line 2: 'M 31' is no")):
        refused = await live.do("table.match", sky, wrong)
        assert said in refused.problem.what


async def _home_again(live: Any, sky: Key, odd: Key, table: Table, tmp_path: Path) -> None:
    """Rows go into files of all four kinds, exact in type, with their units."""
    for ending in ("vot", "fits", "parquet", "csv"):
        told = (await live.well("table.export", sky, file=str(tmp_path / f"out.{ending}"))).result
        assert (told["rows"], told["of"]) == (300, 300)
        back = read(tmp_path / f"out.{ending}")
        cells = {row["id"]: row["ra"] for row in back.arrow.to_pylist()}
        assert cells == dict(zip(table["id"].tolist(), table["ra"].tolist(), strict=True)), ending
        if ending != "csv":
            assert (back.columns[1].unit, back.columns[2].ucd) == ("deg", "pos.eq.dec;meta.main")
    assert (await live.well("table.export", sky, file=str(tmp_path / "few.parquet"), rows=7)).result["rows"] == 7
    await live.well("table.export", odd, file=str(tmp_path / "odd.parquet"))
    [row] = read(tmp_path / "odd.parquet").arrow.to_pylist()
    assert (row["dec"], row["stamp"], row["big"]) == (Decimal("1.10"), b"\x00\xff\x10", 9007199254740993)
    assert row["ts"] == datetime(2026, 1, 2, 3, 4, 5, 123456, UTC)
    assert row["parts"] == [{"x": 1, "y": b"\xaa", "z": "s" * 5000}]
    assert dict(row["m"]) == {"k": 1, "l": None}
    for ending in ("vot", "fits", "csv"):
        await live.well("table.export", odd, file=str(tmp_path / f"odd.{ending}"))
    refused = await live.do("table.export", odd, {"file": str(tmp_path / "odd.csv")})
    assert refused.problem is not None
    assert "is there already" in refused.problem.what
