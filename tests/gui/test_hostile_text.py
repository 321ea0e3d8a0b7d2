"""Hostile text acts nowhere: not in a terminal, a log, a file of a spreadsheet, the clipboard, a line that is copied.

One corpus (``tests/corpus.py``); the window's views of it are in ``tests/gui/test_hostile.py``.
"""

from __future__ import annotations

import ast
import csv
import io
import logging
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

import astrolabnet_gui.command  # noqa: F401  (fills the table)
from astrolabnet_gui.cli.listing import print_listing, things
from astrolabnet_gui.client.redact import Redacting
from astrolabnet_gui.command.copied import cli_line, cli_read, curl_read
from astrolabnet_gui.command.line import python_line, python_place
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.panels.table import TableModel, chosen_text, table_view
from astrolabnet_gui.gui.safe import to_clipboard, tooltip
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Column, Table
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from astrolabnet_gui.tasks.table_file import csv_bytes
from tests.corpus import CORPUS
from tests.gui.scene import server, session

ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TURNS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LAL = Server(uuid="lal", alias="lal", url="http://lal:8998")
each = pytest.mark.parametrize("name", list(CORPUS))


@each
def test_a_terminal_is_not_steered(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    store, text = Store(), CORPUS[name][:20_000]
    evil = session("lal", 3, text, "pyspark", "idle", 9).model_copy(update={"problem": text, "fact": text})
    store.apply(Delta(server="lal", added=(server("lal"), evil)))
    for words in ({}, {"as_json": True}, {"quiet": True}):
        print_listing(things(store, [evil]), **words)
    said = capsys.readouterr().out
    assert not ACTS.search(said)
    assert not TURNS.search(said)
    said.encode()


@each
def test_a_log_holds_one_record_a_line_and_nothing_that_acts(name: str) -> None:
    record = logging.LogRecord("evil", logging.WARNING, "f", 1, "%s", (CORPUS[name],), None)
    line = Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s").format(record)
    assert not ACTS.search(line)
    line.encode()
    first, *more = line.split("\n")
    assert re.match(r"\d{4}-\d\d-\d\d .* WARNING evil: ", first)
    assert all(one.startswith("    ") for one in more), "no line but the first begins like a record"


@each
def test_a_spreadsheet_runs_nothing(name: str) -> None:
    text = CORPUS[name][:20_000]
    cells = [text, *text.split("\n")[:50]]
    table = Table(columns=(Column(name=text[:200]),), rows=tuple((cell,) for cell in cells))
    for (cell,) in csv.reader(io.StringIO(csv_bytes(table).decode(), newline="")):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@each
def test_what_is_pasted_does_nothing(name: str, qtbot: QtBot, dress: Dress) -> None:
    text = CORPUS[name][:20_000]
    to_clipboard(text)
    assert not ACTS.search(QGuiApplication.clipboard().text())
    model = TableModel(Table(columns=(Column(name="a"),), rows=((text,),)), dress)
    view = table_view(model, dress)
    qtbot.addWidget(view)
    view.selectAll()
    cell = chosen_text(view)
    assert "\n" not in cell
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    view.setModel(None)
    model.deleteLater()


@each
def test_a_line_for_a_shell_or_python_is_data(name: str, tmp_path: Path) -> None:
    text = CORPUS[name][:2000].replace("\ud800", "").replace("\udfff", "").replace("\udc00", "").replace("\x00", "")
    key = Key("lal", "", ("sessions", text))
    lines = [cli_read(key, text), cli_read(key, "lal"), curl_read(key, LAL)]
    lines.append(cli_line("session.send", key, {"code": text, "kind": "sql"}, "lal"))
    for line in filter(None, lines):
        assert "touch" not in shlex.split(line)
    line = next(filter(None, lines))
    if sys.platform != "win32":
        stand_in = f"astrolabnet() {{ :; }}; curl() {{ :; }}; {'; '.join(filter(None, lines))}"
        done = subprocess.run(["bash", "-c", stand_in], cwd=tmp_path, capture_output=True, check=False, timeout=20)
        assert done.returncode == 0, done.stderr
        assert list(tmp_path.iterdir()) == []
    send = COMMANDS["session.send"]
    for code in (python_place(key, text), python_line(send, key, send.params.model_validate({"code": text}), text)):
        (statement,) = ast.parse(code).body
        assert isinstance(statement, ast.Expr)
        assert not ACTS.search(code)
        assert "__import__" not in {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


@each
def test_a_tooltip_is_text(name: str) -> None:
    words = tooltip(CORPUS[name])
    inside = words.removeprefix("<qt>").removesuffix("</qt>").replace("<br>", "")
    assert "<" not in inside
    assert not ACTS.search(inside)
    assert len(words) < 10_000


def test_what_is_wrong_with_a_workspace_is_said_without_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    from astrolabnet_gui.net.opened import opened
    from astrolabnet_gui.settings.paths import paths

    folder = paths().workspace / "servers"
    folder.mkdir(parents=True)
    (folder / "a\x1b[2Jb.json").write_text('{"uuid": "x"}')
    with opened(lambda _: "no", lambda _: None):
        pass
    said = capsys.readouterr().err
    assert "can not be used" in said
    assert "\x1b" not in said
