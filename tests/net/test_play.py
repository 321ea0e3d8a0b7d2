"""A script is carried out statement by statement, each shown before; what is no script is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.net.desk import Desk
from astrolabnet_gui.net.play import Stage, play
from astrolabnet_gui.net.world import Net

from ..cli.fakes import FakeLink, server


class Seen(Stage):
    """Remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.ended = 0

    def line(self, code: str) -> None:
        self.lines.append(code)

    def over(self) -> None:
        self.ended += 1


def test_each_statement_is_shown_before_it_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "night.py"
    file.write_text("name = 'lal'\nfor n in range(2):\n    print(n, __name__)\nnet[name].state\n", encoding="utf-8")
    net = Net(Desk(FakeLink(server("lal")), lambda _: "", lambda _: None))
    net.play(file, pause_s=0)
    assert capsys.readouterr().out.splitlines() == [
        ">>> name = 'lal'", ">>> for n in range(2):", "...     print(n, __name__)", "0 __main__", "1 __main__",
        ">>> net[name].state", "'up'",
    ]  # fmt: skip
    assert "play" in dir(net)
    assert net._ipython_key_completions_() == ["lal"]
    assert net["lal"].sessions._ipython_key_completions_() == []


def test_an_error_ends_it_where_it_is(tmp_path: Path) -> None:
    file, seen = tmp_path / "wrong.py", Seen()
    file.write_text("a = 1\na / 0\nb = 2\n", encoding="utf-8")
    names: dict[str, object] = {}
    with pytest.raises(ZeroDivisionError) as error:
        play(file, names, seen, 0.0)
    assert (seen.lines, seen.ended) == (["a = 1", "a / 0"], 1)
    assert (names["a"], "b" in names) == (1, False)
    assert error.traceback[-1].lineno == 1
    assert Path(str(error.traceback[-1].path)) == file


UNREADABLE, NO_PYTHON = "can not be read", "is no Python"


@pytest.mark.parametrize(
    ("text", "why"), [(None, UNREADABLE), (b"\xff", UNREADABLE), (b"a b", NO_PYTHON), (b"\0", NO_PYTHON)]
)
def test_what_is_no_script_is_said(tmp_path: Path, text: bytes | None, why: str) -> None:
    file = tmp_path / "x.py"
    if text is not None:
        file.write_bytes(text)
    seen = Seen()
    with pytest.raises(BadInput, match=why):
        play(file, {}, seen, 0.0)
    assert seen.lines == []
