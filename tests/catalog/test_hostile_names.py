"""Whatever a table, a column or a place is called, it stays a name in every statement that is made."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from astrolabnet_gui.catalog import files, fingerprint, preview, profile, questions, replicas, tables
from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.catalog.schema import Field

# Identifiers in back-ticks (doubled inside), texts in quotes (escapes by backslash): all that a name may be part of.
_TOKEN = re.compile(r"`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'", re.DOTALL)


def of(name: str) -> TableName:
    return TableName(catalog=name, namespace=(name, name), name=name)


def columns(name: str) -> tuple[Field, ...]:
    inner = Field(name=name, type="string")
    pairs = (Field(name="key", type="string"), Field(name="value", type="integer"))
    return (
        Field(name=name, type="double"), Field(name=f"{name}s", type="struct", parts=(inner,)),
        Field(name=f"{name}m", type="map", parts=pairs), Field(name=f"{name}b", type="binary"),
    )  # fmt: skip


STATEMENTS: dict[str, Callable[[str], str]] = {
    "namespaces": lambda n: questions.namespaces_statement(n, (n,)),
    "tables": lambda n: questions.tables_statement(n, (n,), n),
    "views": lambda n: questions.views_statement(n, (n,)),
    "schema": lambda n: questions.schema_statement(of(n)),
    "describe": lambda n: questions.describe_statement(of(n)),
    "count": lambda n: questions.count_statement(of(n)),
    "files": lambda n: questions.files_statement(of(n)),
    "ddl": lambda n: questions.ddl_statement(of(n)),
    "rows": lambda n: preview.rows_statement(of(n), columns(n)),
    "rows cut short": lambda n: preview.rows_statement(of(n), columns(n), cuts=preview.SHORT),
    "partitions there": lambda n: questions.partitions_statement(of(n), (n, "x")),
    "profile": lambda n: profile.statement(of(n), columns(n)),
    "whole": lambda n: fingerprint.whole_statement(of(n), columns(n)),
    "buckets": lambda n: fingerprint.buckets_statement(of(n), columns(n), n),
    "parts": lambda n: fingerprint.parts_statement(of(n), columns(n), n, [1]),
    "data time": lambda n: replicas.data_time_statement(of(n), columns(n), n),
    "time": lambda n: replicas.newest_time_statement(of(n), n),
    "table of a place": lambda n: files.table_statement(of(n), f"file:/{n}", "csv"),
    "partitions": lambda n: files.repair_statement(of(n)),
}
NAMES = some.text(some.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=40)


@pytest.mark.parametrize("which", sorted(STATEMENTS))
@given(name=NAMES)
@example(name="`; DROP TABLE x --")
@example(name="${env:HOME}")
@example(name="\\' OR '1'='1")
@example(name="a.b /* */ \n é ☃")
def test_a_name_is_nothing_but_a_name(which: str, name: str) -> None:
    made = STATEMENTS[which]
    assert _TOKEN.sub("?", made(name)) == _TOKEN.sub("?", made("x"))


@given(name=NAMES)
def test_scala_holds_no_name_at_all(name: str) -> None:
    for line in (
        tables.page_statement(name, (name,), name, 0), files.list_statement(name), files.summary_statement(name),
        files.measure_statement(name), files.exist_statement([name]),
    ):  # fmt: skip
        inside = line.partition('decode("')[2].partition('"')[0]
        assert re.fullmatch(r"[A-Za-z0-9+/=]*", inside)
        assert json.loads(base64.b64decode(inside))
        assert "\n" not in line
