"""A TAP service is asked: rows with units and UCDs; its refusals and silence in plain words."""

from __future__ import annotations

import astropy.table  # noqa: F401  (it warns of homes that are gone when it is first imported in a test)
import pytest

from astrolabnet_gui.errors import BadInput, Unreachable
from astrolabnet_gui.sources.tap import query
from tests.sources.tap_server import tap_service


def test_rows_come_with_units_and_ucds_and_refusals_with_the_services_words() -> None:
    with tap_service() as url:
        sheet = query(url, "SELECT * FROM gaia", 3)
        assert sheet.arrow.to_pydict() == {"source_id": [2**60, 2**60 + 1, 2**60 + 2], "ra": [10.0, 11.0, 12.0]}
        ra = sheet.columns[1]
        assert (ra.unit, ra.ucd, ra.comment) == ("deg", "pos.eq.ra;meta.main", "right ascension")
        with pytest.raises(BadInput, match="no table named nothing") as caught:
            query(url, "SELECT * FROM nothing", 3)
        assert caught.value.field == "query"
    with pytest.raises(Unreachable, match="can not be asked"):
        query(url, "SELECT 1", 1)
    with pytest.raises(BadInput, match="no address"):
        query("gaia", "SELECT 1", 1)
