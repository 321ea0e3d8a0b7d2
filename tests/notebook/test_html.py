"""Things and results as HTML and SVG: all that a server says is escaped; states are told by mark and word."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from astrolabnet_gui.model.output import Column, Failure, Image, Json, Part, Table, Text
from astrolabnet_gui.net.desk import Desk
from astrolabnet_gui.net.world import Net
from astrolabnet_gui.notebook import html
from astrolabnet_gui.notebook.chart import svg
from astrolabnet_gui.notebook.progress import said

from ..cli.fakes import FakeLink, server, session, task

EVIL = "<script>alert('x')</script>\x1b[2J\u202e"
OK = {"status": "ok", "execution_count": 0, "data": {"text/plain": EVIL}}


def world(*things: object) -> Net:
    """The world as this link tells it."""
    return Net(Desk(FakeLink(*things), lambda question: "yes", lambda event: None))  # type: ignore[arg-type]


def harmless(page: str) -> str:
    """The page, seen to be whole and to hold no script and nothing that steers."""
    ElementTree.fromstring(f"<div>{page.replace('&nbsp;', ' ')}</div>")
    assert "<script" not in page
    assert not any(c in page for c in "\x1b\u202e")
    return page


def test_servers_sessions_and_tasks_are_tables_with_state_lights() -> None:
    evil = session().model_copy(update={"fact": EVIL, "problem": EVIL})
    net = world(server("lal"), evil, task("done", OK), server("far", "no answer", EVIL))
    servers = harmless(html.net(net))
    assert "<code>lal</code>" in servers
    assert "●</span>&nbsp;up" in servers
    assert "?</span>&nbsp;no answer" in servers
    one = harmless(html.node(net["lal"]))
    assert "lal/sessions/3" in one
    assert "&lt;script&gt;" in one
    assert "&lt;script&gt;" in harmless(html.node(net["lal"].sessions[3].tasks[7]))
    assert harmless(html.nodes(net["lal"].sessions)).count("<tr>") == 2
    assert "net.island.start()" in harmless(html.net(world()))


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Table(columns=(Column(name=f"mag{EVIL}", unit="mag"),), rows=((19.5,), (None,), (EVIL,))), "<i>null</i>"),
        (Table(columns=(Column(name="n"),), rows=tuple((n,) for n in range(500))), "100 of 500 rows"),
        (Text(text=EVIL), "&lt;script&gt;"),
        (Json(value={EVIL: EVIL}), "&lt;script&gt;"),
        (Failure(name=EVIL, message=EVIL), "&lt;script&gt;"),
        (Image(mime="image/png", base64="aGk="), 'src="data:image/png;base64,aGk="'),
        (Image(mime="image/svg+xml", base64="aGk="), "not shown here"),
        (Image(mime="image/png", base64='"><script>'), "not shown here"),
    ],
)
def test_each_part_of_a_result_is_shown_and_harmless(part: Part, shown: str) -> None:
    page = html.part(part)
    assert shown in page
    if not isinstance(part, Image):
        harmless(page)
    assert "<script" not in page


def test_the_graph_is_a_whole_svg_with_each_server_and_session() -> None:
    net = world(server("lal"), session(), server("far", "down", EVIL).model_copy(update={"label": EVIL}))
    picture = ElementTree.fromstring(harmless(svg(net.graph)))
    space = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f".//{space}rect")) == 2
    assert len(picture.findall(f".//{space}circle")) == 3
    assert "no servers" in svg(world().graph)


def test_progress_is_a_bar_until_the_end() -> None:
    assert 'value="0.500"' in harmless(said(task("running", progress=0.5)))
    assert "<progress" not in said(task("done", OK, progress=1.0))


def test_the_table_of_a_task_becomes_those_of_pandas_arrow_and_astropy(tmp_home: Path) -> None:
    for folder in (".config", ".cache"):
        (tmp_home / folder).mkdir(exist_ok=True)  # astropy warns where there is none
    table = {"schema": {"fields": [{"name": "mag", "type": "double"}, {"name": "name", "type": "string"}]},
             "data": [[19.5, "a"], [None, "b"]]}  # fmt: skip
    output = {"status": "ok", "execution_count": 0, "data": {"application/json": table}}
    one = world(server("lal"), session(), task("done", output))["lal"].sessions[3].tasks[7]
    frame = one.to_pandas()
    assert list(frame.columns) == ["mag", "name"]
    assert frame["mag"].isna().tolist() == [False, True]
    assert one.to_arrow().to_pydict() == {"mag": [19.5, None], "name": ["a", "b"]}
    assert one.to_astropy()["mag"].mask.tolist() == [False, True]
