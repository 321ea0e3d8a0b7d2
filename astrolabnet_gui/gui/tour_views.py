"""Tour of views: a table found in the catalog, its first rows, and each view of it."""

from __future__ import annotations

from ..command.sky import SkyParams
from ..errors import Missing
from ..model.key import Key
from .panels.data import TABS, DataPanel
from .panels.four import Standing
from .panels.match_choices import MatchChoices
from .panels.table_page import TablePage
from .panels.view_choices import VIEWS
from .robot import Stuck
from .tour_results import Guide

_STARS = """
CREATE TABLE IF NOT EXISTS sample_sky.stars AS
SELECT id, pow(rand(1), 0.3) * 8 + 14 AS mag, 0.4 + randn(2) / 3 AS colour FROM range(200000)
"""
"""So many that they are counted in fields, not drawn as points."""
_ROWS = 5


def show_views(guide: Guide, server: Key) -> None:
    """The sample sky of a server as a person looks at it, each view once."""
    guide.text(guide.send(server, kind="sql", code=_STARS))
    guide.do("data.look", server, {})
    sky = server.child("catalogs", "spark_catalog", epoch="").child("namespaces", "sample_sky")
    guide.do("data.look", sky, {})
    panel = _opened(guide, sky.child("tables", "alerts"))
    guide.shot("preview")
    for name in VIEWS:
        said = _draw(guide, panel, name)
        if said is None:
            continue
        if name == "sky":
            guide.check("Sky map of the sample sky", said, f"{SkyParams().alerts:,} rows")
        if name == "match":
            guide.check("Match with places of its own", said, f"{_ROWS} of {_ROWS} places")
        guide.shot(f"view-{'scatter' if name == 'density' else name}")
    _draw(guide, _opened(guide, sky.child("tables", "stars")), "density")
    guide.shot("view-density")


def _opened(guide: Guide, table: Key) -> DataPanel:
    """Click a table; its panel, when its first rows are there."""
    guide.desk.select(table)
    panel = guide.window.own.data
    panel.tabs.setCurrentIndex(TABS.index("Preview"))
    guide.until("the first rows are there", lambda: panel.preview.answered)
    return panel


def _draw(guide: Guide, panel: DataPanel, name: str) -> str | None:
    """Choose a view and let it be drawn; what its command said of it, None if this computer lacks a library for it."""
    panel.tabs.setCurrentIndex(TABS.index("View"))
    page = panel.views
    guide.until(f"the view {VIEWS[name]} is offered", lambda: page.view.findData(name) >= 0)
    page.view.setCurrentIndex(page.view.findData(name))
    given = page.choices[name]
    if name == "cone":
        given.boxes["at"].setEditText(_places(panel)[0])
    elif isinstance(given, MatchChoices):
        given.places.setPlainText("\n".join(_places(panel)))
    page.draw.click()
    asked = page.asked[name]
    guide.until(f"{VIEWS[name]} is drawn", lambda: asked.states.standing in (Standing.FULL, Standing.FAILED))
    act = next(act for act in reversed(guide.desk.acts.values()) if act.command == f"table.{name}")
    if asked.answered:
        return "" if act.last is None else act.last.text
    problem = act.last.problem if act.last is not None else None
    if problem is not None and problem.type == Missing.__name__:
        guide.leave_out(f"the view {VIEWS[name]}", problem.what)
        return None
    raise Stuck(f"the view {VIEWS[name]} could not be drawn.")


def _places(panel: DataPanel) -> list[str]:
    """Where the first rows of the table lie."""
    [page] = panel.preview.findChildren(TablePage)
    table = page.model.table
    names = [column.name for column in table.columns]
    ra, dec = names.index("ra"), names.index("dec")
    return [f"{row[ra]} {row[dec]:+}" for row in table.rows[:_ROWS]]
