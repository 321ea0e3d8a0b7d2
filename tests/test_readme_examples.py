"""The README's examples are run: every fenced block and every line of code in its text, against a server that answers.

The two scripts of Python stand in ``net/test_connect.py``. What no test runs fails here, so that the README can not
grow stale; nothing of it needs Spark or a display.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import astrolabnet_gui
import astrolabnet_gui.__main__ as door
from astrolabnet_gui.cli import app
from astrolabnet_gui.gui.panels.sieve import wanted_rows
from astrolabnet_gui.gui.tree_filter import parse_filter
from astrolabnet_gui.island.__main__ import _parser as island_parser
from astrolabnet_gui.model.output import Column, Table

from .cli.fakes import session
from .faultlivy import FaultLivy, faultlivy
from .notebook.kernel import Cell, kernel

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.S)
SHELL = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
# Code in the text; a word alone is a name.
SPANS = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.S))
TYPED = [s for s in SPANS if re.match(r"(astrolabnet|pip|py|python|curl) |packaging/", s)]
CELLS = [s for s in SPANS if re.match(r"(import|net =|net[.\[]|task\.|\.to_|%)", s) and s not in ("%%", "%%aln")]
CURL = [line for line in SHELL if line.startswith("curl ")]
ROWS = {"schema": {"fields": [{"name": "one", "type": "integer"}]}, "data": [[1]]}


def answer(number: int, code: str) -> dict[str, Any]:
    """What the server says to any code: a table to SQL, a number to the rest."""
    data = {"application/json": ROWS} if "select" in code.lower() else {"text/plain": "1000"}
    return {"status": "ok", "execution_count": number, "data": data}


@pytest.fixture
def local() -> Iterator[int]:
    """The workspace has a server ``local`` with a session, that of this number."""
    livy = FaultLivy(starts_s=0, lasts_s=0)
    livy.output = answer
    with faultlivy(livy) as running:
        number = int(running.do(livy.open))
        with astrolabnet_gui.connect() as net:
            net.server.add(alias="local", url=running.url)
        yield number


def plain(line: str) -> list[str]:
    """The words of a line of a shell, without its remark."""
    return shlex.split(line, comments=True)


def a_word(words: list[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> int:
    """Words after ``astrolabnet``; the window opens only in words."""
    monkeypatch.setattr("astrolabnet_gui.gui.app.run", lambda **_: 0)
    monkeypatch.setattr(app, "island", lambda given: 1 if island_parser().parse_args(given) else 2)
    monkeypatch.chdir(folder)
    Path("night.py").write_text("print([server.address for server in net.servers])\n", encoding="utf-8")
    if words[:2] == ["island", "start"]:
        assert door.main(words) == 1
        return 0
    try:
        return door.main(words)
    except SystemExit as end:
        return int(end.code or 0)


WORDS = [w for line in [*SHELL, *TYPED] if (w := plain(line)) and w[0] == "astrolabnet" and w[1:] != ["web"]]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_words_of_the_readme_can_be_typed(
    local: int, words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert a_word(words[1:], monkeypatch, tmp_path) == 0, capfd.readouterr().err
    said = capfd.readouterr().out
    if "night.py" in words:
        assert "['local']" in said
    if words[1:2] == ["send"]:
        assert said == "1000\n"


def test_the_readme_has_such_words() -> None:
    assert len(WORDS) > 8
    assert len(CELLS) > 8
    assert len(CURL) > 1


def test_a_shell_completes_after_the_readmes_line() -> None:
    (line,) = (line for line in SHELL if line.startswith("eval "))
    program = f'astrolabnet() {{ {shlex.quote(sys.executable)} -m astrolabnet_gui "$@"; }}\n{line}\n'
    program += "complete -p astrolabnet"
    shown = subprocess.run(["bash", "--norc", "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert "astrolabnet" in shown.stdout, shown.stderr


def test_the_programs_of_the_checkout_are_there() -> None:
    launch = (ROOT / "packaging" / "launch.py").read_text(encoding="utf-8")
    programs = [w for line in [*SHELL, *TYPED] if (w := line.split()) and w[0].startswith("packaging/")]
    assert len(programs) > 1
    for program, *_ in programs:
        assert os.access(ROOT / program, os.X_OK), program
        assert f'"{Path(program).name}": ' in launch, program


def test_the_extras_the_readme_names_are_there() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = {*re.findall(r"extra `(\w+)`", TEXT), *re.findall(r"astrolabnet-gui\[(\w+)\]", TEXT)}
    assert len(named) > 3
    assert named <= extras.keys()


def test_filters_of_the_readme_find_something() -> None:
    assert {"state:busy server:lal", "mag<19.5"} <= {*SPANS}
    tree = parse_filter("state:busy server:lal")
    assert [tree.accepts(session(state), "lal") for state in ("busy", "idle")] == [True, False]
    found = wanted_rows(Table(columns=(Column(name="mag", type="double"),), rows=((17.0,), (21.0,))), "mag<19.5")
    assert found is not None
    assert [found(row) for row in ((17.0,), (21.0,))] == [True, False]


def test_cells_of_the_readme_run_in_a_kernel(local: int, tmp_path: Path) -> None:
    play = tmp_path / "night.py"
    play.write_text("print([server.address for server in net.servers])\n", encoding="utf-8")
    gave: dict[str, Cell] = {}
    with kernel() as cells:
        for line in sorted(CELLS, key=order):
            code = line.replace("lal", "local").replace("sessions[3]", f"sessions[{local}]").replace("…", "'1+1'")
            code = code.replace("sessions/3", f"sessions/{local}\n1 + 1").replace("night.py", str(play))
            if line.startswith("task"):
                cells.well(f"task = net['local'].sessions[{local}].run('select 1 as one', kind='sql')")
            gave[line] = cells.well(f"task{code}" if code.startswith(".") else code)
        cells.well("net.close()")
    assert gave['net.play("night.py")'].streamed.endswith("['local']\n")
    assert "<svg" in gave["net.graph"].shown[0]["image/svg+xml"]
    for table in ("task.to_pandas()", ".to_arrow()", ".to_astropy()"):
        assert "one" in gave[table].shown[-1]["text/plain"]


def order(line: str) -> int:
    """First what the others need."""
    first = ("import", "net =", "%load_ext", "task.to_pandas")
    return next((n for n, begin in enumerate(first) if line.startswith(begin)), len(first))


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl: apt-get install curl")
def test_lines_of_curl_reach_the_web_service(local: int) -> None:
    assert "astrolabnet web" in TYPED
    words = [sys.executable, "-m", "astrolabnet_gui", "web", "--port", "0"]
    service = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert service.stdout is not None
        link, told = service.stdout.readline(), service.stdout.readline()
        tokens = json.loads(Path(told.rpartition(": ")[2].strip()).read_text("utf-8"))
        said = []
        for call in CURL:
            call = call.replace("http://127.0.0.1:8790/", link.partition("#")[0])
            done = subprocess.run(
                ["bash", "--norc", "-c", call], env=os.environ | {"TOKEN": tokens["run"]},
                capture_output=True, text=True, timeout=60, check=True,
            )  # fmt: skip
            said.append(json.loads(done.stdout))
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(30) == 0
        service.stdout.close()
    assert [t["address"] for t in said[0]["things"] if t["collection"] == "servers"] == ["local"]
    assert said[1]["state"] == "done"


RUNNERS: dict[str, Callable[[str], bool]] = {
    "words": lambda line: plain(line) in WORDS or plain(line) == ["astrolabnet", "web"],
    "curl": CURL.__contains__,
    "completion": lambda line: line.startswith("eval "),
    "checkout": lambda line: bool(re.match(r"packaging/|py packaging\\launch.py (run|test)$", line)),
    "install": lambda line: line in ("pip install 'astrolabnet-gui[island]'", "python -m build"),
    "cells": CELLS.__contains__,
}


@pytest.mark.parametrize("line", [*SHELL, *TYPED, *CELLS])
def test_each_line_is_run_by_a_test(line: str) -> None:
    assert any(runs(line) for runs in RUNNERS.values())


def test_each_block_is_run_by_a_test() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "python"}
    begins = [block.splitlines()[0] for kind, block in BLOCKS if kind == "python"]
    assert begins == ["# two servers, and what runs there", "net = await astrolabnet_gui.connect().settled()"]
