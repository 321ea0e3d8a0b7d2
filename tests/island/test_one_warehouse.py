"""Which folder the sessions of an island have their tables in: all the same, unless one asks for another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.island.core import Island
from astrolabnet_gui.island.jre import Jre
from astrolabnet_gui.island.options import Options
from astrolabnet_gui.island.request import NewSession

SETTING = "spark.sql.warehouse.dir"


@pytest.mark.parametrize(
    ("options", "asked", "folder"),
    [
        ({}, {}, "state/warehouse"),
        ({"warehouse": Path("tables")}, {}, "tables"),
        ({"warehouse": Path("tables"), "conf": ((SETTING, "everywhere"),)}, {}, "everywhere"),
        ({"conf": ((SETTING, "everywhere"),)}, {SETTING: "mine"}, "mine"),
    ],
)
def test_the_nearest_wish_counts(options: dict[str, Any], asked: dict[str, str], folder: str) -> None:
    island = Island(
        Options(state=Path("state"), archive=False, **options), Jre(Path("/nowhere"), "17.0.1", "configured")
    )
    start = island._start(NewSession(conf=asked), Path("work"), "")
    assert Path(start.conf[SETTING]) == Path(folder)


def test_a_session_with_tables_of_its_own_is_not_made_of_a_spare() -> None:
    assert NewSession(conf={"spark.sql.shuffle.partitions": "2"}).plain()
    assert not NewSession(conf={SETTING: "/mine"}).plain()
