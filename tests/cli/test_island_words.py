"""The island's words run its own program."""

from __future__ import annotations

import pytest

from astrolabnet_gui.cli.island import is_plain_start, island


def test_words_reach_the_islands_own_program(capfd: pytest.CaptureFixture[str]) -> None:
    assert island(["--help"]) == 0
    assert "astrolabnet island" in capfd.readouterr().out
    assert island(["fly"]) == 2


@pytest.mark.parametrize(
    ("words", "plain"),
    [("start", True), ("start --json", True), ("stop", False), ("start --state=x", False), ("start -h", False)],
)
def test_only_the_users_own_island_is_taken_in(words: str, plain: bool) -> None:
    assert is_plain_start(words.split()) is plain
