"""The scene: every thing has its place, and nothing moves when others come and go."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrolabnet_gui.gui.canvas import words
from astrolabnet_gui.gui.canvas.berth import Berths
from astrolabnet_gui.gui.canvas.flight import Flight
from astrolabnet_gui.gui.canvas.rack import COLUMNS, TASKS_SHOWN, Rack
from astrolabnet_gui.gui.canvas.scene import Scene
from astrolabnet_gui.gui.canvas.table import HEALTHS
from astrolabnet_gui.gui.canvas.view import Level, View, level_after
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta, diff
from tests.gui import archipelago
from tests.gui.archipelago import NOW, server, session, task


def filled() -> Scene:
    scene = Scene()
    scene.set_positions(archipelago.PLACES)
    scene.reset(archipelago.things())
    return scene


def where(scene: Scene) -> dict[Key, tuple[float, float]]:
    return {key: scene.middle(row) for key, row in scene.rows.items()}


def test_every_thing_has_one_row_and_its_place_and_a_channel_is_a_wire() -> None:
    scene = filled()
    wired = {thing.key for thing in archipelago.things() if thing.key.kind == "channels"}
    assert set(scene.rows) == {thing.key for thing in archipelago.things()} - wired
    assert wired < {wire.ident for wire in scene.wires()}
    assert scene.positions() == archipelago.PLACES
    assert len(set(where(scene).values())) == len(scene.rows)


def test_a_new_child_takes_the_next_slot_and_nothing_else_moves() -> None:
    scene = filled()
    before = where(scene)
    scene.apply(Delta("cc-lyon", added=(session("cc-lyon", 8, "new", "sql"),)))
    after = where(scene)
    new = after.pop(session("cc-lyon", 8, "", "sql").key)
    assert after == before
    assert new == (691.0 + 64.0, 113.0 + 53.0)


def test_data_stands_at_the_end_of_the_rack_that_faces_its_line() -> None:
    scene = filled()
    places = where(scene)
    here, there = Key("lal").child("datasets", "object_v2"), Key("rubin-dac").child("datasets", "object_v2")
    assert places[here] == (371.0 + 64.0, 345.0 + 53.0)
    assert places[there] == (691.0 - 64.0, 345.0 + 53.0)
    scene.set_positions({Key("rubin-dac"): (51.0, 345.0)})
    assert where(scene)[there] == (51.0 + 64.0, 345.0 + 53.0)
    assert where(scene)[here] == (371.0 - 64.0, 345.0 + 53.0)


def test_a_folded_rack_shows_how_much_it_holds_and_comes_back_as_it_was() -> None:
    scene = filled()
    before, row = where(scene), scene.rows[Key("lal")]
    assert scene.fold(Key("lal"), True)
    assert not scene.fold(Key("lal"), True)
    assert list(scene.members(row)) == []
    assert [number for number, _ in scene.racks[row].more] == [6]
    assert scene.box[row][3] < 60
    assert scene.foot(Key("lal").child("datasets", "object_v2")) == row
    assert scene.fold(Key("lal"), False)
    assert where(scene) == before
    assert len(list(scene.members(row))) == 6


def test_a_slot_that_was_left_is_taken_again() -> None:
    scene = filled()
    gone = session("fink", 11, "", "spark").key
    place, others = where(scene)[gone], {k: v for k, v in where(scene).items() if gone not in (k, k.parent)}
    scene.apply(Delta("fink", removed=(task("fink", 11, 0, "").key, gone)))
    assert where(scene) == others
    scene.apply(Delta("fink", added=(session("fink", 13, "later", "spark"),)))
    assert where(scene)[session("fink", 13, "", "spark").key] == place


def test_a_server_that_comes_back_stands_where_it_stood() -> None:
    scene = filled()
    scene.apply(Delta("ztf-west", removed=(Key("ztf-west"),)))
    assert Key("ztf-west") not in scene.positions()
    scene.apply(Delta("ztf-west", added=(server("ztf-west"),)))
    assert scene.positions()[Key("ztf-west")] == archipelago.PLACES[Key("ztf-west")]


def test_servers_nobody_placed_do_not_lie_on_each_other() -> None:
    scene = Scene()
    scene.reset(archipelago.crowd(60, 120, children=4))
    rows = scene.servers().tolist()
    boxes = [(scene.at[r, 0] + scene.box[r, [0, 2]], scene.at[r, 1] + scene.box[r, [1, 3]]) for r in rows]
    for i, (ax, ay) in enumerate(boxes):
        for bx, by in boxes[i + 1 :]:
            assert ax[1] <= bx[0] or bx[1] <= ax[0] or ay[1] <= by[0] or by[1] <= ay[0]


def test_at_most_five_tasks_are_listed_the_newest_first() -> None:
    scene = Scene()
    scene.reset([server("a"), session("a", 0, "s", "sql"), *(task("a", 0, i, f"t{i}") for i in range(12))])
    row = scene.rows[Key("a")]
    listed = [scene.things[r] for r in scene.members(row)][1:]
    assert [thing.label for thing in listed if thing] == ["t11", "t10", "t9", "t8", "t7"]
    assert [number for number, _ in scene.racks[row].more] == [12 - TASKS_SHOWN]
    assert scene.shown.sum() == 2 + TASKS_SHOWN


def test_the_far_shape_shows_the_worst_state_and_the_mean_progress() -> None:
    scene = filled()
    worst = {key.server: HEALTHS[scene.worst[row]] for key, row in scene.rows.items() if not key.path}
    assert worst["fink"] is Health.FAILED
    assert worst["lal"] is Health.BUSY
    assert worst["gaia-arch"] is Health.GONE
    assert worst["cc-lyon"] is Health.OK
    assert scene.progress[scene.rows[Key("lal")]] == pytest.approx(0.62)


def test_the_ring_of_a_session_is_the_progress_of_its_running_task() -> None:
    scene = filled()
    key = session("lal", 3, "", "pyspark").key
    assert scene.ring[scene.rows[key]] == pytest.approx(0.62)
    assert math.isnan(scene.ring[scene.rows[session("lal", 5, "", "sql").key]])


def test_edges_are_there_once_and_only_between_known_servers() -> None:
    scene = Scene()
    scene.reset([server("a", "b", "stranger"), server("b", "a"), server("c", "c")])
    pairs = [{scene.rows[Key("a")], scene.rows[Key("b")]}]
    assert [set(pair) for pair in scene.edges().tolist()] == pairs
    known = scene.edges()
    scene.apply(Delta("a", changed=(server("a", "b", "stranger", state="down"),)))
    assert scene.edges() is known
    scene.apply(Delta("a", changed=(server("a", "b", "c"),)))
    assert len(scene.edges()) == 2


@st.composite
def histories(draw: st.DrawFn) -> list[dict[Key, Thing]]:
    """Snapshots of one server, one after the other."""
    states = st.sampled_from(["idle", "busy", "dead", "never heard of"])
    out = []
    for _ in range(draw(st.integers(1, 6))):
        things = [server("a", state=draw(st.sampled_from(["up", "down"])))]
        for ident in draw(st.sets(st.integers(0, 9))):
            things.append(session("a", ident, "s", "sql", draw(states)))
            things += [task("a", ident, n, "t") for n in draw(st.sets(st.integers(0, 4)))]
        out.append({thing.key: thing for thing in things})
    return out


@settings(max_examples=60, deadline=None)
@given(histories())
def test_any_history_leaves_exactly_what_is_there_and_moves_nothing(snapshots: list[dict[Key, Thing]]) -> None:
    scene = Scene()
    scene.reset(snapshots[0].values())
    for old, new in pairwise(snapshots):
        before = {k: v for k, v in where(scene).items() if k.kind != "statements"}
        scene.apply(diff("a", old, new))
        after = where(scene)
        assert set(after) == set(new)
        assert all(after[key] == at for key, at in before.items() if key in after)
        assert sum(thing is not None for thing in scene.things) == len(new)
        slots = list(scene.racks[scene.rows[Key("a")]].slots.values())
        assert len(set(slots)) == len(slots)


def test_who_has_no_neighbour_has_room_for_a_name() -> None:
    spot = Rack()
    for row in range(4):
        spot.take(row)
    assert [spot.alone(row) for row in range(5)] == [False, False, False, True, False]
    spot.leave(1)
    assert [spot.alone(row) for row in (0, 2, 3)] == [True, True, True]


def test_rack_wraps_after_its_columns() -> None:
    spot = Rack()
    places = [spot.slot_at(spot.take(row)) for row in range(COLUMNS + 1)]
    assert places[COLUMNS][0] == places[0][0]
    assert places[COLUMNS][1] > places[0][1]
    assert spot.lines == 2


def test_berths_start_near_the_known_ones() -> None:
    berths = Berths()
    berths.take((0.0, 0.0), (-100, -40, 100, 160))
    x, y = berths.find([(0.0, 0.0)])
    assert (x, y) != (0.0, 0.0)
    assert math.hypot(x, y) < 700


def test_few_servers_make_a_compact_chart_and_many_are_placed_quickly() -> None:
    scene = Scene()
    scene.reset(thing for thing in archipelago.things() if not thing.key.path)
    x0, y0, x1, y1 = scene.bounds() or (0.0, 0.0, 0.0, 0.0)
    assert x1 - x0 <= 4 * 270
    assert y1 - y0 <= 4 * 230
    berths = Berths()
    places = [berths.find([]) for _ in range(5000)]
    assert len(set(places)) == 5000
    assert max(math.hypot(x, y) for x, y in places) < 16_000


def test_levels_need_ten_percent_more_to_change() -> None:
    assert level_after(Level.MIDDLE, 0.78) is Level.MIDDLE
    assert level_after(Level.MIDDLE, 0.83) is Level.NEAR
    assert level_after(Level.NEAR, 0.70) is Level.NEAR
    assert level_after(Level.NEAR, 0.66) is Level.MIDDLE
    assert level_after(Level.MIDDLE, 0.26) is Level.MIDDLE
    assert level_after(Level.NEAR, 0.2) is Level.FAR
    assert level_after(Level.FAR, 0.29) is Level.FAR


def test_zoom_keeps_what_is_under_the_pointer() -> None:
    view = View(800, 600)
    point = view.to_world(200, 150)
    view.zoom_at(1.7, 200, 150)
    assert view.to_world(200, 150) == pytest.approx(point)


def test_flight_ends_where_it_should_and_keeps_its_goal_on_screen() -> None:
    view = View(800, 600)
    flight = Flight.plan(view, (0.1, 5000.0, 3000.0), 0.0, 0.32)
    assert flight.move(view, 0.16)
    assert not flight.move(view, 0.33)
    assert (view.zoom, *view.centre) == pytest.approx((0.1, 5000.0, 3000.0))


def test_words_say_what_is_known_and_no_more() -> None:
    lal, lost = archipelago.things()[3], archipelago.things()[6]
    assert words.plate(lal, (12, 16), NOW) == "12 of 16 cores"
    assert words.plate(lal, None, NOW) == "Livy 0.9"
    assert words.plate(archipelago.things()[0], (2, 8), NOW) == "island · 2 of 8 cores"
    assert words.plate(lost, (1, 2), NOW).replace("\u202f", " ") == "down 14 min, timed out"
    assert words.doing(task("lal", 3, 8, "x", progress=0.629)) == "62 %"
    assert words.doing(task("lal", 3, 8, "x", "queued")) == "queued"
    old = session("lal", 1, "s", "sql", stale_since=NOW - timedelta(hours=2))
    assert words.doing(old) == "last seen"


def test_a_screen_reader_hears_one_sentence() -> None:
    scene = filled()
    scene.set_cores(Key("lal"), (12, 16))
    assert scene.spoken(scene.rows[Key("lal")], NOW) == "server lal, up, 12 of 16 cores, 2 sessions, 1 dataset"
    row = scene.rows[task("lal", 3, 8, "").key]
    assert scene.spoken(row, NOW) == "task fit-periods on lal, 62 %"
    assert scene.spoken(None, NOW) == ""


def test_a_source_stands_left_of_where_it_flows() -> None:
    berths = Berths()
    berths.take((0.0, 0.0), (-100, -40, 100, 160))
    x, y = berths.find([(0.0, 0.0)], left=True)
    assert x < -100
    assert abs(y) < 230
    again = berths.find([(0.0, 0.0)], left=True)
    assert again[0] < -100
    assert again != (x, y)
