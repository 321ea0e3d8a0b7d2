"""The table of tests/README.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = re.compile(r"`((?:\w+/)+\w+\.py)?(?:::(\w+)(…\w*)?(?:\[[^]]*\])?)?`")


def test_every_test_in_the_table_is_there() -> None:
    file, looked = "", 0
    for line in (HERE / "README.md").read_text(encoding="utf-8").splitlines():
        for path, name, rest in NAME.findall(line) if line.startswith("| ") else ():
            file = path or file
            text = (HERE / file).read_text(encoding="utf-8")
            wanted = rf"def {name}\w*{rest.removeprefix('…')}\(" if rest else rf"def {name}\("
            assert not name or re.search(wanted, text), f"{file}::{name} is not there"
            looked += bool(name)
    assert looked > 30
