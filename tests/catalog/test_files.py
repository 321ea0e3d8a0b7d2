"""Files: what a folder holds is known by names alone, and answers that are not as asked for say so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from astrolabnet_gui.catalog import abilities, files, seen, tables
from astrolabnet_gui.catalog.column_tree import column_things
from astrolabnet_gui.catalog.files import FileFacts, folder_format, format_of
from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.errors import Malformed
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing

NAME = TableName(namespace=("sky",), name="a`b")


def inside(*names: str) -> list[FileFacts]:
    return [
        FileFacts(uri=f"file:/x/{n}", name=n, kind="file" if "." in n else "folder", format=format_of(n)) for n in names
    ]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["hats.properties", "dataset"], "hats"), (["properties", "dataset"], "hats"), (["Norder=1"], "hats"),
        (["_delta_log", "a.parquet"], "delta"), (["metadata", "data"], "iceberg"), (["properties", "x.csv"], "csv"),
        (["a.parquet", "b.parquet", "_SUCCESS", ".a.crc"], "parquet"), (["a.csv.gz"], "csv"),
        (["a.parquet", "b.csv"], ""), (["a.fits"], "fits"), ([], ""),
    ],
)  # fmt: skip
def test_a_folder_is_known_by_what_it_holds(names: list[str], wanted: str) -> None:
    assert folder_format(inside(*names)) == wanted


def test_a_place_becomes_a_table_where_it_lies() -> None:
    sql = files.table_statement(NAME, "file:/it's/${env:HOME}", "hats", inside("dataset", "hats.properties"))
    assert sql == (
        "CREATE TABLE `spark_catalog`.`sky`.`a``b` USING `parquet` OPTIONS (pathGlobFilter '*.parquet') "
        r"LOCATION 'file:/it\u0027s/\u0024\u007benv:HOME\u007d/dataset'"
    )
    assert "header 'true'" in files.table_statement(NAME, "file:/x.csv", "csv")


def test_answers_are_read_and_odd_ones_refused() -> None:
    row = ["a.parquet", False, 7, 1_700_000_000_000, "ada", "rw-r--r--"]
    [one], total = files.listed({"uri": "file:/x/", "rows": [row], "total": 9})
    assert (one.uri, one.format, one.size_bytes, total) == ("file:/x/a.parquet", "parquet", 7, 9)
    assert one.changed == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert [p.name for p in files.places({"rows": [["home", "file:/h"], ["root", "file:/"]]})] == ["home", "root"]
    for answer in ({}, {"rows": 1}, {"rows": [["x"]]}):
        for read in (files.listed, files.places, files.summary, files.measured, abilities.probed):
            with pytest.raises(Malformed):
                read(answer)
    with pytest.raises(Malformed):
        tables.page({"rows": "x", "total": 1}, "c", ("n",))


def test_what_was_seen_comes_back_and_a_damaged_file_is_nothing(tmp_path: Path) -> None:
    server, file = "a" * 32, tmp_path / "seen" / "x.json"
    catalog = Key(server).child("catalogs", "spark_catalog", epoch="")
    table = catalog.child("namespaces", "sky").child("tables", "a`b")
    folder = Key(server).child("files", "Files", epoch="").child("files", "file:/x")
    when = datetime(2026, 1, 1, tzinfo=UTC)
    things = [
        Thing(key=catalog, label="spark_catalog", state="ready", since=when),
        Thing(key=catalog.child("namespaces", "sky"), label="sky", state="ready", payload=("sky",)),
        Thing(key=table, label="a`b", fact="view", state="ready", since=when, payload=NAME),
        Thing(key=folder, label="x", state="ready", payload=FileFacts(uri="file:/x", name="x", kind="folder")),
    ]
    point = Field(name="p", type="struct", parts=(Field(name="z", type="long"), Field(name="a", type="long")))
    columns = {
        table: (
            point,
            Field(name="m", type="map", parts=(Field(name="key", type="string"), Field(name="value", type="long"))),
        )
    }
    seen.save(file, things, columns)
    assert seen.load(file, server) == (things, columns)
    # Where a table was unfolded its columns stand below it again.
    shown = list(column_things(table, columns[table], when))
    assert [t.label for t in shown] == ["p", "z", "a", "m"]
    unfolded = [*things[:3], *shown, *things[3:]]
    seen.save(file, unfolded, columns)
    assert seen.load(file, server) == (unfolded, columns)
    for text in ("", "[", "[1]", '[{"path": 1}]', "{}"):
        file.write_text(text)
        assert seen.load(file, server) == ([], {})
    file.unlink()
    assert seen.load(file, server) == ([], {})
