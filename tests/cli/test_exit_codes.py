"""Exit codes of the real program over a real engine: what a script is told by each, whoever noticed what was wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import astrolabnet_gui
import astrolabnet_gui.__main__ as door
from astrolabnet_gui.cli.grammar import CODES
from astrolabnet_gui.errors import AstroLabNetError, BadInput, Missing, NotApplicable, Refused
from astrolabnet_gui.net.desk import Failed, NeedsAnswer

from ..faultlivy import FaultLivy, Running, faultlivy


@pytest.fixture
def lal() -> Iterator[Running]:
    """A server ``lal`` with a session, and ``far``, where nobody listens."""
    livy = FaultLivy(starts_s=0, lasts_s=0)
    with faultlivy(livy) as running, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        running.do(livy.open)
        with astrolabnet_gui.connect() as net:
            net.server.add(alias="lal", url=running.url)
            net.server.add(alias="far", url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        yield running


def code(*words: str) -> int:
    """What the program ends with."""
    try:
        return door.main(list(words))
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize(
    ("line", "wanted", "said"),
    [
        ("servers test lal", 0, ""),
        ("servers test far", 1, "far: "),
        ("send lal/sessions/0 --code 1/0", 1, "ZeroDivisionError"),
        ("sessions close", 2, "address"),
        ("sessions new lal --kind cobol", 2, "invalid choice"),
        ("nonsense", 2, "invalid choice"),
        ("servers test nowhere", 2, "nowhere"),
        ("sessions close lal", 2, "acts on sessions"),
        # Only the engine knows what is wrong with these.
        ("servers edit lal --url ftp://x", 2, "http"),
        ("servers edit lal --timeout-s soon", 2, "timeout_s"),
        ("send lal/sessions/0 --action pi --set darts=many", 2, "Darts must be"),
        ("send lal/sessions/0 --action none-such", 2, "none-such"),
        ("sources add --name x --preset none-such", 2, "none-such"),
        ("actions new --title x --code 1 --parameters a:nonsense=1", 2, "nonsense"),
        ("preferences set --theme pink", 2, "theme"),
        ("sessions close lal/sessions/0 --answer perhaps", 4, "perhaps"),
        ("servers remove lal", 4, "Give --answer yes/no"),
    ],
)
def test_each_word_ends_with_the_code_that_says_why(
    lal: Running, line: str, wanted: int, said: str, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with open(os.devnull, encoding="utf-8") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        assert code(*line.split()) == wanted
    err = capfd.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_what_this_computer_lacks_is_3(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert code("web", "--port", "0") == 3
    assert "pip install" in capfd.readouterr().err


@pytest.mark.parametrize(
    "words", [("servers", "--json", "--watch"), ("sessions", "lal", "--quiet", "--watch"), ("commands", "--json")]
)
def test_a_reader_that_has_had_enough_is_141_without_a_word(lal: Running, words: tuple[str, ...]) -> None:
    program = [sys.executable, "-m", "astrolabnet_gui", *words]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline()
        writer.stdout.close()
        if "--watch" in words:
            lal.do(lal.livy.open)
            lal.do(lal.livy.open)
        assert writer.wait(60) == 141
        assert writer.stderr is not None
        assert writer.stderr.read() == ""


@pytest.mark.parametrize(("words", "said"), [("sessions fly", "close"), ("sessions clsoe lal/sessions/0", "close")])
def test_a_verb_that_is_not_there_is_answered_by_those_there_are(
    lal: Running, words: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert code(*words.split()) == 2
    err = capfd.readouterr().err
    assert words.split()[1] in err
    assert said in err


@pytest.mark.parametrize(
    ("text", "wanted", "says"),
    [
        ("def f():\n    raise KeyError('mag')\n\nf()\n", 1, ["line 4, in <module>", "line 2, in f", "KeyError: 'mag'"]),
        ("x = 1\nnet['none']\n", 2, ["line 2, in <module>", "net['none']", "there is no server 'none'"]),
        ("if:\n", 1, ["line 1", "SyntaxError"]),
    ],
)
def test_what_ended_a_script_is_told_from_the_script_on(
    lal: Running, tmp_path: Path, text: str, wanted: int, says: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "night.py"
    file.write_text(text, encoding="utf-8")
    assert code("-s", str(file)) == wanted
    err = capfd.readouterr().err
    assert all(words in err for words in says), err
    assert "runpy" not in err
    assert "astrolabnet_gui/" not in err


def test_ctrl_c_is_130(lal: Running) -> None:
    lal.livy.holding = True
    words = [sys.executable, "-m", "astrolabnet_gui", "send", "lal/sessions/0", "--code", "while True: pass"]
    # Tests that a shell started in its background ignore Ctrl+C, and so would what they start.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        try:
            while not lal.do(lal.livy.truth)["statements"]["0"]:
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130, err
    assert "Traceback" not in err


def test_a_script_that_nobody_answers_ends_with_4(lal: Running, tmp_path: Path) -> None:
    file = tmp_path / "close.py"
    file.write_text('net["lal"].remove()\n', encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}

    def run(given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "astrolabnet_gui", "-s", str(file)],
            input=given, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    alone = run("")
    assert (alone.returncode, "Nobody is here to answer" in alone.stderr) == (4, True), alone.stderr
    told = run("yes\n")
    assert (told.returncode, "lal" in told.stdout) == (0, True), told.stderr


@pytest.mark.parametrize(
    ("error", "wanted"),
    [(AstroLabNetError("x"), 1), (Refused("x", status=500), 1), (NotApplicable("x"), 1), (BadInput("x"), 2),
     (Missing("x"), 3), (NeedsAnswer("x"), 4), (Failed("x", kind="BadInput"), 2), (Failed("x", kind="Missing"), 3),
     (Failed("x", kind="Refused"), 1), (Failed("x", kind="Elsewhere"), 1), (Failed("x"), 1)],
)  # fmt: skip
def test_an_error_knows_its_code_wherever_it_was_raised(error: AstroLabNetError, wanted: int) -> None:
    assert error.exit_code == wanted
    assert f"{wanted} " in CODES
