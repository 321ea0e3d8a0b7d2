"""The window has its graph laid out by the engine when servers come that nobody placed, and never moves one a person
placed."""

from __future__ import annotations

from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Arranged, Plan
from tests.gui import archipelago
from tests.gui.fakes import FakeLink

LAL = Key("lal")


def roots() -> list[Key]:
    return [thing.key for thing in archipelago.things() if not thing.key.path or thing.key.kind == "sources"]


def test_servers_nobody_placed_are_seated_by_the_engine(window: Window, link: FakeLink) -> None:
    plans: list[Plan] = []
    link.arrange = plans.append  # type: ignore[method-assign]
    link.things(archipelago.things())
    (plan,) = plans
    assert {spot.key for spot in plan.spots} == set(roots())
    assert all(spot.at is None for spot in plan.spots)
    assert (archipelago.ALERTS, Key("fink")) in plan.flows
    assert (Key("fink"), Key("cc-lyon")) in plan.edges or (Key("cc-lyon"), Key("fink")) in plan.edges
    places = {key: (100.0 * n, 50.0 * n) for n, key in enumerate(roots())}
    link.tell(Arranged(places=tuple(places.items())))
    assert window.canvas.positions() == places
    assert window.moved, "the places are kept at the end"


def test_what_a_person_placed_stays_and_a_later_server_moves_nothing(window: Window, link: FakeLink) -> None:
    window.place({LAL: (7.0, 9.0)})
    link.things(archipelago.things())
    before = window.canvas.positions()
    assert before[LAL] == (7.0, 9.0)
    link.delta(Delta("late", added=(archipelago.server("late", "lal"),)))
    after = window.canvas.positions()
    late = after.pop(Key("late"))
    assert after == before
    assert late not in before.values()


def test_a_place_given_while_the_layout_was_under_way_wins(window: Window, link: FakeLink) -> None:
    link.arrange = lambda plan: None  # type: ignore[method-assign]
    link.things(archipelago.things())
    window.canvas.set_positions({LAL: (1.0, 2.0)})
    link.tell(Arranged(places=tuple((key, (500.0, 500.0 + n)) for n, key in enumerate(roots()))))
    assert window.canvas.positions()[LAL] == (1.0, 2.0)
    assert window.canvas.positions()[Key("fink")] != (1.0, 2.0)


def test_the_graph_is_arranged_anew_when_asked_and_that_is_taken_back(window: Window, link: FakeLink) -> None:
    link.things(archipelago.things())
    calm = window.canvas.positions()
    window.canvas.set_positions({LAL: (3000.0, 3000.0)})
    window.arrange()
    assert window.canvas.positions() == calm
    window.undo.undo()
    assert window.canvas.positions() == {**calm, LAL: (3000.0, 3000.0)}
