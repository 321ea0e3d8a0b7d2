"""The product's words carry a plain tooltip wherever they are shown: in panels, tabs, menus, the tree, the graph."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QHeaderView, QLabel, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.canvas.card import meant, wrapped
from astrolabnet_gui.gui.glossary import GLOSSARY, MOST, explained, meaning
from astrolabnet_gui.gui.safe import OneLine, tooltip
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import KINDS
from tests.gui.archipelago import channel
from tests.gui.canvases import spot
from tests.gui.clipping import overheard, picture
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, UUIDS, main_scene

LAL = Key(UUIDS["lal"])
FORMS = ("server.add", "server.send", "session.new", "channel.new", "source.add", "dataset.new", "registry.use")
PANELS = {
    "an island": Key(UUIDS["local"]), "a session": LAL.child("sessions", 3, "e"), "a task": CHOSEN,
    "a dataset": LAL.child("datasets", "object_v2"), "a source": Key("").child("sources", "Fink alerts"),
    "a channel": Key("").child("channels", "Fink alerts → fink"),
}  # fmt: skip


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the window told at the pointer."""
    heard: list[str] = []
    monkeypatch.setattr("astrolabnet_gui.gui.meanings.show_hint", lambda _at, text, _over: heard.append(str(text)))
    return heard


def rest_on(part: QWidget, at: QPoint) -> None:
    """The pointer rests there."""
    QApplication.sendEvent(part, QHelpEvent(QEvent.Type.ToolTip, at, part.mapToGlobal(at)))


def shown(root: QWidget) -> Iterator[tuple[QWidget, QPoint, str]]:
    """Every text in sight with one of the product's words in it, and where it is."""
    for part in root.findChildren(QWidget):
        if not part.isVisible() or part.width() < 2 or part.height() < 2 or part.window() is not root:
            continue
        places: list[tuple[QPoint, str]] = []
        if isinstance(part, QTabBar):
            places = [(part.tabRect(n).center(), part.tabText(n)) for n in range(part.count()) if part.isTabVisible(n)]
        elif isinstance(part, QLabel | QAbstractButton):
            places = [(part.rect().center(), part.words if isinstance(part, OneLine) else part.text())]
        for at, words in places:
            # Of a panel that scrolls only what is in sight can be rested on.
            if explained(words) and root.childAt(part.mapTo(root, at)) is part:
                yield part, at, words


def unexplained(root: QWidget, told: list[str]) -> list[str]:
    """Texts with a word nobody explains; how many were looked at is the last."""
    looked, bare = 0, []
    for part, at, words in shown(root):
        looked += 1
        told.clear()
        rest_on(part, at)
        own = part.toolTip()
        if not own and explained(words.replace("&", "")) not in told:
            bare.append(f"{type(part).__name__} {words[:60]!r}")
    return [*bare, str(looked)]


def test_each_word_is_one_plain_sentence_and_known_in_all_its_forms() -> None:
    assert len(GLOSSARY) > 20
    for word, text in GLOSSARY.items():
        assert text.endswith(".")
        assert len(text) < 90, word
        assert meaning(word) == meaning(word.upper()) == text
        assert explained(f"2 {word}{'es' if word.endswith('ch') else 's'} here") == f"{word}: {text}"
    assert meaning("nothing such") == explained("a sessional subtask") == ""
    assert explained("3 Spark tasks retried").startswith("Spark task:")
    many = explained(" ".join(GLOSSARY)).splitlines()
    assert len(many) == MOST


def test_the_words_of_every_kind_and_of_the_commands_are_in_the_glossary() -> None:
    own = {
        "servers",
        "sessions",
        "statements",
        "batches",
        "datasets",
        "catalogs",
        "sources",
        "channels",
        "tasks",
        "actions",
    }
    assert all(meaning(KINDS[name].label) for name in own)
    nouns = {name.partition(".")[0] for name in COMMANDS}
    assert {"server", "session", "task", "batch", "action", "dataset", "source", "channel", "island"} <= nouns
    assert all(meaning(noun) for noun in nouns & set(GLOSSARY))
    assert {"verified equal", "data missing", "not compared"} <= {state for k in KINDS.values() for state in k.states}


@pytest.mark.parametrize("chosen", PANELS)
def test_what_a_panel_shows_is_explained(
    window: Window, link: FakeLink, qtbot: QtBot, told: list[str], chosen: str
) -> None:
    link.things(main_scene(5))
    window.desk.select(PANELS[chosen])
    qtbot.wait(20)
    *bare, looked = unexplained(window.shell, told)
    assert bare == []
    assert int(looked) >= 5


@pytest.mark.parametrize("verb", FORMS)
def test_what_a_form_shows_is_explained(
    window: Window, link: FakeLink, qtbot: QtBot, told: list[str], verb: str
) -> None:
    link.things(main_scene(5))
    window.verbs.ask(COMMANDS[verb], LAL if COMMANDS[verb].on else None, {})
    qtbot.wait(20)
    assert window.verbs.form is not None
    *bare, looked = unexplained(window.shell, told)
    assert bare == []
    assert int(looked) >= 5


def test_the_start_screen_explains_its_words(window: Window, told: list[str]) -> None:
    *bare, looked = unexplained(window.shell, told)
    assert bare == []
    assert int(looked) >= 4


def test_menus_and_their_groups_explain_their_words(window: Window, link: FakeLink, told: list[str]) -> None:
    link.things(main_scene(2))
    bar = window.shell.menuBar()
    for row in bar.actions():
        told.clear()
        rest_on(bar, bar.actionGeometry(row).center())
        assert told == ([explained(row.text())] if explained(row.text()) else [])
    menu = window.menus.of_thing(None, window.shell)
    groups = [row for row in menu.actions() if isinstance(row.menu(), QMenu) and explained(row.text())]
    assert {"Local island", "Channels", "Actions"} <= {row.text() for row in groups}
    assert all(tooltip(explained(row.text())) == row.toolTip() for row in groups)
    menu.deleteLater()


def test_rows_of_the_tree_explain_kind_and_state(window: Window, link: FakeLink) -> None:
    broken = channel("alerts", Key("").child("sources", "Fink alerts"), LAL, "data missing", missing=(120, 480))
    link.things([*main_scene(2), broken])

    def hint(ident: object) -> str:
        return str(window.model.row_of(ident).data(Qt.ItemDataRole.ToolTipRole))  # type: ignore[arg-type]

    assert GLOSSARY["data missing"] in hint(broken.key)
    assert GLOSSARY["channel"] in hint(broken.key)
    assert GLOSSARY["verified equal"] in hint(LAL.child("datasets", "object_v2"))
    assert GLOSSARY["island"] in hint(Key(UUIDS["local"]))
    for group, word in (
        ("servers", "server"),
        ("channels", "channel"),
        ("sources", "source"),
        ("actions", "action"),
        ("journal", "journal"),
    ):
        assert GLOSSARY[word] in hint(group)


def test_the_graph_explains_its_words(window: Window, link: FakeLink, qtbot: QtBot, told: list[str]) -> None:
    broken = channel("alerts", Key("").child("sources", "Fink alerts"), LAL, "data missing", missing=(120, 480))
    link.things([*main_scene(2), broken])
    canvas = window.canvas
    canvas.fly((1.0, 0, 0))
    run = next(run for run in canvas.chart.courses if run.wire.ident == broken.key)
    canvas.view.look(1.0, *run.middle)
    x, y = canvas.view.on_widget(*run.middle)
    rest_on(canvas, QPoint(round(x), round(y)))
    assert len(told) == 1
    assert GLOSSARY["data missing"] in told[0]
    assert GLOSSARY["channel"] in told[0]
    told.clear()
    for key, word in ((Key(UUIDS["local"]), "island"), (LAL.child("datasets", "object_v2"), "verified equal")):
        canvas.view.look(1.0, *canvas.scene.middle(canvas.scene.rows[key]))
        rest_on(canvas, spot(canvas, key))
        assert told == [], "a thing has its card"
        with overheard() as said:
            canvas.show_card(canvas.scene.rows[key], QPointF(200, 200))
            picture(canvas, 1.0)
        assert GLOSSARY[word] in " ".join(one.text for one in said)
        thing = canvas.scene.things[canvas.scene.rows[key]]
        assert thing is not None
        lines = wrapped(meant(thing), 11, 240, canvas.chart.ink)
        assert all(canvas.chart.ink.width(line, 11) <= 240 for line in lines)


def test_a_cell_explains_itself_and_what_a_server_wrote_does_not(
    window: Window, link: FakeLink, qtbot: QtBot, told: list[str]
) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    qtbot.wait(20)
    head = next(h for h in window.detail.findChildren(QHeaderView) if h.isVisible())
    rest_on(head.viewport(), head.viewport().rect().center())
    assert told == []
    strange = QLabel("<b>island</b> & more", window.shell)
    strange.resize(200, 30)
    strange.show()
    strange.raise_()
    rest_on(strange, strange.rect().center())
    assert told == [explained("island")], "only our own sentence is told"


def test_what_is_counted_in_the_status_bar_is_explained(window: Window, link: FakeLink) -> None:
    link.things(main_scene(2))
    window.status.recount()
    for count in window.status.counts.values():
        for line in explained(count.text()).splitlines():
            assert tooltip(line)[4:-5] in count.toolTip()
