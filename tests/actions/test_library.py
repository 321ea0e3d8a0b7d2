"""The library: what we ship is whole, a workspace's actions come beside it, damaged ones are named."""

from __future__ import annotations

import ast
import gzip
import re
from pathlib import Path

import pytest

from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.actions.values import render
from astrolabnet_gui.errors import BadInput

SHIPPED = Library.with_shipped()


def test_everything_shipped_can_be_used() -> None:
    assert SHIPPED.problems == []
    found = {(a.name, a.kind) for a in SHIPPED.actions()}
    every = {"pyspark", "spark", "sql", "sparkr"}
    assert found >= {("one-plus-one", k) for k in every} | {("pi", k) for k in every}
    assert {"table-summary", "word-count", "sample-sky"} <= {name for name, _ in found}
    for action in SHIPPED.actions():
        assert action.description, action.name
        assert all(p.label for p in action.parameters), action.name


def test_shipped_python_is_python_and_uses_its_parameters() -> None:
    for action in SHIPPED.actions():
        for parameter in action.parameters:
            assert parameter.name in action.code, (action.name, action.kind)
        if action.kind == "pyspark":
            lines = [line for line in action.code.split("\n") if not line.startswith("%")]
            ast.parse("\n".join(lines))


def test_an_action_is_found_by_name_and_language() -> None:
    assert SHIPPED.get("pi").kind == "pyspark"
    assert SHIPPED.get("pi", "sql").code.startswith("SELECT")
    with pytest.raises(BadInput, match=r"no action 'pie'.*There are: .*pi"):
        SHIPPED.get("pie")
    with pytest.raises(BadInput, match="no action 'word-count' in Scala"):
        SHIPPED.get("word-count", "spark")


def test_a_workspace_brings_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('title = "Mine"\n[code]\nsql = "mine.sql"\n')
    (tmp_path / "mine.sql").write_text("SELECT 42\n")
    (tmp_path / "pi.toml").write_text('title = "Other pi"\n[code]\nsql = "mine.sql"\n')
    library = Library.with_shipped(tmp_path)
    assert library.get("mine").code == "SELECT 42"
    assert library.get("pi", "sql").title == "Other pi"
    assert library.get("pi", "pyspark").title != "Other pi"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('title = "x"', r"no \[code\]"),
        ('title = "x"\n[code]\nsql = "../secret.sql"', "not a plain file name"),
        ('title = "x"\n[code]\nsql = "/etc/passwd"', "not a plain file name"),
        ('title = "x"\n[code]\nsql = "missing.sql"', "No such file"),
        ('title = "x"\n[code]\ncobol = "x.sql"', "kind"),
        ('title = "x"\nautorun = true\n[code]\nsql = "x.sql"', "unknown entry 'autorun'"),
        ("title = ", "Invalid value"),
        ("x = " + "[" * 9000, "recursion"),
        ('title="x"\n[code]\nsql="x.sql"\n[[parameters]]\nname="a"\n[[parameters]]\nname="a"', "same name"),
        ('title="x"\n[code]\nsql="x.sql"\n[[parameters]]\nname="a b"', "parameters.0.name"),
    ],
)
def test_a_damaged_action_is_named_and_left_out(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.sql").write_text("SELECT 1")
    (tmp_path / "good.toml").write_text('title = "Good"\n[code]\nsql = "x.sql"\n')
    (tmp_path / "bad.toml").write_text(text)
    library = Library(tmp_path)
    assert [a.name for a in library.actions()] == ["good"]
    (problem,) = library.problems
    assert problem.startswith("the action bad.toml can not be used")
    assert re.search(words, problem)


def test_the_sample_sky_is_the_same_everywhere() -> None:
    code = SHIPPED.get("sample-sky").code
    names: dict[str, object] = {}
    exec(code[: code.index("def _load_sample_sky")], names)
    alerts_of = names["_alerts_of"]
    assert callable(alerts_of)
    whole = list(alerts_of(0, 64))
    parts = [*alerts_of(0, 24), *alerts_of(24, 64)]
    assert whole == parts, "however it is cut among workers"
    assert [row[1] for row in whole] == list(range(64))
    assert len({row[0] for row in whole}) == 8
    for row in whole:
        assert 0 <= row[2] < 360
        assert -90 <= row[3] <= 90
        assert 10 < row[7] < 23
        assert len(row[13]) == row[12]
        assert all(len(stamp) < 2000 for stamp in row[14:17])
        assert all(type(value) in (str, int, float, list, bytearray) for value in row), "nothing of numpy travels"


def test_a_stamp_is_a_fits_image() -> None:
    code = SHIPPED.get("sample-sky").code
    names: dict[str, object] = {}
    exec(code[: code.index("def _load_sample_sky")], names)
    (row, *_) = names["_alerts_of"](0, 1)  # type: ignore[operator]
    image = gzip.decompress(bytes(row[14]))
    assert len(image) == 2 * 2880
    cards = [image[i : i + 80].decode() for i in range(0, 480, 80)]
    assert cards[0] == "SIMPLE  =                    T".ljust(80)
    assert cards[5].startswith("END")


def test_rendering_shipped_actions_with_their_defaults() -> None:
    for action in SHIPPED.actions():
        values = {p.name: p.default if p.default is not None else "/x" for p in action.parameters}
        assert render(action, values).code.endswith(action.code[-20:]) or action.kind == "sql"
