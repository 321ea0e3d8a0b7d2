"""RELIABILITY.md names only what is there: each test, each long form; and each of the promises P1 to P22 has a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.bench._soak import LONG, SHORT

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "RELIABILITY.md").read_text("utf-8")
ROWS = {row[0]: row for row in ([c.strip() for c in line.split("|")[1:-1]] for line in TEXT.splitlines()) if row}
PROMISES = [f"P{n}" for n in range(1, 23)]


def missing(text: str) -> list[str]:
    """Tests and benches that a text names and that are not there."""
    found = []
    for file, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text):
        path = ROOT / file
        tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        if not path.is_file() or (test and test not in names):
            found.append(f"{file}::{test}")
    for words in re.findall(r"`--soak ([\w ]+)`", text):
        found += [f"--soak {word}" for word in words.split() if word not in LONG or word not in SHORT]
    found += [n for n in re.findall(r"`(bench_\w+)`", text) if not (ROOT / "tests" / "bench" / f"{n}.py").is_file()]
    return found


def test_what_is_named_is_there() -> None:
    assert missing(TEXT) == []


@pytest.mark.parametrize("promise", PROMISES)
def test_each_promise_has_a_test_a_goal_and_a_figure(promise: str) -> None:
    _, words, tests, goal, measured = ROWS[promise]
    assert "`tests/" in tests
    assert all((words, goal, measured))


def test_a_name_of_nothing_is_found() -> None:
    told = "`tests/no.py`, `tests/test_reliability.py::test_of_nothing`, `--soak nothing`, `bench_nothing`"
    assert missing(told) == [
        "tests/no.py::",
        "tests/test_reliability.py::test_of_nothing",
        "--soak nothing",
        "bench_nothing",
    ]
    assert missing("`tests/test_reliability.py::test_a_name_of_nothing_is_found`, `--soak flap quit`") == []
