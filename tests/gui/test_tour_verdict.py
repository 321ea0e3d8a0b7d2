"""The tour's verdict: any one result that is wrong, or failed, is said and ends it with another code than 0.

Everything is the tour's own but the window and Spark: each result is given here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from astrolabnet_gui.gui import tour as room
from astrolabnet_gui.gui import tour_prompt, tour_results, tour_views, tour_wires
from astrolabnet_gui.gui.panels.four import Standing
from astrolabnet_gui.gui.robot import Stuck
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Statement
from astrolabnet_gui.model.output import TABLE_MIME
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import Problem, RunEvent, RunState
from tests.island_fixture import wait_until

SERVER = Key("lal")
Given = tuple[str, dict[str, Any] | None]  # state and Livy's output


def text(words: str) -> Given:
    return "done", {"status": "ok", "data": {"text/plain": words}}


def table(*rows: list[Any]) -> Given:
    heads = [{"name": f"c{n}", "type": "STRING_TYPE"} for n in range(len(rows[0]))]
    return "done", {"status": "ok", "data": {TABLE_MIME: {"headers": heads, "data": list(rows)}}}


def error(name: str) -> Given:
    return "failed", {"status": "error", "ename": name, "evalue": "x", "traceback": []}


RIGHT: dict[str, Given] = {
    "pi": text("3.14159"),
    **{code: text(right) for _, _, code, right in room.LANGUAGES},
    "1/0": error("ZeroDivisionError"),
    "while True": ("running", None),
    "sky": table(["star", 4000, *"abcdef"], ["supernova Ia", 1000, *"abcdef"]),
    tour_views._STARS: text(""),
    "sky map": text("5,000 rows in 300 cells."),
    "match": text("5 of 5 places have a row within 1 arcsec."),
    tour_results._STAGES: text("97"),
    tour_results._TABLE: table([398, 14.5, 0.1], [399, 15.0, 0.2]),
    tour_results._PICTURE: ("done", {"status": "ok", "data": {"image/png": "AA=="}}),
    "rows of both": ("done", {"rows": [["first", 3], ["second", 3]]}),
}
SCALA, SQL, R = (code for _, _, code, _ in room.LANGUAGES)


class Rehearsal(room.Guide):
    """A guide whose hand and eyes are played; what it makes of what it sees is the tour's."""

    def __init__(self, folder: Path, given: dict[str, Given], moved: bool, shown: bool, clicks: int) -> None:
        self._transcript = (folder / "transcript.txt").open("w", encoding="utf-8")
        self._pictures = 0
        self._left_out = []
        self._given, self._moved, self._shown = given, moved, shown
        self._things: dict[Key, Thing] = {}
        self.window = MagicMock()
        self.desk = MagicMock(thing=self._things.get, alias=lambda key: key.server)
        robot = SimpleNamespace(click=lambda _: None, wait=lambda *_: SERVER, clicks=clicks)
        self.robot = robot  # type: ignore[assignment]

    def _made(self, what: str) -> Key:
        key = SERVER.child("sessions", 0, "e").child("statements", len(self._things))
        state, output = self._given.get(what) or next(given for part, given in self._given.items() if part in what)
        payload = None if output is None else Task(statement=Statement(id=0, state="available", output=output))
        self._things[key] = Thing(key=key, label=what[:9], state=state, payload=payload)
        return key

    def do(self, command: str, key: Key | None, params: dict[str, Any]) -> RunEvent:
        focus, result = None, None
        match command:
            case "sky.load":
                focus = self._made("sky") if self._given["sky"][0] else None
            case "group.send":
                focus = self._made("rows of both")
            case "group.result":
                result = self._given["rows of both"][1]
            case "task.cancel":
                assert key is not None
                self._things[key] = self._things[key].model_copy(update={"state": "cancelled"})
        return RunEvent(run="1", command=command, state=RunState.DONE, focus=focus, result=result)

    def send(self, key: Key, **params: Any) -> Key:
        return self._made(params["code"])

    def until(self, what: str, so: Callable[[], bool]) -> None:
        if not so():
            raise Stuck(f"{what}: not seen.")

    def shot(self, name: str) -> None:
        """No picture."""

    def end(self) -> None:
        self._transcript.close()

    def _send_by_menu(self, key: Key, action: str) -> Key:
        return self._made("pi")

    def _watch_progress(self, key: Key) -> bool:
        return self._moved

    def _shows(self, words: str) -> bool:
        return self._shown


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[int, list[str]]]:
    """Take the tour over given results; its exit code and the lines of its transcript."""

    @contextmanager
    def second(_: object) -> Iterator[Key]:
        yield Key("second")

    def go(
        wrong: dict[str, Given] | None = None, moved: bool = True, r: bool = True, shown: bool = True, clicks: int = 3
    ) -> tuple[int, list[str]]:
        given = {**RIGHT, **(wrong or {})}
        monkeypatch.setattr(room, "Guide", lambda folder: Rehearsal(folder, given, moved, shown, clicks))
        monkeypatch.setattr(room.shutil, "which", lambda _: "R" if r else None)
        code = room.tour(tmp_path / "tour")
        return code, (tmp_path / "tour" / "transcript.txt").read_text(encoding="utf-8").splitlines()

    def drawn(guide: Rehearsal, _: object, name: str) -> str:
        return guide.text(guide._made("match" if name == "match" else "sky map"))

    monkeypatch.setattr(tour_views, "_opened", lambda *_: None)
    monkeypatch.setattr(tour_views, "_draw", drawn)
    monkeypatch.setattr(room, "second_server", second)
    monkeypatch.setattr(room, "show_wires", lambda *_: None)
    monkeypatch.setattr(tour_results, "_choose", lambda *_: None)
    monkeypatch.setattr(tour_results, "_stages", lambda *_: (1,))
    monkeypatch.setattr(tour_prompt, "there", lambda: False)
    return go


WRONG: dict[str, tuple[dict[str, Given], str]] = {
    "pi": ({"pi": text("3.2")}, "Python: pi gave '3.2', not '3.14'"),
    "pi failed": ({"pi": error("NameError")}, "Python: pi gave 'NameError: x'"),
    "Scala": ({SCALA: text("500499.0")}, "Scala gave"),
    "SQL": ({SQL: table(["none"])}, "SQL gave"),
    "R": ({R: text("")}, "R gave"),
    "no result": ({R: ("lost", None)}, "the task has no result"),
    "an error that is none": ({"1/0": text("Infinity")}, "an error is shown as an error gave 'Infinity'"),
    "an endless task that ends": ({"while True": text("")}, "an endless task runs"),
    "sky failed": (
        {"sky": error("AnalysisException")},
        "the summary of the sample sky is failed: AnalysisException: x",
    ),
    "sky cancelled": ({"sky": ("cancelled", RIGHT["sky"][1])}, "the summary of the sample sky is cancelled"),
    "sky too small": ({"sky": table(["star", 4999, *"abcdef"])}, "all classes together gave '4999', not '5000'"),
    "sky is no table": ({"sky": text("star 5000")}, "all classes together gave '0'"),
    "sky not shown": ({"sky": ("", None)}, "what was sent has no place in the tree"),
    "sky map": ({"sky map": text("4,999 rows in 300 cells.")}, "Sky map of the sample sky gave '4,999 rows"),
    "match": ({"match": text("4 of 5 places have a row within 1 arcsec.")}, "places of its own gave '4 of 5"),
    "stages": ({tour_results._STAGES: text("96")}, "A task with stages gave '96'"),
    "table": ({tour_results._TABLE: table([398, 14.5, 0.1])}, "A table, its last row gave"),
    "picture": ({tour_results._PICTURE: error("ImportError")}, "A picture gave 'ImportError: x'"),
    "two servers": ({"rows of both": ("done", {"rows": [["first", 3]]})}, "One table of two servers gave 'first:3'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_result_is_said_and_is_no_success(what: str, take: Callable[..., tuple[int, list[str]]]) -> None:
    given, words = WRONG[what]
    code, lines = take(given)
    assert code == 1
    assert words in "\n".join(lines).partition("\nFAILED: ")[2]
    assert not any("all results were right" in line for line in lines)


def test_right_results_are_a_success_that_names_what_was_left_out(take: Callable[..., tuple[int, list[str]]]) -> None:
    code, lines = take()
    assert code == 0
    assert lines[-1] == "the prompt was left out: its extra is not installed; all results were right"
    code, lines = take(r=False)
    assert code == 0
    assert "R was left out: there is no R on this computer" in lines
    assert lines[-1].startswith("R was left out: there is no R on this computer; the prompt was left out")
    assert lines[-1].endswith("; all results were right")


def test_progress_nobody_saw_is_no_success(take: Callable[..., tuple[int, list[str]]]) -> None:
    code, lines = take(moved=False)
    assert code == 1
    assert "progress of pi was never seen" in lines[-1]


def test_a_result_out_of_sight_or_a_fourth_click_is_no_success(take: Callable[..., tuple[int, list[str]]]) -> None:
    code, lines = take(shown=False)
    assert (code, "the result of pi is shown: not seen" in lines[-1]) == (1, True)
    code, lines = take(clicks=4)
    assert (code, "took 4 clicks, not 3" in lines[-1]) == (1, True)


@pytest.mark.parametrize(("kind", "left_out"), [("Missing", True), ("Refused", False)])
def test_a_view_whose_library_is_not_here_is_left_out_and_any_other_failure_ends_the_tour(
    kind: str, left_out: bool
) -> None:
    problem = Problem(type=kind, what="cut-out stamps need the library astropy.")
    end = RunEvent(run="1", command="table.stamps", state=RunState.FAILED, problem=problem)
    guide = MagicMock(desk=SimpleNamespace(acts={"1": SimpleNamespace(command="table.stamps", last=end)}))
    guide.until = lambda what, so: pytest.fail(what) if not so() else None
    page = MagicMock(
        asked={"stamps": SimpleNamespace(states=SimpleNamespace(standing=Standing.FAILED), answered=False)}
    )
    page.view.findData.return_value = 0
    if left_out:
        assert tour_views._draw(guide, MagicMock(views=page), "stamps") is None
        guide.leave_out.assert_called_once_with("the view Stamps", problem.what)
    else:
        with pytest.raises(Stuck, match="Stamps could not be drawn"):
            tour_views._draw(guide, MagicMock(views=page), "stamps")
        guide.leave_out.assert_not_called()


@pytest.mark.parametrize(
    ("program", "address", "said"),
    [
        ("import sys; sys.exit('the packages can not be had: no network.')", "", "no network"),
        ("import sys; sys.exit(1)", "", "it did not start"),
        ("import sys; print('127.0.0.1:9092', flush=True); sys.stdin.read()", "127.0.0.1:9092", ""),
    ],
    ids=["no jars", "no word", "it answers"],
)
def test_a_broker_that_can_not_be_had_is_left_out_with_its_reason(
    program: str, address: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour_wires, "_PROGRAM", (sys.executable, "-c", program))
    guide = MagicMock()

    def until(_: str, so: Callable[[], bool]) -> None:
        wait_until(so, 30)

    guide.until = until
    with tour_wires.own_broker(guide) as found:
        assert found == address
    if said:
        assert said in guide.leave_out.call_args[0][1]
    else:
        guide.leave_out.assert_not_called()
