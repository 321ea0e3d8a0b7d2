"""The command line against real Spark: an island is started, used and stopped by words alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ..notebook.kernel import kernel
from ..parity.on_spark import same_through_all

PATIENCE_S = 240.0


def astrolabnet(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program with these words, as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "astrolabnet_gui", *words],
        input=given, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip


@pytest.fixture
def island() -> Iterator[int]:
    """Process id of an island of this test's own home."""
    said = astrolabnet("island", "start", "--json")
    assert said.returncode == 0, said.stderr
    pid = int(json.loads(said.stdout)["pid"])
    below = psutil.Process(pid).children(recursive=True)
    try:
        yield pid
    finally:
        assert astrolabnet("island", "stop").returncode == 0
        _, alive = psutil.wait_procs([*below, psutil.Process(pid)] if psutil.pid_exists(pid) else below, timeout=10)
        assert alive == []


@pytest.mark.island
@pytest.mark.timeout(600)
def test_from_nothing_to_a_result_and_back(island: int, tmp_home: Path, qtbot: QtBot) -> None:
    (shown,) = astrolabnet("servers", "--json").stdout.splitlines()
    assert json.loads(shown)["address"] == "local"
    counted = astrolabnet("send", "local", "--kind", "pyspark", "--file", "-", given="spark.range(1000).count()\n")
    assert (counted.returncode, counted.stdout) == (0, "1000\n"), counted.stderr
    (line,) = astrolabnet("sessions", "local", "--json").stdout.splitlines()
    session = json.loads(line)["address"]
    failed = astrolabnet("send", session, "--code", "1/0")
    assert failed.returncode == 1
    assert "ZeroDivisionError" in failed.stderr
    as_json = astrolabnet("send", session, "--kind", "sql", "--code", "select 1 as one", "--json")
    assert json.loads(as_json.stdout)["output"]["data"]["application/json"]["data"] == [[1]]
    program = (
        "import astrolabnet_gui as aln\n"
        "with aln.connect() as net:\n"
        f"    task = net['local'].sessions[{int(session.rpartition('/')[2])}].run('spark.range(7).count()')\n"
        "    print(task.state, task.output[0].text)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert ran.stdout == "done 7\n", ran.stderr
    told = [json.loads(line) for line in astrolabnet("tasks", session, "--json").stdout.splitlines()]
    assert [t["state"] for t in told] == ["done", "failed", "done", "done"]
    assert told[1]["problem"].startswith("ZeroDivisionError")
    # Each word is a program of its own: what it names is known to it only after the server has told of it.
    ended = astrolabnet("show", f"{session}/statements/0", "--json")
    assert (ended.returncode, json.loads(ended.stdout or "{}").get("state")) == (0, "done"), ended.stderr
    with kernel() as cells:
        cells.well("import astrolabnet_gui as aln; net = aln.connect()\n%load_ext astrolabnet_gui.notebook")
        number = session.rpartition("/")[2]
        cells.well(f"%%aln {session} --kind sql --to sky\nselect id, id * 2 as twice from range(3)")
        assert cells.well("print(int(sky.twice.sum()))").streamed == "6\n"
        assert "<pre>42</pre>" in cells.well(f"net['local'].sessions[{number}].run('6 * 7')").page
        cells.well("net.close()")
    both = astrolabnet(
        "group.send", "--kind", "sql", "--code", "select 1 as one", "--targets", session, "--targets", "*", "--wait",
        "--json",
    )  # fmt: skip
    assert json.loads(both.stdout)["data"]["rows"] == [[session, 1], ["local", 1]], both.stderr
    the_notebook_runs(tmp_home)
    box = QWidget()
    qtbot.addWidget(box)
    same_through_all(session, tmp_home, box)
    assert astrolabnet("session", "close", session).returncode == 0


def the_notebook_runs(folder: Path) -> None:
    """That of the documentation, executed cell by cell as its reader would."""
    notebook = Path(__file__).parents[2] / "docs" / "first-look.ipynb"
    words = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        "--output-dir",
        str(folder),
        str(notebook),
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    cells = json.loads((folder / notebook.name).read_text("utf-8"))["cells"]
    shown = [str(cell.get("outputs")) for cell in cells if cell["cell_type"] == "code"]
    for words_there, output in zip(
        ("local", "local", "1000", "twice", "", "root", "2.0", "<svg", ""), shown, strict=True
    ):
        assert words_there in output
