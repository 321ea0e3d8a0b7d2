"""Words do what the table says, with the same parameters as any other face; exit codes tell what went wrong."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from astrolabnet_gui.cli import app, grammar
from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.errors import Missing
from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.net.desk import Desk
from astrolabnet_gui.net.opened import Opened
from astrolabnet_gui.network.link import Problem, Question, RunEvent, RunState
from astrolabnet_gui.tasks.send import COMMAND

from .fakes import LAL, SESSION, STATEMENT, FakeLink, server, session, task

OK = {"status": "ok", "execution_count": 0, "data": {"text/plain": "499500"}}


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch) -> FakeLink:
    """The engine the words talk to: one server with one session, a real house."""
    fake = FakeLink(server("lal"), session())

    @contextmanager
    def opened(answer: Callable[[Question], str], tell: Callable[[RunEvent], None]) -> Iterator[Opened]:
        house = House()
        try:
            yield Opened(house, Desk(fake, answer, tell))
        finally:
            house.close()

    monkeypatch.setattr(app, "opened", opened)
    return fake


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of these words."""
    code = app.main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_lists_servers_and_sessions(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "servers")
    assert (code, out.splitlines()[1].split()[:2]) == (0, ["lal", "up"])
    code, out, _ = run(capsys, "sessions", "lal", "--json")
    assert (code, json.loads(out)["address"]) == (0, "lal/sessions/3")


def test_an_empty_list_says_what_to_do_to_a_person_only(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "batches") == (0, "", "There are no batches yet.\n")
    link.things = ()
    for words in ("servers", "sessions"):
        code, out, said = run(capsys, words)
        assert (code, out) == (0, "")
        assert said.startswith("There are no servers yet. Add one (astrolabnet servers add")
        assert run(capsys, words, "--json") == (0, "", "")
        assert run(capsys, words, "--quiet") == (0, "", "")
    assert run(capsys, "sources")[2].startswith("There are no sources yet.")


def test_shows_one_thing_and_what_is_below_it(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "lal")
    assert (code, [line.split()[0] for line in out.splitlines()]) == (0, ["ADDRESS", "lal", "lal/sessions/3"])
    code, out, _ = run(capsys, "show", "lal/sessions/3", "--json")
    assert (code, json.loads(out)["address"]) == (0, "lal/sessions/3")
    assert run(capsys, "show", "nowhere")[0] == 2


def test_a_server_that_does_not_answer_is_named(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    link.things = (server("far", "no answer", "it does not answer"),)
    assert run(capsys, "sessions") == (1, "", "astrolabnet: far: it does not answer\n")


def test_datasets_of_the_workspace_are_listed_though_no_server_answers(
    link: FakeLink, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = (server("far", "no answer", "it does not answer"), server("off", "down", "it is down"))
    complaints = "astrolabnet: far: it does not answer\nastrolabnet: off: it is down\n"
    link.things = silent
    assert run(capsys, "datasets") == (0, "", f"There are no datasets yet.\n{complaints}")
    name = ("datasets", "ztf alerts")
    replica = Thing(key=Key("u-far", "", name), label="ztf alerts", state="not asked", stale_since=datetime.now(UTC))
    link.things = (*silent, Thing(key=Key("", "", name), label="ztf alerts", state="ready"), replica)
    assert run(capsys, "datasets", "--quiet") == (0, "/datasets/ztf%20alerts\nfar/datasets/ztf%20alerts\n", complaints)
    assert run(capsys, "datasets", "far", "--quiet")[:2] == (0, "far/datasets/ztf%20alerts\n")
    link.things = (*link.things, server("lal"))
    code, out, said = run(capsys, "datasets")
    assert (code, len(out.splitlines()), said) == (0, 3, complaints)


def test_sends_waits_and_prints(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    def engine(name: str) -> None:
        link.change(added=(task("running"),))
        link.ends(name, text="Sent.", focus=STATEMENT)
        link.change(task("done", OK))

    link.on_submit = engine
    code, out, _ = run(capsys, "send", "lal/sessions/3", "--kind", "pyspark", "--code", "sum(range(1000))")
    assert (code, out) == (0, "499500\n")
    (sent,) = link.submitted
    assert sent[:2] == ("session.send", SESSION)
    assert sent[2] == {"kind": "pyspark", "code": "sum(range(1000))", "action": "", "name": "", "values": {}}
    assert COMMANDS["session.send"].params.model_validate(sent[2])


def test_a_failed_task_is_exit_code_1(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    bad = {"status": "error", "ename": "E", "evalue": "no", "traceback": []}

    def engine(name: str) -> None:
        link.change(added=(task("failed", bad),))
        link.ends(name, focus=STATEMENT)

    link.on_submit = engine
    assert run(capsys, "send", "lal", "--action", "pi", "--set", "darts=10")[0] == 1
    assert link.submitted[0][:2] == ("server.send", LAL)
    assert link.submitted[0][2]["values"] == {"darts": 10}


def test_code_comes_from_a_file_or_standard_input(
    link: FakeLink, capsys: pytest.CaptureFixture[str], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = 'print("a\\tb")\n# "quotes" \\ and ü\n'
    (tmp_path / "x.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(code))
    run(capsys, "send", "lal", "--file", str(tmp_path / "x.py"), "--no-wait")
    run(capsys, "send", "lal", "--file", "-", "--no-wait")
    assert [params["code"] for _, _, params in link.submitted] == [code, code]
    assert run(capsys, "send", "lal", "--file", str(tmp_path / "none"))[0] == 2


def test_every_row_of_the_table_is_a_word(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(COMMANDS) > 10
    link.things = (server("lal"), session(), task("running"))
    places = {"servers": "lal", "sessions": "lal/sessions/3", "statements": "lal/sessions/3/statements/7"}
    for name, verb in COMMANDS.items():
        if verb.on and verb.on[0] not in places:
            continue
        address = [places[verb.on[0]]] if verb.on else []
        assert run(capsys, name, *address)[0] == 0, name
        assert link.submitted[-1][0] == name
        assert grammar.unfolded(name.split(".")) == grammar.unfolded([name])


def test_a_command_prints_its_text_and_address(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    link.on_submit = lambda name: link.ends(name, text="Done.", focus=SESSION, result={"n": 1})
    assert run(capsys, "session.new", "lal", "--kind", "sql") == (0, "Done.\nn: 1\nlal/sessions/3\n", "")
    _, out, _ = run(capsys, "session.new", "lal", "--json")
    assert json.loads(out) == {"text": "Done.", "address": "lal/sessions/3", "data": {"n": 1}}
    way_back = {"undo": {"command": "server.tint"}}
    link.on_submit = lambda name: link.ends(name, text="Done.", result=way_back)
    assert run(capsys, "server.tint", "lal") == (0, "Done.\n", ""), "a person has no use for it"
    assert json.loads(run(capsys, "server.tint", "lal", "--json")[1])["data"] == way_back


def test_exit_codes(link: FakeLink, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(capsys, "session.new", "nowhere")[0] == 2
    assert run(capsys, "session.close", "lal")[0] == 2
    link.on_submit = lambda name: link.ends(
        name, RunState.FAILED, problem=Problem(type="Refused", what="no.", server="lal")
    )
    assert run(capsys, "server.test", "lal") == (1, "", "astrolabnet: lal: no.\n")
    question = Question(id="q", text="Close what is not yours?")
    link.on_submit = lambda name: link.ends(name, RunState.ASKING, question=question)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, err = run(capsys, "session.close", "lal/sessions/3")
    assert code == 4
    assert "Give --answer yes/no." in err
    assert run(capsys, "session.close", "lal/sessions/3", "--answer", "maybe")[0] == 4
    assert run(capsys, "session.close", "lal/sessions/3", "--answer", "yes") == (0, "yes\n", "")
    assert Missing("no Java.").exit_code == 3


def test_a_person_at_the_terminal_is_asked(
    link: FakeLink, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("perhaps\nyes\n"))
    question = Question(id="q", text="Really?")
    link.on_submit = lambda name: link.ends(name, RunState.ASKING, question=question)
    code, out, err = run(capsys, "session.close", "lal/sessions/3")
    assert (code, out) == (0, "yes\n")
    assert err.count("Really? [yes/no, default no]") == 2


def test_tasks_come_from_the_journal(link: FakeLink, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "tasks") == (0, "", "There are no tasks yet.\n")
    house = House()
    house.workspace.save_server(server("lal").payload)
    for number, end in ((0, State.DONE), (1, State.ACK)):
        row = house.journal.intend(
            f"act{number}", "run", COMMAND, SESSION, {"kind": "sql", "code": "select 1"}
        ).result()
        house.journal.note(row, end, {"statement": number}).result()
    house.close()
    _, out, _ = run(capsys, "tasks", "lal/sessions/3", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert [(t["address"], t["state"], t["name"]) for t in told] == [
        ("lal/sessions/3/statements/0", "done", "select 1"),
        ("lal/sessions/3/statements/1", "running", "select 1"),
    ]
    assert run(capsys, "tasks", "far")[1] == ""
    assert "statements/1  running" in run(capsys, "tasks", "--most", "1")[1]
    assert link.submitted[0][0] == "task.reconcile"


def test_commands_are_listed_with_their_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "commands")
    assert code == 0
    assert all(name in out for name in COMMANDS)
    _, out, _ = run(capsys, "commands", "--json")
    told = {json.loads(line)["name"]: json.loads(line) for line in out.splitlines()}
    assert told.keys() == COMMANDS.keys()
    assert "kind" in told["session.new"]["params"]["properties"]


@pytest.mark.parametrize(
    ("words", "registers"),
    [(["start"], True), (["start", "--json"], True), (["status"], False), (["start", "--state", "x"], False)],
)
def test_island_hands_its_words_on(
    link: FakeLink, monkeypatch: pytest.MonkeyPatch, words: list[str], registers: bool
) -> None:
    handed: list[Any] = []

    def run_island(given: Sequence[str]) -> int:
        handed.append(list(given))
        return 0

    monkeypatch.setattr(app, "island", run_island)
    assert app.main(["island", *words]) == 0
    assert handed == [words]
    assert [name for name, _, _ in link.submitted] == (["island.start"] if registers else [])
