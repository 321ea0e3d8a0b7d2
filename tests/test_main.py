"""The program's own door: options of the original, a clear word where there is no display, a quick start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import astrolabnet_gui.__main__ as door
from astrolabnet_gui import __version__
from astrolabnet_gui.cli import app, prompt
from astrolabnet_gui.errors import Unreachable


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("-V", "--version"):
        with pytest.raises(SystemExit) as end:
            door.main([option])
        assert end.value.code == 0
        assert capsys.readouterr().out == f"AstroLabNet {__version__}\n"
    with pytest.raises(SystemExit):
        door.main(["--help"])
    said = capsys.readouterr().out
    assert all(f"{short}, {long}" in said for short, long in (("-b", "--browser"), ("-c", "--cli"), ("-h", "--help")))
    assert "-s FILE, --source FILE" in said


def test_the_quick_ways_import_nothing_heavy() -> None:
    code = (
        "import sys, astrolabnet_gui.__main__ as door\n"
        "try:\n    door.main(['-V'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('pydantic', 'httpx', 'PySide6', 'asyncio', 'numpy') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="platform: there a window can always be opened")
def test_without_a_display_it_says_so_and_what_to_do() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    for words in ([], ["-b"], ["--start-island"]):
        said = subprocess.run(
            [sys.executable, "-m", "astrolabnet_gui", *words],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert said.returncode == 3
        assert "there is no display" in said.stderr
        assert "--tour" in said.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="platform: there a window can always be opened")
def test_without_a_display_a_script_runs_all_the_same(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    file = tmp_path / "s.py"
    file.write_text("print(net)\n", encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-m", "astrolabnet_gui", "-s", str(file)],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stdout) == (0, "<servers: none yet: net.island.start()>\n")
    assert "no window opens" in said.stderr


def test_a_script_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert door.main(["-c", "-s", str(tmp_path / "none.py")]) == 2
    assert "there is no file" in capsys.readouterr().err


def test_words_go_to_the_command_line_and_c_to_the_prompt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "main", lambda words: len(words))
    assert door.main(["servers", "--json"]) == 2
    asked: list[Path | None] = []

    def at_prompt(source: Path | None, init: Path | None) -> int:
        asked.append(source)
        raise Unreachable("it does not answer.", server="lal")

    monkeypatch.setattr(prompt, "prompt", at_prompt)
    script = tmp_path / "s.py"
    script.touch()
    assert door.main(["-c", "-s", str(script)]) == 1
    assert asked == [script]
    assert capsys.readouterr().err == "astrolabnet: lal: it does not answer.\n"


def test_a_script_runs_before_the_window_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done: list[object] = []

    def run(*, start_island: bool) -> int:
        done.append(start_island)
        return 0

    monkeypatch.setattr(prompt, "script", lambda source, init: done.extend((source, init)))
    monkeypatch.setattr("astrolabnet_gui.gui.app.run", run)
    file = tmp_path / "s.py"
    file.touch()
    assert door.main(["--start-island", "-s", str(file)]) == 0
    assert done == [file, None, True]
