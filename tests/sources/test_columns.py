"""Columns of packets that carry no schema."""

from __future__ import annotations

import pytest

from astrolabnet_gui.errors import Malformed
from astrolabnet_gui.sources import columns


def test_columns_of_packets_that_were_seen() -> None:
    seen = [
        {"id": 1, "mag": 18, "tags": [], "at": {"ra": 1.5}, "x": None},
        {"id": 2, "mag": 18.5, "tags": ["a"], "at": {"ra": 2, "dec": None}, "x": None, "mixed": 1},
        {"id": 3, "mixed": "word", "we`ird": True, "stamp": b"x"},
    ]
    assert columns.of_records(seen) == (
        "`id` bigint, `mag` double, `tags` array<string>, `at` struct<`ra`:double,`dec`:string>, `x` string, "
        "`mixed` string, `we``ird` boolean, `stamp` binary"
    )


def test_of_nothing_there_are_none() -> None:
    with pytest.raises(Malformed, match="no packet"):
        columns.of_records([])
