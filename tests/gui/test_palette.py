"""The palette: finds things, verbs and kinds by a few letters, recent ones first, and 20 000 things without a stop."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.finds import THINGS, Find, Finder, Section
from astrolabnet_gui.gui.match import rank, spans, typed_words
from astrolabnet_gui.gui.palette import SLICE_S, Palette
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, UUIDS, main_scene, server, session

Settle = Callable[[Callable[[], bool]], None]
LAL = Key(UUIDS["lal"])


def titles(palette: Palette) -> list[str]:
    return [row.title if isinstance(row, Find) else f"# {row.head}" for row in palette.model.rows]


def typed(window: Window, text: str, settle: Settle) -> list[str]:
    window.palette.open()
    QTest.keyClicks(window.palette.field, text)
    settle(lambda: not window.palette._more.isActive())
    return titles(window.palette)


@pytest.mark.parametrize(
    ("typed_text", "better", "worse"),
    [("den", "sky-density", "garden"), ("sdn", "sky-density", "nothing like"), ("se lal", "send to lal", "lal")],
)
def test_beginnings_of_words_come_before_what_is_inside(typed_text: str, better: str, worse: str) -> None:
    good, bad = rank(typed_words(typed_text), better, ""), rank(typed_words(typed_text), worse, "")
    assert good is not None
    assert bad is None or good < bad


def test_found_letters_are_marked_once_and_in_order() -> None:
    assert spans(("se", "lal"), "Send on LAL") == [(0, 2), (8, 11)]
    assert spans(("na", "nan"), "banana") == [(2, 5)]
    assert spans(("(",), "f(x)") == [(1, 2)]
    assert spans((), "x") == []


def test_things_and_verbs_of_the_server_that_is_named(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(3))
    rows = typed(window, "se lal", settle)
    assert rows[0].startswith("# Commands")
    assert "Send action…" in rows
    assert "New session…" in rows
    assert "3 nightly" in rows
    rows = typed(window, "fit-peri", settle)
    assert rows == ["# Things", "8 fit-periods"]
    QTest.keyClick(window.palette.field, Qt.Key.Key_Return)
    assert window.desk.selection == CHOSEN._replace(path=("sessions", 3, "statements", 8))
    assert not window.palette.isVisible()


def test_a_verb_that_begins_with_what_was_typed_comes_first(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(2))
    found = [title for title in typed(window, "se lal", settle) if not title.startswith("#")]
    assert found[0].startswith("Send action")


def test_only_verbs_only_kinds_and_things_of_a_kind(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(3))
    assert "Add server…" in typed(window, ">add", settle)
    assert not [row for row in typed(window, ">nightly", settle) if row == "3 nightly"]
    assert ":session" in typed(window, ":", settle)
    window.palette.field.setText(":sess")
    QTest.keyClick(window.palette.field, Qt.Key.Key_Return)
    assert window.palette.field.text() == ":session "
    settle(lambda: "3 nightly" in titles(window.palette))
    assert not [row for row in titles(window.palette) if row.startswith("7 ")]


def test_a_verb_that_can_not_act_is_last_grey_and_does_nothing(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things([server("gaia-arch", "down", problem="It did not answer in 8 s.")])
    typed(window, ">new session gaia", settle)
    find = window.palette.found()
    assert find is not None
    assert "did not answer" in find.why_not
    QTest.keyClick(window.palette.field, Qt.Key.Key_Return)
    assert window.palette.isVisible()
    assert window.verbs.form is None
    index = window.palette.list.currentIndex()
    assert "not now" in str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_enter_does_it_tab_asks_first_and_ctrl_enter_shows_it(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(3))
    window.desk.select(CHOSEN.parent)
    typed(window, ">log", settle)
    QTest.keyClick(window.palette.field, Qt.Key.Key_Tab)
    assert window.verbs.form is not None
    assert window.verbs.form.verb.name == "session.log"
    typed(window, "dia", settle)
    QTest.keyClick(window.palette.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.desk.selection == Key(UUIDS["rubin-dac"], "e", ("sessions", 4))
    assert window.canvas.selected_keys() == (window.desk.selection,)


def test_esc_gives_the_focus_back_and_recent_ones_come_first(
    window: Window, link: FakeLink, qtbot: QtBot, settle: Settle
) -> None:
    link.things(main_scene(3))
    with qtbot.waitActive(window.shell):
        window.shell.activateWindow()
    window.tree.setFocus()
    typed(window, "batchqa", settle)
    QTest.keyClick(window.palette.field, Qt.Key.Key_Return)
    window.tree.setFocus()
    QTest.keyClick(window.shell, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette.field.hasFocus()
    settle(lambda: not window.palette._more.isActive())
    assert titles(window.palette)[:2] == ["# Recent", "6 batchqa"]
    QTest.keyClick(window.palette.field, Qt.Key.Key_Escape)
    assert window.tree.hasFocus()


def test_every_verb_of_the_table_and_every_act_of_the_window_is_found(window: Window, link: FakeLink) -> None:
    from astrolabnet_gui.command.registry import HIDDEN, commands_for

    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    window.desk.select(Key(UUIDS["lal"], "e", ("sessions", 3)))
    finder = Finder(window.desk, lambda: window.acts)
    there = {f.verb.name for f in finder._all_commands(()) if f.verb} | {
        f.act.name for f in finder._all_commands(()) if f.act
    }
    things = [None, window.desk.thing(LAL), window.desk.thing(window.desk.selection)]
    wanted = {verb.name for thing in things for verb in commands_for(thing)} - HIDDEN
    assert wanted <= there
    assert {act.name for act in window.acts} <= there
    assert len(window.acts) > 8


def test_twenty_thousand_things_are_searched_in_slices(qapp: object, desk: Desk, link: FakeLink) -> None:
    things: list[Thing] = []
    for n in range(100):
        root = Key(f"{n:032x}")
        things.append(Thing(key=root, label=f"server-{n}", state="up"))
        things += [
            Thing(key=root.child("sessions", i, "e"), label=f"work {i}", fact="Python", state="idle")
            for i in range(200)
        ]
    link.things(things)
    finder = Finder(desk, lambda: ())
    for text in ("wrk 137 server-42", "zzz", "work"):
        pauses, began, longest = 0, monotonic(), 0.0
        sections: list[Section] = []
        for part in finder.search(text):
            longest, began = max(longest, monotonic() - began), monotonic()
            if part is None:
                pauses += 1
            else:
                sections = part
        assert pauses >= 50
        # One pause of many may be long on a busy machine, but none holds more than a small part of the things.
        assert longest < 0.5
    found = [find.title for section in sections for find in section.finds]
    assert found
    things = next(section for section in sections if section.head == THINGS)
    assert things.left_out == 20_000 - len(things.finds)
    assert SLICE_S < 0.0166


def test_enter_before_the_search_has_ended_takes_what_was_typed(window: Window, link: FakeLink, settle: Settle) -> None:
    root = Key("f" * 32)
    many = [Thing(key=root.child("sessions", n, "e"), label=f"work {n}", state="idle") for n in range(5000)]
    link.things([Thing(key=root, label="big", state="up"), *many])
    window.palette.open("work 4321")
    QTest.keyClick(window.palette.field, Qt.Key.Key_Return)
    assert window.desk.selection == root.child("sessions", 4321, "e")


def test_a_few_verbs_stand_before_the_things_and_the_others_behind(
    window: Window, link: FakeLink, settle: Settle
) -> None:
    link.things(main_scene(3))
    rows = typed(window, "se lal", settle)
    heads = [n for n, row in enumerate(rows) if row.startswith("# ")]
    assert [rows[n][2:].split(" on ")[0] for n in heads][:2] == ["Commands", "Things"]
    assert rows[-1] not in rows[: heads[1]]
    assert "# More commands" in rows
    assert heads[1] - heads[0] - 1 == 4
    assert len(rows) - rows.index("# More commands") - 1 >= 4, "none is lost"
    rows = typed(window, ">se", settle)
    assert "# More commands" not in rows
