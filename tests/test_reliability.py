"""The table of RELIABILITY.md has every promise, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_promise_names_tests_that_are_there() -> None:
    rows = [r for r in (ROOT / "RELIABILITY.md").read_text("utf-8").splitlines() if r.startswith("| P")]
    assert [row.split("|")[1].strip() for row in rows] == [f"P{n}" for n in range(1, 23)]
    for row in rows:
        named = NAME.findall(row)
        assert named, row[:60]
        for path, name in named:
            text = (ROOT / path).read_text("utf-8")
            assert not name or re.search(rf"def {name}\(", text), f"{path}::{name} is not there"
        goal, measured = (cell.strip() for cell in row.split("|")[4:6])
        assert goal
        assert measured
        assert "@" not in row
