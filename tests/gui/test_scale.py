"""The strip that says what the colours of a map mean."""

from __future__ import annotations

import math

import pytest
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.panels.scale import Scale
from astrolabnet_gui.gui.panels.shades import parts
from astrolabnet_gui.gui.panels.sky_map import SkyPage
from astrolabnet_gui.gui.style import Dress
from tests.gui.clipping import cut_off, overheard, overlapping, picture
from tests.gui.test_view_page import ANSWERS


def test_its_numbers_are_those_the_colours_stand_for(qtbot: QtBot, dress: Dress) -> None:
    counts = Scale([1, 9_999, 3], "rows a cell", dress)
    qtbot.addWidget(counts)
    assert counts.ends == ("0", "99", "9\u202f999")
    assert parts([99, 9_999]).tolist() == pytest.approx([0.5, 1.0])
    means = Scale([16.0, math.nan, 18.0], "mean magpsf", dress, log=False)
    qtbot.addWidget(means)
    assert means.ends == ("16", "17", "18")
    assert "from 16 to 18" in means.accessibleName()


@pytest.mark.parametrize("wide", [120, 430])
def test_its_words_never_lie_on_each_other(qtbot: QtBot, dress: Dress, wide: int) -> None:
    scale = Scale([1, 123_456_789], "mean of a column with a long name", dress)
    qtbot.addWidget(scale)
    scale.resize(wide, scale.sizeHint().height())
    with overheard() as said:
        picture(scale, 1)
    assert len(said) == 3
    assert overlapping(said) == []
    assert cut_off(said) == []


def test_a_map_of_nothing_has_none(qtbot: QtBot, dress: Dress) -> None:
    page = SkyPage(ANSWERS["sky"] | {"cells": [], "rows": 0}, dress)
    qtbot.addWidget(page)
    assert page.scale.ends is None
    page.show()
    assert not page.scale.isVisible()
