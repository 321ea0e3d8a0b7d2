"""Tables that come from files of this computer onto a real island, and go back into files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from astrolabnet_gui.command import loading
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Table as Rows


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
