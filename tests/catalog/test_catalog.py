"""The catalog's SQL and answers: names stay names, cells keep their types, odd answers are said."""

from __future__ import annotations

import asyncio
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
from astrolabnet_gui.catalog.schema import Field, fields
from astrolabnet_gui.catalog.utility import Utility
from astrolabnet_gui.errors import AstroLabNetError, BadInput, Malformed, NotFound
from astrolabnet_gui.model.livy import NewSession, NewStatement, Session, Statement

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


class OneSession:
    """A server with one session, which may go."""

    def __init__(self) -> None:
        self.opened, self.lost, self.asked = 0, False, list[str]()

    async def open(self, new: NewSession) -> Session:
        assert new.conf["spark.sql.variable.substitute"] == "false"
        self.opened += 1
        self.lost = False
        return Session(id=self.opened, state="starting")

    async def session_state(self, id: int) -> str:
        if self.lost:
            raise NotFound("it is gone", status=404)
        return "idle"

    async def run_statement(self, id: int, new: NewStatement) -> Statement:
        self.asked.append(new.code)
        answer = {"application/json": {"schema": {"type": "struct", "fields": []}, "data": [[1]]}}
        if new.code == "wrong":
            return Statement(
                id=0, state="available", output={"status": "error", "ename": "E", "evalue": "no table x\nplan"}
            )
        return Statement(id=0, state="available", output={"status": "ok", "data": answer})

    async def delete_session(self, id: int) -> None:
        raise NotFound("it is gone", status=404)


async def test_the_small_session_is_opened_once_and_again_when_it_is_gone() -> None:
    server = OneSession()
    loop = asyncio.get_running_loop()
    utility = Utility("lal", lambda: server, server.open, loop.time)  # type: ignore[arg-type,return-value]
    assert (await utility.ask("SELECT 1"))["data"] == [[1]]
    await utility.ask("SELECT 1")
    assert server.opened == 1
    server.lost = True
    assert (await utility.ask("SELECT 1"))["data"] == [[1]]
    assert (server.opened, len(server.asked)) == (2, 3)
    with pytest.raises(AstroLabNetError, match=r"^lal: no table x$"):
        await utility.ask("wrong")
    await utility.close()
    assert utility.session is None


class Running(OneSession):
    """Its statements do not end."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state, self.cancelled, self.looked = state, list[int](), 0

    async def session_state(self, id: int) -> str:
        return self.state if self.looked else "idle"

    async def run_statement(self, id: int, new: NewStatement) -> Statement:
        self.asked.append(new.code)
        return Statement(id=len(self.asked), state="waiting" if len(self.asked) > 1 else "running")

    async def statement(self, id: int, n: int) -> Statement:
        self.looked += 1
        return Statement(id=n, state="running")

    async def cancel_statement(self, id: int, n: int) -> None:
        self.cancelled.append(n)


def utility_of(server: OneSession) -> Utility:
    async def at_once(_s: float) -> None:
        await asyncio.sleep(0)

    clock = asyncio.get_running_loop().time
    return Utility("lal", lambda: server, server.open, clock, at_once)  # type: ignore[arg-type,return-value]


async def test_a_driver_that_dies_of_a_question_is_told_and_the_next_question_gets_a_new_one() -> None:
    server = Running("dead")
    utility = utility_of(server)
    with pytest.raises(AstroLabNetError, match="is dead: it ended while it was asked") as told:
        await utility.ask("SELECT huge")
    assert "row more than its memory" in told.value.remedy
    assert server.asked == ["SELECT huge"], "it is not asked again: it would kill the next one"
    server.state, server.looked = "idle", 0
    assert utility.session is None
    task = asyncio.create_task(utility.ask("SELECT 1"))
    while not server.looked:
        await asyncio.sleep(0)
    assert server.opened == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_questions_that_do_not_wait_for_each_other_are_sent_together_and_taken_back_together() -> None:
    server = Running("idle")
    task = asyncio.create_task(utility_of(server).ask_all(("SELECT 1", "SELECT 2")))
    while not server.looked:
        await asyncio.sleep(0)
    assert server.asked == ["SELECT 1", "SELECT 2"], "both before the first has ended"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server.cancelled == [2, 1], "the one that waits first, or it would begin"
