"""Every panel in its four states, in each dress, at two pixel ratios and two sizes of text: nothing is clipped."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.panels.start import Start, Steps
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.gui.tree_model import TreeModel
from astrolabnet_gui.gui.tree_view import TreeView
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from tests.gui import archipelago
from tests.gui.canvases import pixels
from tests.gui.clipping import SMALLEST_PX, clipped, cut_off, overheard, overlapping, picture, too_small
from tests.gui.states import PANELS, _dress
from tests.gui.states_more import MORE

Wear = Callable[..., Dress]
STATES = ("empty", "loading", "full", "failed")
DRESSES = ("dark", "light", "high contrast")
SIZES = {"console": (820, 148), "journal": (820, 148), "log": (820, 148)}
EVERY = PANELS | MORE
TEXTS = (100, 200)
CASES = [(panel, state) for panel in EVERY for state in STATES]


@pytest.fixture
def wear(qtbot: QtBot) -> Iterator[Wear]:
    dress = _dress()
    before = dress.wishes()

    def put_on(name: str, text: int = 100) -> Dress:
        contrast = "high" if name == "high contrast" else "usual"
        dress.wish({"theme": "light" if name == "light" else "dark", "contrast": contrast, "text": text})
        assert dress.now.high_contrast == (name == "high contrast")
        return dress

    yield put_on
    dress.wish(before)


def looked_at(widget: QWidget, qtbot: QtBot) -> None:
    """It shows something at both ratios, twice as sharp at twice the ratio, and no words are cut."""
    with overheard() as said:
        once, twice = picture(widget, 1.0), picture(widget, 2.0)
    assert cut_off(said) == []
    assert (twice.width(), twice.height()) == (2 * once.width(), 2 * once.height())
    for image in (once, twice):
        assert _inked(image) > 200, "it is bare"
    assert clipped(widget) == []
    assert too_small(widget) == []


def _inked(image: QImage) -> int:
    shown = pixels(image).reshape(-1, 3)
    ground = shown[len(shown) // 2]
    return int((abs(shown - ground).max(1) > 24).sum())


@pytest.mark.parametrize(("panel", "state"), CASES, ids=lambda word: word)
def test_a_panel_is_whole_in_every_dress_at_every_ratio_and_size_of_text(
    panel: str, state: str, wear: Wear, qtbot: QtBot
) -> None:
    wear("dark")
    widget = EVERY[panel][state]()
    qtbot.addWidget(widget)
    widget.resize(*SIZES.get(panel, (436, 796)))
    widget.show()
    qtbot.waitExposed(widget)
    for text in TEXTS:
        for name in DRESSES:
            wear(name, text)
            # What it asked is answered by a timer, what grew is laid out by another.
            qtbot.wait(10)
            with contextlib.suppress(qtbot.TimeoutError):  # looked_at says what is cut for good
                qtbot.waitUntil(lambda: clipped(widget) == [], timeout=2000)
            looked_at(widget, qtbot)


def test_the_table_of_panels_is_whole() -> None:
    assert len(EVERY) >= 11
    assert all(tuple(states) == STATES for states in EVERY.values())


def things(state: str) -> list[Thing]:
    """What tree and graph know in each of their states."""
    full = archipelago.things()
    match state:
        case "empty":
            return []
        case "loading":
            return [thing.model_copy(update={"stale_since": archipelago.ago(hours=14)}) for thing in full]
        case "failed":
            return [
                thing.model_copy(update={"state": "down", "problem": "timed out three times in 8 s"})
                if not thing.key.path
                else thing
                for thing in full
            ]
        case _:
            return full


@pytest.mark.parametrize("state", STATES)
def test_the_tree_is_whole(state: str, wear: Wear, qtbot: QtBot) -> None:
    store, dress = Store(), wear("dark")
    for thing in things(state):
        store.apply(Delta(thing.key.server, added=(thing,)))
    model = TreeModel()
    tree = TreeView(model, dress)
    qtbot.addWidget(tree)
    model.show_store(store)
    tree.resize(344, 796)
    tree.show()
    qtbot.waitExposed(tree)
    for name, text in itertools.product(DRESSES, TEXTS):
        wear(name, text)
        qtbot.wait(10)
        looked_at(tree, qtbot)
        with overheard() as said:
            picture(tree, 1.0)
        assert len(said) > (20 if state != "empty" else 0)
        assert overlapping(said) == []
        assert min(one.pixels for one in said) >= SMALLEST_PX


@pytest.mark.parametrize("name", DRESSES)
@pytest.mark.parametrize("state", STATES[1:])
def test_the_graph_is_whole_and_its_words_lie_on_nothing(state: str, name: str, qtbot: QtBot) -> None:
    dress = theme("light" if name == "light" else "dark", reduced_motion=True, high_contrast=name == "high contrast")
    canvas = Canvas(dress)
    qtbot.addWidget(canvas)
    canvas.chart.now = lambda: archipelago.NOW  # type: ignore[method-assign]
    canvas.resize(820, 796)
    canvas.set_positions(archipelago.PLACES)
    canvas.reset(things(state))
    canvas.set_cores(archipelago.CORES)
    canvas.show()
    qtbot.waitExposed(canvas)
    for zoom in (1.0, 0.5, 0.2):
        canvas.view.look(zoom, 380, 345)
        canvas.look_changed()
        canvas.spoil()
        with overheard() as said:
            canvas.render_now()
        looked_at(canvas, qtbot)
        assert overlapping(said) == []
        assert all(one.pixels >= SMALLEST_PX for one in said)
        names = {one.text for one in said}
        assert zoom < 0.28 or {"fink", "lal", "rubin-dac", "euclid-it"} <= names


@pytest.mark.parametrize("name", DRESSES)
def test_the_empty_graph_says_what_to_do(name: str, wear: Wear, qtbot: QtBot) -> None:
    start = Start(wear(name))
    qtbot.addWidget(start)
    start.resize(820, 796)
    start.show()
    qtbot.waitExposed(start)
    for text in TEXTS:
        wear(name, text)
        qtbot.wait(10)
        looked_at(start, qtbot)


def test_the_first_steps_are_whole(wear: Wear, qtbot: QtBot) -> None:
    steps = Steps(wear("dark"))
    qtbot.addWidget(steps)
    steps.resize(340, 700)
    steps.show()
    qtbot.waitExposed(steps)
    looked_at(steps, qtbot)


def test_the_inspector_sees_what_is_cut(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout

    box = QWidget()
    qtbot.addWidget(box)
    column = QVBoxLayout(box)
    short, button = QLabel("A sentence that needs room"), QPushButton("Send again and again")
    for part in (short, button):
        column.addWidget(part)
        part.setFixedWidth(40)
    box.show()
    assert len(clipped(box)) == 2
    for part in (short, button):
        part.setFixedWidth(400)
    box.adjustSize()
    assert clipped(box) == []
    short.move(0, box.height() - 4)
    assert clipped(box) == ["QLabel 'A sentence that needs room' lies beyond the edge"]
    with overheard() as said:
        image = QImage(200, 100, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.drawText(QRect(0, 0, 20, 40), 0, "words that need room")
        painter.drawText(QRect(0, 0, 200, 4), 0, "high")
        painter.drawText(QRect(0, 40, 200, 40), 0, "both")
        painter.end()
    assert [line.split("'")[1] for line in cut_off(said)] == ["words that need room", "high"]
