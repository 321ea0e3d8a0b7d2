"""One server with very many sessions: the graph racks a handful, the work grows with what came and no faster."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from astrolabnet_gui.gui.canvas.rack import SLOTS_SHOWN
from astrolabnet_gui.gui.canvas.scene import Scene
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from tests.gui import archipelago
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server

Settle = Callable[[Callable[[], bool]], None]
LAL = Key("lal")


def sessions(root: Key, number: int) -> list[Thing]:
    return [Thing(key=root.child("sessions", n, "e"), label=f"work {n}", state="idle") for n in range(number)]


def shown(scene: Scene) -> list[str]:
    return [thing.label for row in scene.members(scene.rows[LAL]) if (thing := scene.things[row])]


@pytest.mark.parametrize("number", [1000, 2000])
def test_a_server_is_summed_up_once_for_all_that_came_or_went(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    summed: list[int] = []
    real = Scene._sum_up

    def counted(self: Scene, owner: int, *, resized: bool = True) -> None:
        summed.append(owner)
        real(self, owner, resized=resized)

    monkeypatch.setattr(Scene, "_sum_up", counted)
    scene, many = Scene(), sessions(LAL, number)
    scene.reset([archipelago.server("lal"), archipelago.server("fink"), *many])
    assert len(summed) == 2
    summed.clear()
    scene.apply(Delta("lal", removed=tuple(thing.key for thing in reversed(many))))
    scene.apply(Delta("lal", added=tuple(many)))
    scene.apply(Delta("lal", changed=tuple(thing.model_copy(update={"state": "busy"}) for thing in many)))
    assert summed == [scene.rows[LAL]] * 3


def test_more_than_fit_are_told_by_their_number() -> None:
    scene = Scene()
    scene.reset([archipelago.server("lal"), *sessions(LAL, SLOTS_SHOWN)])
    row = scene.rows[LAL]
    assert scene.racks[row].more == ()
    box = scene.box[row].tolist()
    scene.reset([archipelago.server("lal"), *sessions(LAL, 5000)])
    row = scene.rows[LAL]
    assert shown(scene) == [f"work {n}" for n in range(SLOTS_SHOWN)]
    assert [number for number, _ in scene.racks[row].more] == [5000 - SLOTS_SHOWN]
    assert scene.box[row].tolist() == box
    assert int(scene.children[row]) == 5000
    assert "5000 sessions" in scene.spoken(row, archipelago.NOW)
    scene.fold(LAL, True)
    assert [number for number, _ in scene.racks[row].more] == [5000]
    assert shown(scene) == []


def test_one_that_waits_takes_the_slot_that_was_left_and_its_trouble_is_seen_before() -> None:
    scene, many = Scene(), sessions(LAL, SLOTS_SHOWN + 2)
    scene.reset([archipelago.server("lal"), *many])
    row, last = scene.rows[LAL], many[-1]
    assert not scene.shown[scene.rows[last.key]]
    scene.apply(Delta("lal", changed=(last.model_copy(update={"state": "dead"}),)))
    far = scene.worst[row]
    assert far == scene.health[scene.rows[last.key]]
    assert list(Health)[far] is Health.FAILED
    place = scene.middle(scene.rows[many[3].key])
    scene.apply(Delta("lal", removed=(many[3].key,)))
    assert scene.middle(scene.rows[last.key]) == place
    assert scene.shown[scene.rows[last.key]]
    assert [number for number, _ in scene.racks[row].more] == [1]
    scene.apply(Delta("lal", removed=(many[-2].key,)))
    assert scene.racks[row].more == ()
    assert len(shown(scene)) == SLOTS_SHOWN


def test_twenty_thousand_sessions_in_a_whole_window(window: Window, link: FakeLink, settle: Settle) -> None:
    root = Key(UUIDS["lal"])
    many = sessions(root, 20_000)
    link.things([server("lal"), *many])
    window.desk.select(root)
    assert window.model.there(window.model.row_of(root)) == 20_000
    spot = window.canvas.scene.racks[window.canvas.scene.rows[root]]
    assert [number for number, _ in spot.more] == [20_000 - SLOTS_SHOWN]
    assert not window.canvas.grab().isNull()
    window.shell.filter.setText("work 19999")
    settle(lambda: window.model.rowCount(window.model.row_of(root)) == 1)
    window.desk.select(many[-1].key)
    assert window.tree.currentIndex() == window.model.row_of(many[-1].key)
    assert "work 19999" in window.detail.title.words
