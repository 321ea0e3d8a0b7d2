"""Values travel as data: no value, however nasty, changes the code around it, and each comes back as it was."""

from __future__ import annotations

import ast
import base64
import json
import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.actions.values import checked, render
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.action import Action, Parameter

PARAMETERS = (
    Parameter(name="text", default=""),
    Parameter(name="whole", type="integer", default=1),
    Parameter(name="real", type="number", default=0.5),
)
nasty = st.lists(
    st.sampled_from(
        ['"', '"""', "'", "\\", "\\u0022", "${env:HOME}", "\n", "\r", "%table x", "*/", "--", "`", "\0", "ä", "🔭"]
    )
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
).map("".join)
whole = st.integers(-(2**63), 2**63 - 1)
real = st.floats(allow_nan=False, allow_infinity=False)


def action(kind: str, code: str = "CODE") -> Action:
    return Action.model_validate({"name": "a", "title": "A", "kind": kind, "code": code, "parameters": PARAMETERS})


@given(nasty, whole, real)
def test_python_gets_each_value_as_it_was(text: str, n: int, x: float) -> None:
    rendered = render(action("pyspark", "got = (text, whole, real)"), {"text": text, "whole": n, "real": x})
    names: dict[str, object] = {}
    exec(rendered.code, names)
    assert names["got"] == (text, n, x)
    assert rendered.code.split("\n")[rendered.line_shift].startswith("got")
    ast.parse(rendered.code)


@given(nasty, whole, real, st.sampled_from(["pyspark", "spark", "sql"]))
def test_the_code_without_its_blobs_is_always_the_same(text: str, n: int, x: float, kind: str) -> None:
    code = "SELECT :text, :whole, :real" if kind == "sql" else "CODE"

    def rest(values: dict[str, object]) -> str:
        return re.sub(r"(?<=[\"'])[A-Za-z0-9+/=]*(?=[\"'](?:\)|,))", "·", render(action(kind, code), values).code)

    assert rest({"text": text, "whole": n, "real": x}) == rest({"text": "", "whole": 0, "real": 0.0})


@given(nasty, whole, real)
def test_scala_and_sql_carry_the_very_bytes(text: str, n: int, x: float) -> None:
    for kind, code in (("spark", "CODE"), ("sql", ":text :whole :real")):
        blobs = re.findall(
            r"(?:decode\(\"|unbase64\(')([A-Za-z0-9+/=]*)",
            render(action(kind, code), {"text": text, "whole": n, "real": x}).code,
        )
        assert [base64.b64decode(b).decode() for b in blobs] == [text, repr(n), repr(x)]


def test_a_long_text_is_cut_into_literals_scala_can_hold() -> None:
    code = render(action("spark"), {"text": "ä" * 100_000}).code
    parts = re.findall(r'"([A-Za-z0-9+/=]{100,})"', code)
    assert len(parts) > 1
    assert max(map(len, parts)) <= 48_000
    assert base64.b64decode("".join(parts)).decode() == "ä" * 100_000


def test_r_gets_each_value_as_it_was() -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    text = "\"'\\ ${x} \n %table */ ä🔭"
    rendered = render(action("sparkr", 'cat(utf8ToInt(text), "|", whole, "|", real, "|", nchar(text))'), {"text": text})
    said = subprocess.run([rscript, "-e", rendered.code], capture_output=True, text=True, timeout=60, check=True).stdout
    points, n, x, _ = said.split("|")
    assert "".join(chr(int(p)) for p in points.split()) == text
    assert (float(n), float(x)) == (1, 0.5)


def test_r_says_that_it_can_not_hold_nul() -> None:
    with pytest.raises(BadInput, match="NUL"):
        render(action("sparkr"), {"text": "a\0b"})


def test_sql_leaves_what_is_no_parameter_alone() -> None:
    code = render(action("sql", "SELECT x::int, map('a', 1):a, :unknown, ':text', :text"), {"text": "v"}).code
    assert code.startswith("SELECT x::int, map('a', 1):a, :unknown, ")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("whole", "1.5", "a whole number"), ("whole", 2**63, "a whole number"), ("whole", "", "a whole number"),
        ("real", "nan", "a number"), ("real", "x", "a number"), ("text", "\ud800", "half a character"),
        ("text", "x" * 1_000_001, "longer than 1 MB"), ("text", None, "is needed"),
        ("nobody", 1, "no parameter 'nobody'"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_named(name: str, value: object, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        checked(action("pyspark"), {name: value})
    assert caught.value.field == name


def test_text_from_a_form_is_converted() -> None:
    parameters = (
        Parameter(name="n", type="integer"), Parameter(name="day", type="date"),
        Parameter(name="band", type="choice", choices=("g", "r"), default="g"),
    )  # fmt: skip
    made = Action(name="a", title="A", kind="pyspark", code="x", parameters=parameters)
    assert checked(made, {"n": " 12 ", "day": "2026-11-23"}) == {"n": 12, "day": "2026-11-23", "band": "g"}
    for wrong in ({"n": 1, "day": "23.11."}, {"n": 1, "day": "2026-11-23", "band": "z"}):
        with pytest.raises(BadInput, match="must be"):
            checked(made, wrong)


def test_the_blob_is_json() -> None:
    code = render(action("pyspark"), {"text": "x"}).code
    blob = re.search(r'b64decode\("([^"]+)"', code)
    assert blob is not None
    assert json.loads(base64.b64decode(blob[1])) == {"text": "x", "whole": 1, "real": 0.5}
