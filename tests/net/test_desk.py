"""The desk waits for what was asked, and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.errors import BadInput, Unreachable
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.net.desk import Desk, Failed, NeedsAnswer
from astrolabnet_gui.network.link import Problem, Question, Reset, RunEvent, RunState

from ..cli.fakes import LAL, STATEMENT, FakeLink, server, session, task


def desk(link: FakeLink, choice: str | None = None, heard: list[RunEvent] | None = None) -> Desk:
    """A desk that answers ``choice``."""

    def answer(question: Question) -> str:
        if choice is None:
            raise NeedsAnswer(question.text)
        return choice

    return Desk(link, answer, (heard if heard is not None else []).append)


def ask(link: FakeLink) -> Any:
    """The engine asks before it ends."""
    question = Question(id="q", text="Really?")
    return lambda run: link.ends(run, RunState.ASKING, question=question)


def test_settles_when_all_have_answered() -> None:
    link = FakeLink(server("lal"), server("far", "asking"))
    at = desk(link)
    link.change(server("far", "no answer", "it does not answer"))
    at.settle(30.0)
    assert {t.label: t.state for t in at.store.servers()} == {"lal": "up", "far": "no answer"}


def test_settling_ends_with_its_time_and_waits_for_the_named_server_only() -> None:
    at = desk(FakeLink(server("lal"), server("far", "asking")))
    at.settle(0.01)
    at.settle(30.0, "lal")
    assert at.store.find("far").state == "asking"


def test_a_task_is_found_though_its_session_is_told_of_first() -> None:
    link = FakeLink(server("lal"), session())
    at = desk(link)
    at.settle(30.0)
    link.change(added=(task("running"),))
    assert at.find("lal/sessions/3/statements/7", 30.0).key == STATEMENT
    for wrong, within_s in (
        ("lal/sessions/3/statements/8", 0.01),
        ("lal/sessions/9", 30.0),
        ("lal/sessions/9/statements/1", 30.0),
    ):
        with pytest.raises(BadInput, match="there is no sessions/"):
            at.find(wrong, within_s)


def test_a_batch_is_found_though_its_server_is_told_of_first() -> None:
    link = FakeLink(server("lal"))
    at = desk(link)
    at.settle(30.0)
    batch = server("lal").key.child("batches", 0, "e")
    link.change(added=(Thing(key=batch, label="night", state="running"),))
    assert at.find("lal/batches/0", 30.0).key == batch
    with pytest.raises(BadInput, match="there is no batches/1"):
        at.find("lal/batches/1", 0.01)


def test_does_a_command_and_gives_its_last_event() -> None:
    link, heard = FakeLink(server("lal")), list[RunEvent]()

    def engine(run: str) -> None:
        link.ends(run, RunState.RUNNING, text="half")
        link.ends(run, text="all")

    link.on_submit = engine
    end = desk(link, heard=heard).do("server.test", LAL, {"a": 1})
    assert link.submitted == [("server.test", LAL, {"a": 1})]
    assert end.text == "all"
    assert [event.text for event in heard] == ["half", "all"]


def test_a_failed_command_raises_in_the_engines_words() -> None:
    link = FakeLink()
    problem = Problem(type="Refused", what="it said no.", server="lal", remedy="Ask again.")
    link.on_submit = lambda run: link.ends(run, RunState.FAILED, problem=problem)
    with pytest.raises(Failed, match=r"lal: it said no\. Ask again\."):
        desk(link).do("x", None, {})
    link.on_submit = lambda run: link.ends(run, RunState.CANCELLED)
    with pytest.raises(Failed, match="cancelled"):
        desk(link).do("x", None, {})


def test_a_question_is_answered_or_the_run_is_given_up() -> None:
    link = FakeLink()
    link.on_submit = ask(link)
    assert desk(link, "yes").do("x", None, {}).text == "yes"
    assert link.answers == [("run0", "q", "yes")]
    with pytest.raises(NeedsAnswer, match=r"Really\?"):
        desk(link).do("x", None, {})
    assert link.cancelled == ["run1"]


def test_looks_at_a_task_until_it_ends() -> None:
    link = FakeLink(server("lal"), session(), task("running", progress=0.5))
    at = desk(link)
    link.change(task("done"))
    assert at.until(STATEMENT, lambda thing: thing.state == "done").state == "done"
    assert link.attended == [STATEMENT]


def test_a_task_that_goes_away_or_takes_too_long_is_told() -> None:
    link = FakeLink(server("lal"), session(), task("running"))
    at = desk(link)
    with pytest.raises(Unreachable, match="not ready"):
        at.until(STATEMENT, lambda thing: thing.state == "done", within_s=0.01)
    link.change(removed=(STATEMENT,))
    with pytest.raises(Unreachable, match="no longer there"):
        at.until(STATEMENT, lambda thing: thing.state == "done")


def test_a_new_reset_replaces_all() -> None:
    link = FakeLink(server("lal"), session(), task("running"))
    at = desk(link)
    at.settle(1.0)
    assert len(at.store.things) == 3
    link.tell(Reset(things=(server("far"),)))
    at.settle(1.0)
    assert [t.label for t in at.store.things.values()] == ["far"]


def test_closing_hears_no_more() -> None:
    link = FakeLink()
    desk(link).close()
    assert link.listeners == []


def test_runs_of_others_are_theirs_to_answer() -> None:
    link = FakeLink(server("lal"))
    at = desk(link, "yes", heard := list[RunEvent]())
    link.ends("other", RunState.ASKING, question=Question(id="q", text="Really?"))
    at.settle(1.0)
    assert link.attended == [None], "looked at as long as somebody waits"
    at.take()
    assert (link.answers, heard, at.backlog) == ([], [], 0)
    assert link.attended == [None, None]
