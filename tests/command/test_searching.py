"""Data of all servers are found by what was seen of them: names, columns, types; nothing is asked or opened for it."""

from __future__ import annotations

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.command.looking import catalog_thing, namespace_thing, table_thing

from .rig import SERVER, Rig

OWN = SERVER.child("catalogs", "spark_catalog", epoch="")
SKY = OWN.child("namespaces", "sky")
ALERTS = SKY.child("tables", "alerts")


def seen(rig: Rig, *, columns: bool = True) -> None:
    names = [TableName(namespace=("sky",), name=name) for name in ("alerts", "stars.new")]
    things = [catalog_thing(SERVER, "spark_catalog"), namespace_thing(OWN, ("sky",))]
    rig.engine.show([*things, *(table_thing(SKY, name) for name in names)], server=SERVER.server)
    if columns:
        nested = Field(name="parts", type="array", parts=(Field(name="MagPsf", type="double"),))
        rig.house.browsing.columns[ALERTS] = (Field(name="id", type="long"), nested)


async def test_tables_are_found_by_name_column_and_type_without_asking_anybody() -> None:
    async with Rig() as rig:
        seen(rig)
        for words, wanted in (
            ("alert", ["sky.alerts"]), ("SKY", ["sky", "sky.alerts", "sky.stars.new"]), ("magpsf", ["sky.alerts"]),
            ("sky type:double", ["sky.alerts"]), ("stars.new", ["sky.stars.new"]), ("type:binary", []),
        ):  # fmt: skip
            found = (await rig.well("data.find", None, text=words)).result
            assert [row["name"] for row in found["found"]] == wanted, words
        by_column = (await rig.well("data.find", None, text="magpsf")).result["found"][0]
        assert by_column["columns"] == ["parts array<double>"]
        assert by_column["address"] == ALERTS.address("lal")
        assert not [t for t in rig.engine.store.children(SERVER) if t.key.kind == "sessions"]


async def test_it_says_who_was_not_asked_and_that_there_is_more() -> None:
    async with Rig() as rig:
        none = await rig.well("data.find", None, text="alerts")
        assert none.result == {"found": [], "total": 0, "not_asked": ["lal"]}
        assert "Not asked: lal" in none.text
        seen(rig, columns=False)
        some = await rig.well("data.find", None, text="s", limit=2)
        assert (len(some.result["found"]), some.result["total"], some.result["not_asked"]) == (2, 3, [])
        assert some.text == "2 of 3 found."


async def test_columns_of_a_table_that_vanished_are_forgotten() -> None:
    async with Rig() as rig:
        seen(rig)
        rig.house.listen(rig.engine)
        rig.engine.show((), [ALERTS], server=SERVER.server)
        assert (await rig.well("data.find", None, text="magpsf")).result["found"] == []
        assert ALERTS not in rig.house.browsing.columns
