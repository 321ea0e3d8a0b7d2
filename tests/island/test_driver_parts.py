"""Parts of the driver that need no Spark: printing, magics, tables, Python's manners, R's files, completion."""

from __future__ import annotations

import datetime
import decimal
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.errors import BadInput, Missing
from astrolabnet_gui.island.driver import jvm, magic, r_home, rds, scala_table
from astrolabnet_gui.island.driver.complete import candidates
from astrolabnet_gui.island.driver.files import Files, uri
from astrolabnet_gui.island.driver.printed import Printed
from astrolabnet_gui.island.driver.python import PythonRepl
from astrolabnet_gui.island.driver.rds import Vector
from astrolabnet_gui.island.driver.reply import finite
from astrolabnet_gui.island.protocol import Start
from tests.island.r_there import NO_R, WHY


@pytest.fixture
def repl() -> Iterator[PythonRepl]:
    """User code runs here in this process: what it may replace is put back."""
    kept = sys.stdin, sys.stdout, sys.stderr, sys.modules["__main__"]
    yield PythonRepl({"given": 7})
    sys.stdin, sys.stdout, sys.stderr, sys.modules["__main__"] = kept


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("given + 1", "8"),
        ("for i in range(2): i", "0\n1"),
        ("x = 1\nx\nx + 1", "2"),
        ("print('a', end='')\n'b'", "a'b'"),
        ("import sys\nsys.stderr.write('err\\n'); print('out')", "out\nerr"),
        ("s = '''\n%json nothing\n'''\ns", "'\\n%json nothing\\n'"),
        ("sys = __import__('sys'); sys.stdout.close(); print('still')", "still"),
        ("print(b'x'.decode(), '\\ud800')", "x \ud800"),
        ("if __name__ == '__main__': print('main')", "main"),
        ("import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))).__name__", "'A'"),
        ("import sys; sys.stdin.read()", "''"),
        ("", ""),
        ("  \n# nothing", ""),
    ],
)
def test_python_shows(repl: PythonRepl, code: str, text: str) -> None:
    assert repl.run(code) == {"status": "ok", "data": {"text/plain": text}}


@pytest.mark.parametrize(
    ("code", "ename", "evalue", "traceback"),
    [
        ("1/0", "ZeroDivisionError", "division by zero", ["Traceback (most recent call last):\n"]),
        ("raise SystemExit(3)", "SystemExit", "3", ["Traceback (most recent call last):\n"]),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "", ["Traceback (most recent call last):\n"]),
        ("x = '\ud800'", "SyntaxError", "'utf-8' codec", []),
        ("a\x00", "SyntaxError", "", []),
        ("return 1", "SyntaxError", "'return' outside function", ['  File "<stdin>", line 1\n']),
        ("(" * 300, "SyntaxError", "too many nested parentheses", ['  File "<stdin>", line 1\n']),
        ("%nothing x", "UnknownMagic", "unknown magic command 'nothing'", []),
        ("%", "UnknownMagic", "magic command not specified", []),
        ("input()", "EOFError", "EOF when reading a line", ["Traceback (most recent call last):\n"]),
        ("q = {1, 2}\n%json q", "TypeError", "Object of type set", ["TypeError"]),
        ("q = []\nq.append(q)\n%json q", "TypeError", "the value holds itself", ["TypeError"]),
        ("q = [[1], ['a']]\n%table q", "TypeError", "table rows have different types", ["TypeError"]),
    ],
)
def test_python_fails(repl: PythonRepl, code: str, ename: str, evalue: str, traceback: list[str]) -> None:
    reply = repl.run(code)
    assert (reply["status"], reply["ename"]) == ("error", ename)
    assert reply["evalue"].startswith(evalue)
    assert [a[:9] for a in reply["traceback"][: len(traceback)]] == [b[:9] for b in traceback]
    assert "astrolabnet_gui" not in "".join(reply["traceback"])


def test_what_was_printed_before_an_error_is_kept_and_does_not_leak(repl: PythonRepl) -> None:
    assert repl.run("print('before'); 1/0")["data"] == {"text/plain": "before"}
    assert repl.run("2")["data"] == {"text/plain": "2"}


def test_an_error_whose_text_fails_is_told(repl: PythonRepl) -> None:
    reply = repl.run("class E(Exception):\n    def __str__(self): return 1 / 0\nraise E")
    assert (reply["ename"], reply["evalue"]) == ("E", "<no text: ZeroDivisionError>")


def test_output_is_cut_at_its_limit_and_says_so() -> None:
    printed = Printed(limit=10)
    printed.begin()
    for _ in range(4):
        printed.write("12345")
    assert printed.end() == "1234512345\n… cut here: 10 more characters. Print less, or write to a file."
    with pytest.raises(TypeError, match="must be str"):
        printed.write(5)


def test_what_is_printed_between_statements_goes_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    Printed().write("late\n")
    assert capfd.readouterr().err == "late\n"


def test_table_types_are_those_of_livy() -> None:
    row = [1, True, 1.5, "s", None, datetime.date(2020, 1, 2), decimal.Decimal("1.20"), [1, 2], {"k": 1}, float("nan")]
    found = magic.run("%table t", {"t": [row]})[magic.TABLE]
    assert [h["type"].removesuffix("_TYPE") for h in found["headers"]] == [
        *("INT", "BOOLEAN", "DOUBLE", "STRING", "NULL", "DATE", "DECIMAL", "ARRAY", "MAP", "DOUBLE")
    ]
    assert found["data"] == [[1, True, 1.5, "s", None, "2020-01-02", "1.20", [1, 2], {"k": 1}, None]]


def test_table_of_dicts_is_sorted_by_name_and_nulls_take_a_type_later() -> None:
    found = magic.run("%table t", {"t": [{"b": None, "a": 1}, {"a": 2, "b": "x"}]})[magic.TABLE]
    assert found["headers"] == [{"name": "a", "type": "INT_TYPE"}, {"name": "b", "type": "STRING_TYPE"}]
    assert found["data"] == [[1, None], [2, "x"]]


def test_scala_tables() -> None:
    assert scala_table.table([[1, "a"], [2, "b"]])["headers"][0] == {"name": "0", "type": "BIGINT_TYPE"}
    assert scala_table.table({"x": {"k": 1.0}}) == {
        "headers": [{"name": "x", "type": "MAP_TYPE"}],
        "data": [[{"k": 1.0}]],
    }
    with pytest.raises(scala_table.TypesDoNotMatch):
        scala_table.table([[1], ["a"]])
    with pytest.raises(scala_table.TypesDoNotMatch):
        scala_table.table([[[1, "a"]]])


def test_finite_makes_json_of_values() -> None:
    assert finite({1: (math.inf, float("nan"), 1.5), False: None}) == {"1": [None, None, 1.5], "false": None}
    assert finite({None: 1, 2.5: 2}) == {"null": 1, "2.5": 2}
    with pytest.raises(TypeError, match="keys must be"):
        finite({(1, 2): 3})


class Star:
    """Something with attributes to complete."""

    def __init__(self) -> None:
        self.name = "Vega"

    @property
    def dangerous(self) -> Path:
        raise AssertionError("completion looked at a property's value")

    def brighter(self) -> Star:
        raise AssertionError("completion called a method")


@pytest.mark.parametrize(
    ("code", "some"),
    [
        ("star.na", ["name"]),
        ("star.brighter().bri", ["brighter"]),
        ("star.brighter().brighter().bri", ["brighter"]),
        ("star.dangerous.with_su", ["with_suffix"]),
        ("(star\n  .brighter()\n  .dang", ["dangerous"]),
        ("Star().brig", ["brighter"]),
        ("'text'.upp", ["upper"]),
        ("stars[0].na", ["name"]),
        ("print(sta", ["star", "stars"]),
        ("imp", ["import"]),
        ("import dataclas", ["dataclasses"]),
        ("from pathlib import PurePo", ["PurePosixPath"]),
        ("nothing.x", []),
        ("star.brighter(1).missing.x", []),
        ("'in a string", []),
        ("x = 5 +", []),
    ],
)
def test_python_completes_without_running_anything(code: str, some: list[str]) -> None:
    star = Star()
    found = candidates(code, len(code), {"star": star, "stars": [star], "Star": Star})
    assert set(some) <= set(found)
    assert bool(found) == bool(some) or code.endswith("+")


@given(st.text(max_size=40), st.integers(-3, 50))
def test_completion_never_fails(code: str, cursor: int) -> None:
    assert all(isinstance(name, str) for name in candidates(code, cursor, {"x": 1}))


def columns() -> st.SearchStrategy[Vector]:
    plain = st.one_of(
        st.lists(st.none() | st.booleans()).map(lambda v: Vector("logical", v)),
        st.lists(st.none() | st.integers(-(2**31) + 1, 2**31 - 1)).map(lambda v: Vector("integer", v)),
        st.lists(st.none() | st.floats(allow_nan=False)).map(lambda v: Vector("double", v)),
        st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))).map(
            lambda v: Vector("character", v)
        ),
    )
    return st.lists(plain, max_size=4).map(
        lambda v: Vector("list", v, {"names": Vector("character", [f"c{i}" for i in range(len(v))])})
    )


@given(columns())
def test_r_files_come_back_as_they_went(frame: Vector) -> None:
    back = rds.load(rds.dump(frame))
    assert back.words("names") == frame.words("names")
    assert [(c.kind, c.values) for c in back.values] == [(c.kind, c.values) for c in frame.values]


@pytest.mark.skipif(NO_R, reason=WHY)
def test_r_itself_reads_and_writes_these_files(tmp_path: Path) -> None:
    frame = Vector(
        "list",
        [Vector("integer", [1, None]), Vector("double", [1.5, None]), Vector("character", ["żółw", None])],
        {
            "names": Vector("character", ["i", "d", "s"]),
            "class": Vector("character", ["data.frame"]),
            "row.names": Vector("integer", [None, -2]),
        },
    )
    (tmp_path / "a").write_bytes(rds.dump(frame))
    code = (
        "x <- readRDS('a'); stopifnot(is.data.frame(x), identical(x$i, c(1L, NA)), identical(x$d, c(1.5, NA)),"
        "x$s[1] == '\\u017c\\u00f3\\u0142w', is.na(x$s[2])); x$f <- factor(c('q', 'w'));"
        "saveRDS(x, 'b', version = 2, compress = FALSE)"
    )
    subprocess.run(["Rscript", "-e", code], cwd=tmp_path, check=True, timeout=60)
    back = rds.load((tmp_path / "b").read_bytes())
    assert [c.values for c in back.values] == [[1, None], [1.5, None], ["żółw", None], [1, 2]]
    assert back.values[3].words("levels") == ["q", "w"]


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"X\n" + bytes(12), b"X\n" + bytes(12) + b"\0\0\0\x03\0\0\0\x01"])
def test_what_is_no_r_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"RDS file|only columns"):
        rds.load(data)


def test_r_is_found_or_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARKR_DRIVER_R", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert r_home.find({}).word.startswith("none: R is not installed")
    (tmp_path / "R").write_text("#!/bin/sh\n")
    (tmp_path / "R").chmod(0o755)
    assert r_home.find({}).word == "bridge"
    package = tmp_path / "lib" / "SparkR"
    package.mkdir(parents=True)
    (package / "DESCRIPTION").write_text("Package: SparkR\n")
    assert r_home.find({"library": str(tmp_path / "lib")}).word == "sparkr"


def start(tmp_path: Path, **conf: str) -> Start:
    return Start(java_home="/no/java", work_dir=str(tmp_path), conf={k.replace("_", "."): v for k, v in conf.items()})


def test_settings_of_the_session_win_but_the_ui_can_not_kill(tmp_path: Path) -> None:
    found = jvm.settings(start(tmp_path, spark_master="local[1]", spark_ui_killEnabled="true", livy_rsc_x="1"))
    assert not [name for name in found if not name.startswith("spark.")]
    assert (found["spark.master"], found["spark.ui.killEnabled"]) == ("local[1]", "false")
    assert found["spark.driver.bindAddress"] == "127.0.0.1"


def test_the_java_command_holds_no_settings(tmp_path: Path) -> None:
    line = jvm.command(
        start(tmp_path, spark_secret="s3cret", spark_driver_extraJavaOptions="-Da=1 '-Db=2 3'"), tmp_path
    )
    assert not [word for word in line if "s3cret" in word]
    assert {"-Da=1", "-Db=2 3"} <= set(line)


def test_a_missing_java_is_told(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no Java at /no/java"):
        jvm.launch(start(tmp_path))
    assert (tmp_path / "spark.properties").stat().st_mode & 0o077 == 0


def test_settings_with_any_text_reach_java(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        jvm.launch(start(tmp_path, spark_x="a=b: ż\n\\ 😀"))
    text = (tmp_path / "spark.properties").read_text("ascii")
    assert "spark.x=a\\u003db\\u003a\\u0020\\u017c\\u000a\\u005c\\u0020\\ud83d\\ude00\n" in text


def test_files_must_exist_and_be_of_a_known_sort(tmp_path: Path) -> None:
    context: Any = SimpleNamespace(sc=None)
    with pytest.raises(BadInput, match="no file"):
        Files(context).add("file", str(tmp_path / "none"))
    with pytest.raises(BadInput, match="neither jar"):
        Files(context).add("thing", str(tmp_path))
    assert uri("hdfs:/x") == "hdfs:/x"
    assert uri("/a b") == "file:///a%20b"
