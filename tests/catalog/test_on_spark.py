"""The catalog's statements on a real Spark without any Livy: preview and profile equal golden values, and whatever a
table or a column is called, every statement finds it.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.catalog import files, fingerprint, preview, profile, questions, replicas
from astrolabnet_gui.catalog.names import TableName, quoted
from astrolabnet_gui.catalog.preview import Cut
from astrolabnet_gui.catalog.refusals import spark_says
from astrolabnet_gui.catalog.schema import Field, fields
from astrolabnet_gui.model.output import Failure

pytestmark = [pytest.mark.island, pytest.mark.timeout(400)]
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
GOLDEN = Path(__file__).parent.parent / "data" / "catalog" / "spark-3.5.json"
ODD = TableName(namespace=("default",), name="odd")
NUMBERS = TableName(namespace=("default",), name="numbers")
MAKE_ODD = r"""CREATE TABLE odd USING parquet AS SELECT * FROM VALUES
  (1, double('NaN'), float('-Infinity'), cast(1.10 AS decimal(38,18)), timestamp'2026-01-02 03:04:05.000001',
   timestamp_ntz'2026-01-02 03:04:05.5', date'1600-03-15', unhex('00ff10'), map('k', 1, 'l', null),
   array(named_struct('x', 1, 'y', unhex('aa')), null),
   named_struct('in', named_struct('d', 1.5D)), '', 9007199254740993L),
  (2, null, null, null, null, null, null, null, null, null, null, null, null)
  AS t(id, nan, inf, dec, ts, ntz, day, stamp, m, parts, deep, nothing, big)"""
MAKE_NUMBERS = """CREATE TABLE numbers USING parquet PARTITIONED BY (part) AS
  SELECT id, if(id % 10 = 0, null, cast(id AS double)) AS mag, if(id = 5, double('NaN'), 1.0D) AS flat,
  concat('s', id % 7) AS word, id % 2 = 0 AS even, date_add(date'2026-01-01', int(id)) AS day,
  array_repeat(1, int(id % 4)) AS items, unhex('00') AS stamp, cast(id AS decimal(20,2)) AS dec,
  named_struct('a', id) AS s, int(id % 4) AS part FROM range(1000)"""
ORPHAN = TableName(namespace=("default",), name="orphan")
MAKE_VIEWS = (
    "CREATE TABLE lost USING parquet AS SELECT 1 AS a", "CREATE VIEW orphan AS SELECT * FROM lost", "DROP TABLE lost",
    "CREATE VIEW bright AS SELECT * FROM numbers WHERE id > 20",
)  # fmt: skip
NAMES = (
    "a`b",
    "a.b",
    "it's",
    'quo"te',
    "back\\slash",
    "${env:HOME}",
    "é ☃ 星",
    "new\nline",
    "-- x",
    "/* */",
    "SELECT",
    "%s{0}",
)


def ask(folder: Path, statements: list[str]) -> list[dict[str, Any]]:
    """Answers of one Spark to all of them, in their order."""
    asked = json.dumps({"warehouse": str(folder / "warehouse"), "statements": statements})
    python = os.environ.get("ALN_SPARK_PYTHON", sys.executable)  # that of another Spark
    done = subprocess.run(
        [python, "-m", "tests.catalog.spark_answers"], input=asked, capture_output=True, text=True, timeout=350,
        cwd=Path(__file__).parents[2], env=os.environ | {"SPARK_LOCAL_DIRS": str(folder)}, check=False,
        preexec_fn=_like_anybody if _PRCTL else None,
    )  # fmt: skip
    assert "\nANSWERS" in done.stdout, done.stderr[-2000:]
    answers: list[dict[str, Any]] = json.loads(done.stdout.rpartition("\nANSWERS")[2])
    return answers


def _like_anybody() -> None:
    """Who may read everything (root) may no more: what is closed shall be closed for Spark too."""
    assert _PRCTL is not None
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        _PRCTL(24, right, 0, 0, 0)  # PR_CAPBSET_DROP; others than root have no such right to lose


def odd_columns() -> tuple[Field, ...]:
    def of(name: str, spark_type: Any) -> dict[str, Any]:
        return {"name": name, "type": spark_type, "nullable": True}

    def struct(*parts: dict[str, Any]) -> dict[str, Any]:
        return {"type": "struct", "fields": list(parts)}

    a_map = {"type": "map", "keyType": "string", "valueType": "integer", "valueContainsNull": True}
    items = {"type": "array", "elementType": struct(of("x", "integer"), of("y", "binary")), "containsNull": True}
    return fields(struct(
        of("id", "integer"), of("nan", "double"), of("inf", "float"), of("dec", "decimal(38,18)"),
        of("ts", "timestamp"), of("ntz", "timestamp_ntz"), of("day", "date"), of("stamp", "binary"), of("m", a_map),
        of("parts", items), of("deep", struct(of("in", struct(of("d", "double"))))), of("nothing", "string"),
        of("big", "long"),
    ))  # fmt: skip


def number_columns() -> tuple[Field, ...]:
    types = {
        "id": "long", "mag": "double", "flat": "double", "word": "string", "even": "boolean", "day": "date",
        "items": {"type": "array", "elementType": "integer", "containsNull": True}, "stamp": "binary",
        "dec": "decimal(20,2)", "s": {"type": "struct", "fields": [{"name": "a", "type": "long", "nullable": True}]},
        "part": "integer",
    }  # fmt: skip
    return fields({"type": "struct", "fields": [{"name": n, "type": t, "nullable": True} for n, t in types.items()]})


def golden_statements() -> list[str]:
    return [
        MAKE_ODD, MAKE_NUMBERS, *MAKE_VIEWS, questions.schema_statement(ODD),
        preview.rows_statement(ODD, odd_columns()), profile.statement(NUMBERS, number_columns()),
        questions.describe_statement(NUMBERS), questions.files_statement(NUMBERS),
        questions.views_statement("spark_catalog", ("default",)), profile.statement(ODD, odd_columns()),
        questions.tables_statement("spark_catalog", ("default",)), questions.schema_statement(ORPHAN),
    ]  # fmt: skip


def odd_statements(n: int, odd: str) -> list[str]:
    """A table with a column, and one within a column, of this name; files can not bear every name, so it is a view."""
    view, both = TableName(namespace=(), name=f"view {n} {odd}"), odd_pair(odd)
    renamed = f"cast(s AS struct<{quoted(odd)}: string>) AS s"
    return [
        f"CREATE OR REPLACE TEMPORARY VIEW {view.sql} AS SELECT {quoted(odd)}, {renamed} FROM "
        f"(SELECT 1.5D AS {quoted(odd)}, named_struct('x', 'text') AS s)",
        questions.schema_statement(view), questions.describe_statement(view), questions.count_statement(view),
        preview.rows_statement(view, both), profile.statement(view, both),
        fingerprint.whole_statement(view, both), fingerprint.buckets_statement(view, both, odd),
        fingerprint.parts_statement(view, both, odd, [1, 2]),
        questions.tables_statement("spark_catalog", ("default",), odd),
        replicas.data_time_statement(view, both, odd),
        f"CREATE OR REPLACE TEMPORARY VIEW {quoted(odd)} AS SELECT 7 AS x", f"SELECT x FROM {quoted(odd)}",
        files.table_statement(TableName(name=f"made{n}"), f"file:/nowhere/{odd}", "text"),
    ]  # fmt: skip


def wide_columns() -> tuple[Field, ...]:
    return tuple(Field(name=f"c {n}", type="integer") for n in range(2000))


def big_statements() -> list[str]:
    """A table of 2 000 columns, and a row of 100 MB."""
    wide, huge = TableName(namespace=(), name="wide"), TableName(namespace=(), name="huge")
    columns = ", ".join(f"{n} AS {quoted(c.name)}" for n, c in enumerate(wide_columns()))
    return [
        f"CREATE OR REPLACE TEMPORARY VIEW wide AS SELECT {columns}", preview.rows_statement(wide, wide_columns()),
        "CREATE OR REPLACE TEMPORARY VIEW huge AS SELECT repeat('é', 40000000) AS t, "
        "cast(repeat('a', 20000000) AS binary) AS b, array_repeat(1, 1000000) AS l, "
        "map_from_arrays(sequence(1, 300), sequence(1, 300)) AS m",
        preview.rows_statement(huge, huge_columns()),
        preview.rows_statement(huge, huge_columns()[1:2], 1, cuts=preview.Cuts(data=99)),
        "CREATE OR REPLACE TEMPORARY VIEW fat AS SELECT "
        + ", ".join(f"repeat('x', 4000) AS {quoted(c.name)}" for c in fat_columns()),
        preview.rows_statement(TableName(namespace=(), name="fat"), fat_columns()),
        preview.rows_statement(TableName(namespace=(), name="fat"), fat_columns(), cuts=preview.SHORT),
    ]  # fmt: skip


def closed_statements(folder: Path) -> list[str]:
    """Of a folder and of a file that its user may not read."""
    for name in ("closed", "open"):
        (folder / name).mkdir(parents=True)
        (folder / name / "a.parquet").write_bytes(b"PAR1")
    (folder / "open" / "a.parquet").chmod(0)
    (folder / "closed").chmod(0)
    return [
        f"CREATE TABLE closed USING parquet LOCATION 'file:{folder}/closed'",
        f"CREATE TABLE shut (a INT) USING parquet LOCATION 'file:{folder}/open'",
        preview.rows_statement(TableName(namespace=("default",), name="shut"), (Field(name="a", type="integer"),)),
        "SELECT 1",
    ]


def fat_columns() -> tuple[Field, ...]:
    return tuple(Field(name=f"c {n}", type="string") for n in range(100))


def huge_columns() -> tuple[Field, ...]:
    items = Field(name="l", type="array", parts=(Field(name="element", type="integer"),))
    entries = Field(name="m", type="map", parts=(items.parts[0], items.parts[0]))
    return Field(name="t", type="string"), Field(name="b", type="binary"), items, entries


def odd_pair(odd: str) -> tuple[Field, ...]:
    nested = Field(name="s", type="struct", parts=(Field(name=odd, type="string"),))
    return Field(name=odd, type="double"), nested


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """Those to the golden statements, and those to the statements of each odd name, of one Spark."""
    folder = tmp_path_factory.mktemp("spark")
    asked = [
        golden_statements(), *(odd_statements(n, odd) for n, odd in enumerate(NAMES)),
        closed_statements(folder / "data"), big_statements(),
    ]  # fmt: skip
    found = iter(ask(folder, [sql for some in asked for sql in some]))
    (folder / "data" / "closed").chmod(0o700)
    golden, *odd = [[next(found) for _ in some] for some in asked]
    return golden, odd


def test_preview_and_profile_are_the_golden_values(answers: Any) -> None:
    *golden, orphan = answers[0]
    assert not any("refused" in answer for answer in golden), golden
    golden = golden[2 + len(MAKE_VIEWS) :]
    assert [c.words for c in fields(golden[0]["schema"])] == [c.words for c in odd_columns()]
    rows, profiled, described, [[files, size, count, changed]], views, odd_profile, tables = (
        answer["data"] for answer in golden[1:]
    )
    cells = sorted(preview.rows([row[0] for row in rows], odd_columns()), key=lambda row: row[0])
    figures = profile.profiles(profiled[0][0], number_columns())
    seen: dict[str, Any] = {
        "preview": [[preview.plain(cell) for cell in row] for row in cells],
        "profile": [figure.model_dump(mode="json") for figure in figures],
    }
    if os.environ.get("ALN_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(seen, indent=1, ensure_ascii=False) + "\n")
    wanted = json.loads(GOLDEN.read_text())
    assert seen["preview"] == wanted["preview"]
    for mine, golden_column in zip(seen["profile"], wanted["profile"], strict=True):
        # The order of files decides the last digits, and where near neighbours fall in a histogram.
        bars, golden_bars = mine.pop("bars"), golden_column.pop("bars")
        assert (len(bars), sum(bars)) == (len(golden_bars), pytest.approx(sum(golden_bars), abs=len(bars)))
        near = {"mean", "spread", "quantiles"}
        assert {k: v for k, v in mine.items() if k not in near} == {
            k: v for k, v in golden_column.items() if k not in near
        }
        for word in near:
            assert mine[word] == pytest.approx(golden_column[word], abs=1e-6), word
    facts = questions.facts(described)
    assert (facts.provider, facts.partitioned_by) == ("parquet", ("part",))
    assert (files >= 4, size > 1000, count, str(changed)[:2]) == (True, True, 1000, "20")
    # A view whose table is gone is listed with the rest, and names what it misses.
    assert {row[1] for row in views} == {"bright", "orphan"}
    assert {name.name for name in questions.tables(tables, "spark_catalog", ("default",))} == {
        "odd", "numbers", "bright", "orphan",
    }  # fmt: skip
    assert "lost" in orphan["refused"]
    by_name = {figure.name: figure for figure in figures}
    assert (by_name["mag"].nulls, by_name["flat"].odd) == (100, 1)
    assert sum(by_name["mag"].bars) == pytest.approx(900, abs=profile.BARS)
    assert by_name["items"].measured == "length"
    nan = profile.profiles(odd_profile[0][0], odd_columns())[1]
    assert (nan.nulls, nan.odd, nan.mean, nan.bars) == (1, 1, None, ())


@pytest.mark.parametrize("n", range(len(NAMES)), ids=[ascii(name) for name in NAMES])
def test_every_statement_finds_a_table_whatever_it_is_called(answers: Any, n: int) -> None:
    found, odd = answers[1][n], NAMES[n]
    refused = [answer for answer in found if "refused" in answer]
    # Spark has no place called so; it says so of the place, and of nothing else.
    assert all("nowhere" in answer["refused"] for answer in refused), refused
    assert refused in ([], [found[13]])
    assert (found[10]["data"], found[12]["data"]) == ([["1.5"]], [[7]])
    assert found[1]["schema"]["fields"][0]["name"] == odd
    assert preview.rows([found[4]["data"][0][0]], odd_pair(odd)) == ((1.5, {odd: "text"}),)
    column = profile.profiles(found[5]["data"][0][0], odd_pair(odd))[0]
    assert (column.name, column.rows, column.mean) == (odd, 1, 1.5)


def test_two_thousand_columns_and_a_row_of_100_mb_are_looked_at_like_any(answers: Any) -> None:
    _, wide, _, huge, data, _, fat, short = answers[1][-1]
    assert preview.rows([data["data"][0][0]], huge_columns()[1:2], cuts=preview.Cuts(data=99)) == (
        (Cut(shown=base64.b64encode(b"a" * 99).decode()),),
    )
    assert preview.rows([wide["data"][0][0]], wide_columns()) == (tuple(range(2000)),)
    [(text, binary, items, entries)] = preview.rows([huge["data"][0][0]], huge_columns())
    assert (text.shown, binary.length, len(items.shown)) == ("é" * preview.TEXT, 20_000_000, preview.LIST)
    assert (len(entries.shown), entries.what) == (preview.LIST, "entries")
    assert len(huge["data"][0][0]) < 20_000
    # 50 such rows would be too much for an answer: each tells its length, and is asked for cut shorter.
    assert 400_000 < preview.too_long([row[0] for row in fat["data"]]) < 420_000
    [cells] = preview.rows([row[0] for row in short["data"]], fat_columns(), cuts=preview.SHORT)
    assert {cell.shown for cell in cells} == {"x" * preview.SHORT_TEXT}


def test_what_may_not_be_read_is_said_so_and_the_next_question_goes_on(answers: Any) -> None:
    closed, made, shut, after = answers[1][-2]
    for refused, place in ((closed, "data/closed"), (shut, "data/open/a.parquet")):
        said = spark_says(Failure(name="Error", message=refused["message"], traceback=tuple(refused["causes"])))
        assert said.startswith("you may not read that there: "), said
        assert place in said
    assert (made["data"], after["data"]) == ([], [[1]])
