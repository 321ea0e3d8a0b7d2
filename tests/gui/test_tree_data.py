"""Data in the tree: looked into when a person unfolds it, once, never by a start, a reset or a server that is down."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from astrolabnet_gui.catalog.column_tree import column_things
from astrolabnet_gui.catalog.files import FileFacts
from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server

CATALOG = Key(UUIDS["lal"]).child("catalogs", "spark_catalog", epoch="")
SKY = CATALOG.child("namespaces", "sky")


def catalog() -> Thing:
    return Thing(key=CATALOG, label="spark_catalog", state="ready")


def sky() -> Thing:
    return Thing(key=SKY, label="sky", state="ready", payload=("sky",))


def looks(link: FakeLink) -> list[Key | None]:
    return [key for name, key, _ in link.submitted if name == "data.look"]


def run_of(link: FakeLink, number: int) -> str:
    return [f"run{n}" for n, (name, _, _) in enumerate(link.submitted) if name == "data.look"][number]


def test_an_unfolded_namespace_is_asked_for_its_tables_once(window: Window, desk: Desk, link: FakeLink) -> None:
    link.things([server("lal"), catalog(), sky()])
    row = window.model.row_of(SKY)
    assert window.model.hasChildren(row), "it can be unfolded though nothing is known of it"
    assert not looks(link), "a start asks for nothing"
    window.tree.expand(row)
    window.tree.collapse(row)
    window.tree.expand(row)
    assert looks(link) == [SKY]
    tables = [Thing(key=SKY.child("tables", f"t{n}"), label=f"t{n}", state="ready") for n in range(1000)]
    link.delta(Delta(SKY.server, added=tuple(tables)))
    link.run(run_of(link, 0), "data.look", RunState.DONE, key=SKY)
    assert window.model.there(window.model.row_of(SKY)) == 1000
    assert window.tree.isExpanded(window.model.row_of(SKY))
    assert window.model.hasChildren(window.model.row_of(tables[0].key)), "its columns are asked for when it is unfolded"
    window.model.show_store(desk.store)
    assert looks(link) == [SKY], "a reset asks for nothing"


def test_a_folder_is_looked_into_and_a_file_says_what_it_is(window: Window, desk: Desk, link: FakeLink) -> None:
    root = Key(UUIDS["lal"]).child("files", "Files", epoch="")
    home = root.child("files", "file:/home/ada")
    facts = FileFacts(uri="file:/home/ada/a.parquet", name="a.parquet", kind="file", format="parquet", size_bytes=2000)
    file = Thing(key=home.child("files", "a.parquet"), label="a.parquet", state="ready", payload=facts)
    folders = [
        Thing(key=key, label=name, state="not asked", payload=FileFacts(uri=name, name=name, kind="folder"))
        for key, name in ((root, "Files"), (home, "home"))
    ]
    link.things([server("lal"), *folders])
    row = window.model.row_of(home)
    assert row.data() == "home"
    window.tree.expand(row)
    assert looks(link) == [home]
    link.delta(Delta(root.server, added=(file,)))
    assert not window.model.hasChildren(window.model.row_of(file.key)), "a file holds nothing"
    desk.select(file.key)
    assert window.detail.path == "lal › Files › ada › a.parquet"
    words = " ".join(part.text() for part in window.detail.findChildren(QLabel))
    assert "parquet file" in words
    assert "2.00\u202fkB" in words


def test_one_that_could_not_be_asked_is_folded_and_asked_again_when_unfolded(
    window: Window, desk: Desk, link: FakeLink
) -> None:
    link.things([server("lal"), catalog(), sky()])
    row = window.model.row_of(SKY)
    window.tree.expand(row)
    problem = Problem(type="AstroLabNetError", what="no permission", server="lal")
    link.run(run_of(link, 0), "data.look", RunState.FAILED, key=SKY, problem=problem)
    assert not window.tree.isExpanded(row)
    window.tree.expand(row)
    assert looks(link) == [SKY, SKY]


def test_of_a_server_that_is_down_nothing_is_asked(window: Window, link: FakeLink) -> None:
    old = catalog().model_copy(update={"stale_since": server("lal").since})
    link.things([server("lal", "down"), old])
    window.tree.expand(window.model.row_of(CATALOG))
    assert not looks(link)


def test_of_a_hundred_thousand_tables_a_page_is_shown_and_the_next_when_one_scrolls_there(
    window: Window, desk: Desk, link: FakeLink
) -> None:
    many = sky().model_copy(update={"fact": "1,000 of 100,000"})
    tables = tuple(Thing(key=SKY.child("tables", f"t{n:04}"), label=f"t{n:04}", state="ready") for n in range(1000))
    link.things([server("lal"), catalog(), many, *tables])
    window.tree.expand(window.model.row_of(SKY))
    bar = window.tree.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert not [name for name, _, _ in link.submitted if name == "data.more"]
    window.tree.scrollTo(window.model.bring(tables[-1].key))
    asked = [(f"run{n}", key) for n, (name, key, _) in enumerate(link.submitted) if name == "data.more"]
    assert [key for _, key in asked] == [SKY], "once, however far one scrolls"
    link.delta(Delta(SKY.server, changed=(sky(),)))
    link.run(asked[0][0], "data.more", RunState.DONE, key=SKY)
    bar.setValue(0)
    window.tree.scrollTo(window.model.bring(tables[-1].key))
    assert len([name for name, _, _ in link.submitted if name == "data.more"]) == 1, "all are shown"


def test_an_unfolded_table_shows_its_columns_in_its_order_and_what_is_nested_waits(
    window: Window, desk: Desk, link: FakeLink
) -> None:
    table = SKY.child("tables", "alerts")
    name = TableName(namespace=("sky",), name="alerts")
    link.things([server("lal"), catalog(), sky(), Thing(key=table, label="alerts", state="ready", payload=name)])
    window.tree.expand(window.model.row_of(table))
    asked = [(name, key) for name, key, _ in link.submitted]
    assert ("table.schema", table) in asked
    assert not looks(link)
    point = Field(name="p", type="struct", parts=(Field(name="z", type="long"), Field(name="a", type="long")))
    history = Field(name="history", type="array", parts=(point,))
    columns = tuple(
        column_things(
            table,
            (Field(name="ra", type="double", unit="deg", ucd="pos.eq.ra"), history, Field(name="dec", type="double")),
        )
    )
    link.delta(Delta(SKY.server, added=columns))
    row = window.model.row_of(table)
    assert [window.model.index(n, 0, row).data() for n in range(3)] == ["ra", "history", "dec"]
    assert [window.model.index(0, n, row).data() for n in range(3)] == ["ra", "", ""], "a column has no state"
    nested = window.model.row_of(table.child("columns", "history"))
    assert not window.tree.isExpanded(nested)
    window.tree.expand(nested)
    assert [window.model.index(n, 0, nested).data() for n in range(2)] == ["z", "a"]
    assert len(link.submitted) == len(asked), "what is known is not asked for"
    desk.select(table.child("columns", "ra"))
    assert window.detail.path.endswith("alerts › column ra"), window.detail.path
    words = " ".join(part.text() for part in window.detail.findChildren(QLabel))
    assert "Type double Unit deg Meaning pos.eq.ra" in words
