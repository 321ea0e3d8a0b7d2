"""The View tab: what the columns allow is offered; each answer becomes a picture; a cell of the sky filters all."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel

from astrolabnet_gui.catalog.healpix import cell
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.gui.app import application
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.panels.graphs import Graph
from astrolabnet_gui.gui.panels.match_choices import MatchChoices
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.panels.view_page import ViewPage
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink

TABLE = Key("u").child("catalogs", "spark_catalog", epoch="").child("tables", "alerts")
COLUMNS = tuple(
    Field(name=name, type=kind)
    for name, kind in (("objectId", "string"), ("ra", "double"), ("dec", "double"), ("jd", "double"),
                       ("magpsf", "double"), ("sigmapsf", "double"), ("fid", "integer"), ("cutoutScience", "binary"))
)  # fmt: skip
MAG = {"name": "magpsf", "unit": "mag"}
SPAN = {"low": 14.0, "high": 20.0, "log": False}
FOUND = {"columns": [{"name": "separation_arcsec"}, {"name": "id"}], "rows": [[1.5, 7]]}
PIXELS = base64.b64encode(np.arange(16, dtype="<f4").tobytes()).decode()
ANSWERS: dict[str, dict[str, Any]] = {
    "sky": {"order": 3, "cell": "", "value": "", "rows": 12, "without": 1, "cells": [(5, 7, None), (700, 5, None)]},
    "histogram": {"column": MAG, "rows": 10, "good": 9, "counts": [4, 5], "edges": [14.0, 17.0, 20.0], "drawn": 9},
    "density": {"x": MAG, "y": MAG, "rows": 3, "good": 3, "points": [(14.0, 15.0), (16.0, 17.0)], "fields": None,
                "bins": 64, "spans": [SPAN, SPAN]},
    "series": {"x": MAG, "y": MAG, "rows": 9, "good": 9, "steps": [(14.5, 4, 15.0, 14.0, 16.0)], "wide": 1.0},
    "lightcurve": {"object": "ZTF1", "objects": [("ZTF1", 8)], "points": [(2460000.5, 18.1, 0.1, "g", False),
                   (2460001.5, 19.9, None, "r", True)], "time": "jd", "time_unit": "d", "brightness": "magpsf",
                   "unit": "mag", "magnitudes": True, "cut": False},
    "stamps": {"rows": 1, "stamps": [
        {"column": "cutoutScience", "row": 0, "wide": 4, "high": 4, "pixels": PIXELS, "low": 0.0, "high_cut": 15.0},
        {"column": "cutoutTemplate", "row": 0, "problem": "it is no FITS"}]},
    "cone": {"table": FOUND, "at": [10, 41], "within": "60 arcsec", "file": ""},
    "match": {"table": FOUND, "places": 3, "matched": 1, "of": 4, "within": "1 arcsec", "file": ""},
    "packet": {"packet": {"objectId": "<b>x</b>", "candidate": {"ra": 1.5}}},
}  # fmt: skip


@pytest.fixture
def page(qtbot: Any) -> ViewPage:
    _, dress = application(["x"])
    desk = Desk(())
    link = FakeLink()
    desk.connect_to(link)
    link.subscribe(desk.receive)
    made = ViewPage(desk, dress)
    made.link = link  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(430, 700)
    made.about(TABLE)
    made.offer(COLUMNS)
    made.show()
    return made


def choose(page: ViewPage, name: str) -> None:
    page.view.setCurrentIndex(page.view.findData(name))


def submitted(page: ViewPage) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = page.link.submitted  # type: ignore[attr-defined]
    return found


def test_the_columns_decide_what_is_offered(page: ViewPage) -> None:
    every = {page.view.itemData(i) for i in range(page.view.count())}
    assert every == set(ANSWERS)
    page.offer((Field(name="word", type="string"),))
    assert {page.view.itemData(i) for i in range(page.view.count())} == {"packet"}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_becomes_a_picture(page: ViewPage, name: str) -> None:
    choose(page, name)
    page.asked[name].show_answer(ANSWERS[name])
    QApplication.processEvents()
    drawn = page.grab().toImage()
    colours = {drawn.pixelColor(x, y).rgb() for x in range(20, drawn.width(), 7) for y in range(120, drawn.height(), 5)}
    assert len(colours) > 1, "it is bare"


def test_binary_values_of_a_row_are_fetched_when_asked_for(page: ViewPage) -> None:
    choose(page, "packet")
    page.draw.click()
    page.choices["packet"].checks["binary"].click()
    page.asked["packet"].show_answer(ANSWERS["packet"])
    page.draw.click()
    assert next(given for name, _, given in submitted(page) if name == "table.packet") == {}
    assert page.params("packet") == {"binary": True}


def test_it_waits_for_a_person_says_what_it_reads_and_asks_once(page: ViewPage) -> None:
    page.cost("the whole table (410 kB)")
    choose(page, "histogram")
    assert submitted(page) == []
    words = " ".join(label.text() for label in page.asked["histogram"].findChildren(QLabel))
    assert "one column of the whole table (410 kB), twice" in words
    page.draw.click()
    page.draw.click()
    assert [command for command, _, _ in submitted(page)] == ["table.histogram"]


def test_a_cell_of_the_sky_filters_all_views_until_it_is_taken_back(page: ViewPage) -> None:
    chosen = cell("3/5")
    page.choose(chosen)
    assert page.params("histogram")["cell"] == "3/5"
    assert page.params("series")["cell"] == "3/5"
    assert "cell" not in page.params("sky")
    page.zoom_in()
    assert page.params("sky")["cell"] == "3/5"
    page.forget.click()
    assert page.cell is None
    assert "cell" not in page.params("histogram")
    assert "cell" not in page.params("sky")


def test_another_table_begins_anew(page: ViewPage) -> None:
    page.choose(cell("3/5"))
    page.about(TABLE.parent.child("tables", "other"))  # type: ignore[union-attr]
    assert page.cell is None
    assert page.view.count() == 1


def test_magnitudes_grow_downwards_and_julian_dates_are_short(page: ViewPage) -> None:
    jd = {"x": {"name": "jd", "unit": "d", "time": False}, "steps": [(2460000.5, 4, 15.0, 14.0, 16.0)]}
    for magnitudes in (True, False):
        page.asked["series"].show_answer({**ANSWERS["series"], **jd, "magnitudes": magnitudes})
        graph = page.asked["series"].findChildren(Graph)[-1]
        assert graph.paper.getPlotItem().getViewBox().yInverted() is magnitudes
        assert graph.paper.getAxis("bottom").labelText == "jd − 2460000, d"
        assert max(graph.paper.getPlotItem().listDataItems()[-1].getData()[0]) == 0.5


def test_the_legend_has_room_of_its_own(page: ViewPage) -> None:
    choose(page, "lightcurve")
    page.asked["lightcurve"].show_answer(ANSWERS["lightcurve"])
    QApplication.processEvents()
    box = page.asked["lightcurve"].findChildren(Graph)[-1].paper.getPlotItem().getViewBox()
    (_, _), (low, high) = box.viewRange()
    assert (18.0 - low) / (high - low) > 0.1, "above the brightest point"


def test_an_object_is_shown_whole_whatever_cell_is_chosen(page: ViewPage) -> None:
    choose(page, "lightcurve")
    page.asked["lightcurve"].show_answer(ANSWERS["lightcurve"])
    page.choose(cell("3/5"))
    assert page._filter_words.text() == "All rows of ZTF1, not only cell 3/5"
    choose(page, "histogram")
    assert page._filter_words.text() == "Only cell 3/5, in all views"


def test_a_place_and_a_radius_are_typed(page: ViewPage) -> None:
    choose(page, "cone")
    page.choices["cone"].boxes["at"].setEditText("10.68 +41.27")
    page.draw.click()
    assert submitted(page)[-1] == ("table.cone", TABLE, {"at": "10.68 +41.27", "radius": 60.0})


def matching(page: ViewPage) -> MatchChoices:
    choose(page, "match")
    found = page.choices["match"]
    assert isinstance(found, MatchChoices)
    return found


def words(page: ViewPage, name: str) -> str:
    return " ".join(one.text() for one in page.asked[name].findChildren(QLabel) if one.isVisibleTo(page))


def test_a_list_is_places_that_are_pasted(page: ViewPage) -> None:
    given = matching(page)
    assert page.draw.text() == "Match"
    given.places.setPlainText("10.68 +41.27\n00:42:44 +41:16:09")
    assert not given.file.isEnabled()
    given.radius.setText("2,5")
    page.draw.click()
    asked = {"places": ["10.68 +41.27", "00:42:44 +41:16:09"], "radius": "2,5", "unit": "arcsec", "nearest": True}
    assert submitted(page)[-1] == ("table.match", TABLE, asked), "the command says what is wrong with a number"


def test_a_list_is_a_file_and_its_match_becomes_one(page: ViewPage, monkeypatch: pytest.MonkeyPatch) -> None:
    given = matching(page)
    page.choose(cell("3/5"))
    given.picker.take((Path("/sky/mine.fits"),))
    assert not given.places.isEnabled()
    given.list_ra.setText("RAJ2000")
    given.nearest.setChecked(False)
    given.boxes["unit"].setCurrentText("arcmin")
    page.draw.click()
    asked = {"file": "here:/sky/mine.fits", "list_ra": "RAJ2000", "radius": 1.0, "unit": "arcmin", "nearest": False,
             "cell": "3/5"}  # fmt: skip
    assert submitted(page)[-1] == ("table.match", TABLE, asked)
    page.link.run("run0", "table.match", RunState.DONE, result=ANSWERS["match"])  # type: ignore[attr-defined]
    QApplication.processEvents()
    assert "1 of 3 places have rows within 1 arcsec. 1 row of the list without a position." in words(page, "match")
    monkeypatch.setattr("astrolabnet_gui.gui.panels.table_page.ask_place", lambda *_: Path("/sky/found.vot"))
    [table] = page.asked["match"].findChildren(TablePage)
    table.export()
    assert submitted(page)[-1] == ("table.match", TABLE, asked | {"into": "/sky/found.vot"})
    page.link.run("run1", "table.match", RunState.DONE, result=ANSWERS["match"] | {"file": "/sky/found.vot"})  # type: ignore[attr-defined]
    QApplication.processEvents()
    assert "Written into /sky/found.vot." in words(page, "match")
    page.draw.click()
    assert submitted(page)[-1] == ("table.match", TABLE, asked), "not written again"


def test_nothing_near_is_said_in_words(page: ViewPage) -> None:
    matching(page)
    page.asked["match"].show_answer(ANSWERS["match"] | {"table": {**FOUND, "rows": []}, "matched": 0})
    assert "0 of 3 places have rows within 1 arcsec." in words(page, "match")
    assert not page.asked["match"].findChildren(TablePage)


def test_the_list_of_a_match_makes_no_other_view_high(page: ViewPage) -> None:
    matching(page)
    QApplication.processEvents()
    high = page._boxes.height()
    choose(page, "histogram")
    QApplication.processEvents()
    assert page._boxes.height() < high / 2
