"""The catalog's SQL and answers: names stay names, cells keep their types, odd answers are said."""

from __future__ import annotations

import base64
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.catalog import fingerprint, preview, questions
from astrolabnet_gui.catalog.names import TableName, literal, quoted, table_name
from astrolabnet_gui.catalog.preview import Cut
from astrolabnet_gui.catalog.refusals import spark_says
from astrolabnet_gui.catalog.schema import Field, fields
from astrolabnet_gui.errors import BadInput, Malformed
from astrolabnet_gui.model.output import Failure

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60)


def unquoted(sql: str) -> str:
    """What Spark reads of one back-ticked name: the tick that ends it is the first that stands alone."""
    assert sql[0] == "`"
    name, i = "", 1
    while True:
        if sql[i] == "`":
            if sql[i + 1 : i + 2] != "`":
                assert i == len(sql) - 1, "the name ended before its end"
                return name
            i += 1
        name += sql[i]
        i += 1


@given(NAMES)
def test_a_quoted_name_is_that_name(name: str) -> None:
    assert unquoted(quoted(name)) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_literal_is_that_text_and_holds_nothing_that_could_mean_more(text: str) -> None:
    sql = literal(text)
    assert not set("'\\${}\"`\n") & set(sql[1:-1].replace("\\u", ""))
    assert json.loads('"' + sql[1:-1] + '"') == text


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_tables_name_is_read_as_it_is_written(parts: list[str]) -> None:
    assert [*filter(None, _flat(table_name(quoted(*parts))))][-len(parts) :] == parts


def _flat(name: TableName) -> list[str]:
    return [name.catalog, *name.namespace, name.name]


@pytest.mark.parametrize("text", ["", "a..b", "`open", ".a", "a.", "\0"])
def test_what_is_no_name_is_said(text: str) -> None:
    with pytest.raises(BadInput):
        table_name(text)


def column(name: str, spark_type: Any) -> Field:
    return fields({"type": "struct", "fields": [{"name": name, "type": spark_type, "nullable": True}]})[0]


def array_of(spark_type: Any) -> dict[str, Any]:
    return {"type": "array", "elementType": spark_type, "containsNull": True}


def test_cells_keep_their_types() -> None:
    columns = (
        column("d", "decimal(10,2)"),
        column("f", "double"),
        column("b", "binary"),
        column("a", array_of("long")),
    )
    row = '{"0":1.10,"1":"NaN","2":5,"3":[9007199254740993,null]}'
    [(dec, real, blob, items)] = preview.rows([row], columns)
    assert isinstance(dec, Decimal)
    assert str(dec) == "1.10"
    assert math.isnan(real)
    assert blob == Cut(length=5, what="bytes")
    assert items == [9007199254740993, None]
    assert [preview.plain(c) for c in (dec, real, blob)] == ["1.10", "NaN", "5 bytes"]


def test_two_columns_of_one_name_are_two() -> None:
    columns = (column("x", "integer"), column("x", "integer"))
    assert preview.rows(['{"0":1,"1":2}'], columns) == ((1, 2),)


def test_what_is_long_is_seen_to_be_cut() -> None:
    columns = (column("s", "string"), column("a", array_of("integer")))
    long = json.dumps({"0": "a" * (preview.TEXT + 1), "1": list(range(preview.LIST + 1))})
    [(text, items)] = preview.rows([long], columns)
    assert text == Cut(shown="a" * preview.TEXT)
    assert items == Cut(shown=list(range(preview.LIST)), what="items")
    many = {"type": "map", "keyType": "string", "valueType": "integer", "valueContainsNull": True}
    entries = {f"k{n}": n for n in range(preview.LIST + 1)}
    [(found,)] = preview.rows([json.dumps({"0": entries})], (column("m", many),))
    assert (len(found.shown), found.what) == (preview.LIST, "entries")
    [(found,)] = preview.rows(['{"0":"aaaaa"}'], columns[:1], cuts=preview.Cuts(text=4, items=1))
    assert found == Cut(shown="aaaa")


def test_binary_values_show_their_length_until_they_are_asked_for() -> None:
    blob = (column("b", "binary"),)
    assert preview.rows(['{"0":4}'], blob) == ((Cut(length=4, what="bytes"),),)
    long = base64.encodebytes(bytes(range(100))).decode().replace("\n", "\r\n")
    whole, cut = (preview.rows([json.dumps({"0": long})], blob, cuts=preview.Cuts(data=n))[0][0] for n in (100, 3))
    assert base64.b64decode(whole) == bytes(range(100))
    assert cut == Cut(shown="AAEC")


def test_a_row_that_would_be_too_much_for_an_answer_tells_its_length() -> None:
    assert preview.too_long(['{"0":1}', "30000000", '{"0":2}', "7"]) == 30_000_000
    assert preview.too_long(['{"0":"12"}', None]) == 0


@pytest.mark.parametrize("row", ["", "[]", "{}", '{"0":"x"}', None, "[" * 100_000])
def test_a_row_that_is_none_is_said(row: Any) -> None:
    with pytest.raises(Malformed):
        preview.rows([row], (column("f", "double"),), "lal")


def test_a_schema_that_is_none_is_said() -> None:
    deep: Any = "integer"
    for _ in range(100):
        deep = array_of(deep)
    wrong: list[Any] = [None, [], {"type": "struct"}, {"type": "array"}, {"type": "struct", "fields": [{"name": "x"}]}]
    for schema in wrong:
        with pytest.raises(Malformed):
            fields(schema, "lal")
    with pytest.raises(Malformed):
        column("deep", deep)


def test_two_thousand_columns_make_one_statement() -> None:
    columns = tuple(column(f"c{i}", "double") for i in range(2000))
    sql = preview.rows_statement(TableName(name="wide"), columns, limit=5_000)
    assert sql.endswith(f"LIMIT {preview.MAX_ROWS})")
    assert sql.count("`c") == 2000


def test_catalogs_that_are_only_set_up_are_listed() -> None:
    settings = [["spark.sql.catalog.pg", "…"], ["spark.sql.catalog.pg.url", "…"], ["spark.sql.catalog.ice", "…"]]
    assert questions.catalogs([["spark_catalog"]], settings) == ("spark_catalog", "pg", "ice")


def test_odd_namespaces_are_read_back() -> None:
    assert questions.namespaces([["a"], ["a.b"], ["`x.y`.z"], ["`t``ick`"]]) == (
        ("a",), ("a", "b"), ("x.y", "z"), ("t`ick",),
    )  # fmt: skip


def test_facts_of_a_description() -> None:
    described: list[list[Any]] = [
        ["id", "bigint", None], ["night", "date", None], ["# Partition Information", "", ""],
        ["# col_name", "data_type", "comment"], ["night", "date", None], ["", "", ""],
        ["# Detailed Table Information", "", ""], ["Owner", "ada", ""], ["Type", "MANAGED", ""],
        ["Provider", "parquet", ""], ["Statistics", "409732 bytes, 10000 rows", ""], ["Location", "file:/x", ""],
    ]  # fmt: skip
    facts = questions.facts(described)
    assert (facts.size_bytes, facts.rows, facts.partitioned_by) == (409732, 10000, ("night",))
    assert (facts.owner, facts.type, facts.provider, facts.location) == ("ada", "MANAGED", "parquet", "file:/x")
    assert questions.facts([]) == questions.TableFacts()


def test_a_map_is_compared_without_order() -> None:
    sql = fingerprint.whole_statement(
        TableName(name="t"),
        [column("m", {"type": "map", "keyType": "string", "valueType": "long", "valueContainsNull": True})],
    )
    assert "array_sort(map_entries(`m`))" in sql


ABORTED = (
    "Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage "
    "0.0 (TID 0) (192.0.2.2 executor driver): org.apache.spark.SparkFileNotFoundException: /w/a.parquet (Permission "
    "denied)\nIt is possible the underlying files have been updated."
)
HDFS = 'Permission denied: user=ada, access=READ_EXECUTE, inode="/w/closed":hdfs:hdfs:drwx------'


@pytest.mark.parametrize(
    ("message", "trace", "said"),
    [
        ("/w/closed: Permission denied", (), "you may not read that there: /w/closed: Permission denied"),
        (ABORTED, (), "you may not read that there: /w/a.parquet (Permission denied)"),
        (ABORTED, ("Caused by: java.io.FileNotFoundException: /w/a.parquet (Permission denied)",),
         "you may not read that there: /w/a.parquet (Permission denied)"),
        (f"org.apache.hadoop.security.AccessControlException: {HDFS}", (), f"you may not read that there: {HDFS}"),
        ("Job aborted due to stage failure: x", ("Caused by: java.lang.OutOfMemoryError: Java heap space",),
         "its rows need more memory than the session for looking at the catalog has: Java heap space"),
        ("Job aborted due to stage failure: x", (
            "Caused by: org.apache.spark.SparkException: Could not read footer: FileStatus{path=file:/w/p.parquet;",
            "Caused by: java.lang.RuntimeException: the footer is not within the file: 100",
        ), "the footer is not within the file: 100 (file:/w/p.parquet)"),
        ("[TABLE_OR_VIEW_NOT_FOUND] The table `denied` cannot be found.\nplan", (),
         "[TABLE_OR_VIEW_NOT_FOUND] The table `denied` cannot be found."),
    ],
)  # fmt: skip
def test_what_spark_says_is_one_sentence_and_no_permission_comes_first(
    message: str, trace: tuple[str, ...], said: str
) -> None:
    """As Spark 3.5 on a closed folder and a closed file said it, and as HDFS says it."""
    assert spark_says(Failure(name="Error", message=message, traceback=trace)) == said
