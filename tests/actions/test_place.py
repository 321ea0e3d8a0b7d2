"""Where an action may run: by name, by version, and by the languages its server has."""

from __future__ import annotations

import sys

import pytest

from astrolabnet_gui.actions import place
from astrolabnet_gui.island.driver.r_home import find
from astrolabnet_gui.model.action import Action
from astrolabnet_gui.model.server import Server

ISLAND = Server(uuid="1" * 32, alias="local", url="http://127.0.0.1:1", origin="island")
WITHOUT_R = place.without_r  # before the house's fixture puts another in its place
LAL = Server(uuid="2" * 32, alias="lal", url="https://lal:8998")


@pytest.mark.parametrize(
    ("where", "alias", "livy", "said"),
    [
        ((), "lal", "", ""),
        (("lal", "cern*"), "cern-2", "", ""),
        (("lal", "cern*"), "local", "", "Night runs on lal, cern* only."),
        (("livy>=0.8",), "lal", "Livy 0.9.0", ""),
        (("livy>=0.8",), "lal", "Livy 0.7.1", "Night needs Livy 0.8; lal has 0.7."),
        (("livy>=0.8",), "lal", "", ""),
        (("LIVY >= 0.8", "cern"), "cern", "Livy 0.7", "Night needs Livy 0.8; cern has 0.7."),
    ],
)
def test_an_action_fits_by_name_and_version(where: tuple[str, ...], alias: str, livy: str, said: str) -> None:
    action = Action(name="night", title="Night", kind="pyspark", code="1", where=where)
    assert place.unfit(action, alias, livy) == said


def test_only_an_island_without_r_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "without_r", lambda: "R is not installed")
    assert place.lacking(ISLAND) == {"sparkr": "R is not installed"}
    assert place.lacking(LAL) == {}, "of others nothing is known"
    assert place.lacking(None) == {}


def test_whether_there_is_r_is_what_the_driver_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKR_DRIVER_R", "no-such-r")
    assert WITHOUT_R() == find({}).why == "R is not installed on this computer (Debian: apt install r-base-core)"
    monkeypatch.setenv("SPARKR_DRIVER_R", sys.executable)
    assert WITHOUT_R() == find({}).why == ""
