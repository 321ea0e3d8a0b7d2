"""Each command of the table, done through window, command line, Python and REST at four equal places: one end, one line
in the journal, the same files and servers afterwards.

One story goes through all of them, so that what an act leaves is there for the next. What ends as a failure here ends
so in every face, in the same words; the real Spark is in ``tests/cli/test_real_island.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.registry import COMMANDS

from .faces import Greyed, Meant, Window, command_line, meant, python, rest
from .looked import Left, difference
from .place import Place
from .story import LEFT_OUT, REFUSED, STORY, command_of, story

FACES = ("python", "command line", "REST", "window")
Did = dict[str, Left | str]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Place]]:
    """One for each face."""
    (tmp_path / "xdg").mkdir()
    for name in ("CONFIG", "CACHE"):  # astropy warns of a folder that is not there
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg"))
    with ExitStack() as stack:
        yield {face: stack.enter_context(Place(tmp_path / face)) for face in FACES}


def test_the_story_tells_of_every_command() -> None:
    told = {command_of(line) for chapter in STORY for line, _ in story(chapter)}
    assert told == set(COMMANDS) - set(LEFT_OUT)
    assert set(REFUSED) < told
    assert len(told - set(REFUSED)) > 80


@pytest.mark.timeout(400)  # about ten seconds of a core each, waited for by four engines
@pytest.mark.parametrize("chapter", STORY)
def test_each_command_has_one_effect_and_one_entry(places: dict[str, Place], qtbot: QtBot, chapter: str) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    window = Window(places["window"], box)
    faces: dict[str, Callable[[Meant, Place], None]] = {
        "python": python, "command line": command_line, "window": lambda act, _: window.act(act),
        "REST": lambda act, place: rest(act, place, places["python"].questions),
    }  # fmt: skip
    wrong: list[str] = []
    done, failed, greyed = set[str](), set[str](), set[str]()
    for line, before in story(chapter):
        did: Did = {}
        for face, place in places.items():
            before(place)
            act = meant(place.filled(line), place)
            place.forget()
            try:
                faces[face](act, place)
                did[face] = place.left(act.name)
            except Greyed as reason:
                did[face] = str(reason)
        assert act.name == command_of(line)
        first = did["python"]
        assert isinstance(first, Left)
        (done if first.end["state"] == "done" else failed).add(act.name)
        for face in FACES[1:]:
            other = did[face]
            if isinstance(other, str):  # what the menu greys the engine refuses, in the same words
                greyed.add(act.name)
                if (first.end["problem"] or {}).get("what", "").rstrip(".") != other.rstrip("."):
                    wrong.append(f"{line}\n  {face} greys it: {other}; python: {first.end['problem']}")
            elif vars(other) != vars(first):
                wrong.append(f"{line}\n  {face} {difference(vars(first), vars(other))}")
    window.close()
    assert not wrong, "\n".join(wrong)
    assert failed - done == {name for name in REFUSED if name in done | failed}, "each has its reason in REFUSED"
    assert greyed <= failed
