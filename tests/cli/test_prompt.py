"""The prompt takes the lines the console prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from astrolabnet_gui.cli import prompt as prompt_module
from astrolabnet_gui.cli.prompt import init_file, prompt, script
from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.line import python_line
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.net.desk import Desk
from astrolabnet_gui.net.opened import Opened
from astrolabnet_gui.net.world import Net, Node
from astrolabnet_gui.network.link import Question, RunEvent
from astrolabnet_gui.settings.paths import paths

from .fakes import LAL, SESSION, STATEMENT, FakeLink, server, session, task


@pytest.fixture
def link() -> FakeLink:
    return FakeLink(server("lal"), session(), task("running", progress=0.5))


@pytest.fixture
def net(link: FakeLink) -> Net:
    return Net(Desk(link, lambda question: "yes", lambda event: None))


@pytest.mark.parametrize(
    ("name", "key", "params"),
    [
        ("session.new", LAL, {"kind": "sql"}),
        ("session.send", SESSION, {"kind": "pyspark", "code": "x = 'a\"b\\n'"}),
        ("session.send", SESSION, {"action": "pi", "values": {"darts": 1000}}),
        ("server.send", LAL, {"kind": "sql", "code": "select 1"}),
        ("task.cancel", STATEMENT, {}),
        ("session.close", SESSION, {}),
    ],
)
def test_a_line_of_the_console_does_the_same_again(
    net: Net, link: FakeLink, name: str, key: Any, params: dict[str, Any]
) -> None:
    verb = COMMANDS[name]
    line = python_line(verb, key, verb.params.model_validate(params), "lal")
    eval(line, {"net": net})
    assert link.submitted == [(name, key, params)]


def test_workspace_commands_need_no_server(net: Net, link: FakeLink) -> None:
    net.island.start()
    assert link.submitted == [("island.start", None, {})]


def test_a_result_is_a_thing_or_plain_data(net: Net, link: FakeLink) -> None:
    link.on_submit = lambda run: link.ends(run, text="ok", focus=SESSION)
    made = net["lal"].new_session(kind="sql")
    assert isinstance(made, Node)
    assert made.state == "idle"
    link.on_submit = lambda run: link.ends(run, text="ok", result={"n": 1})
    assert net["lal"].test() == {"n": 1}


def test_things_say_what_they_are(net: Net) -> None:
    assert repr(net) == "<servers: lal>"
    assert repr(net["lal"]) == "<Server lal up>"
    assert repr(net["lal"].sessions) == "[<Session 3 idle>]"
    assert "new_session" in dir(net["lal"])
    assert "send" in dir(net["lal"].sessions[3])
    assert "island" in dir(net)
    assert "Open a session" in str(net["lal"].new_session.__doc__)


def test_what_is_not_there_is_told(net: Net) -> None:
    with pytest.raises(BadInput, match="no server"):
        net["far"]
    with pytest.raises(BadInput, match="sessions/9"):
        net["lal"].sessions[9]
    with pytest.raises(AttributeError, match=r"server\.fly"):
        net["lal"].fly()


def test_a_script_runs_with_net(link: FakeLink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @contextmanager
    def opened(answer: Callable[[Question], str], tell: Callable[[RunEvent], None]) -> Iterator[Opened]:
        yield Opened(cast(House, None), Desk(link, answer, tell))

    monkeypatch.setattr(prompt_module, "opened", opened)
    file = tmp_path / "script.py"
    file.write_text('net["lal"].sessions[3].send(code="1+1")\n', encoding="utf-8")
    assert prompt(file) == 0
    assert link.submitted == [("session.send", SESSION, {"code": "1+1"})]
    script(file)
    assert len(link.submitted) == 2


def test_an_error_of_ours_is_a_sentence_at_the_prompt_and_others_keep_their_traceback(
    net: Net, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)  # tests of the window hear errors by it
    console = prompt_module._Prompt({"net": net})
    console.push('net["nowhere"]')
    told = capsys.readouterr().err
    assert "nowhere" in told
    assert "Traceback" not in told
    console.push("1 / 0")
    assert "ZeroDivisionError: division by zero" in capsys.readouterr().err


def test_an_init_file_comes_from_the_users_folder_or_by_name_never_from_the_working_folder(
    link: FakeLink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "init.py").write_text("raise SystemExit('the working folder was run')\n", encoding="utf-8")
    assert init_file(None) is None
    own = paths().config / "init.py"
    own.parent.mkdir(parents=True)
    own.write_text("lal = net['lal']\n", encoding="utf-8")
    assert init_file(None) == own
    assert init_file(tmp_path / "init.py") == tmp_path / "init.py"
    with pytest.raises(BadInput, match="there is no file"):
        init_file(tmp_path / "none.py")

    @contextmanager
    def opened(answer: Callable[[Question], str], tell: Callable[[RunEvent], None]) -> Iterator[Opened]:
        yield Opened(cast(House, None), Desk(link, answer, tell))

    monkeypatch.setattr(prompt_module, "opened", opened)
    file = tmp_path / "script.py"
    file.write_text("lal.test()\n", encoding="utf-8")
    script(file)
    assert link.submitted == [("server.test", LAL, {})]
