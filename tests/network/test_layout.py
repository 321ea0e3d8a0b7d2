"""Places on the chart: no box over another, nothing moves for a new one, the same each time; the graph behind it."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.layout import GAP, Point, Size, arrange, place
from astrolabnet_gui.network.topology import HOLDS, KNOWS, between_servers, topology
from tests.network.desk import server

sizes = st.tuples(st.floats(20, 600), st.floats(20, 600))
charts = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), sizes, max_size=25)


def apart(boxes: dict[str, Size], at: dict[str, Point]) -> bool:
    """No two boxes nearer than the gap."""
    return all(
        abs(at[a][0] - at[b][0]) >= (boxes[a][0] + boxes[b][0]) / 2 + GAP - 1e-6
        or abs(at[a][1] - at[b][1]) >= (boxes[a][1] + boxes[b][1]) / 2 + GAP - 1e-6
        for a, b in combinations(boxes, 2)
    )


@settings(deadline=None)
@given(charts, st.data())
def test_boxes_never_overlap_and_the_picture_is_the_same_each_time(boxes: dict[str, Size], data: st.DataObject) -> None:
    names = sorted(boxes) or ["x"]
    edges = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=30))
    at = arrange(boxes, edges)
    assert list(at) == list(boxes)
    assert apart(boxes, at)
    assert arrange(boxes, edges) == at


@settings(deadline=None)
@given(charts, charts)
def test_nothing_moves_for_a_new_one(old: dict[str, Size], new: dict[str, Size]) -> None:
    before = arrange(old)
    boxes = {**new, **old}
    after = place(boxes, before, [(name, other) for name in new for other in old])
    assert set(after) == set(boxes)
    assert all(after[name] == before[name] for name in old)
    assert apart(boxes, after)


def test_a_new_one_comes_near_those_it_is_joined_with() -> None:
    boxes: dict[str, Size] = {f"s{i}": (200.0, 100.0) for i in range(60)}
    at = arrange(boxes)
    friend = max(at, key=lambda name: at[name][0])
    boxes["new"] = (200.0, 100.0)
    place_of_new = place(boxes, at, [("new", friend)])["new"]
    assert abs(place_of_new[0] - at[friend][0]) < 600
    assert abs(place_of_new[1] - at[friend][1]) < 600


def test_places_of_the_past_are_kept_even_where_they_overlap() -> None:
    boxes: dict[str, Size] = {"a": (100.0, 100.0), "b": (100.0, 100.0)}
    fixed: dict[str, Point] = {"a": (0.0, 0.0), "b": (10.0, 10.0)}
    assert place(boxes, fixed) == fixed
    assert place({}, fixed) == {}
    assert arrange({}) == {}


def test_the_graph_holds_and_knows() -> None:
    lal = server("u1", "lal", knows=("u2", "u1", "elsewhere"))
    alma = server("u2", "alma", knows=("u1",))
    session = Key("u1", "e", ("sessions", 0))
    orphan = Key("u1", "e", ("sessions", 7, "statements", 0))
    things = [
        Thing(key=Key("u1"), label="lal", state="up", payload=lal),
        Thing(key=Key("u2"), label="alma", state="up", payload=alma),
        Thing(key=session, label="s", state="idle"),
        Thing(key=orphan, label="t", state="done"),
    ]
    graph = topology(things)
    edges = {(a, b): kind for a, b, kind in graph.edges(data="kind")}
    assert edges == {
        (Key("u1"), session): HOLDS,
        (Key("u1"), Key("u2")): KNOWS,
        (Key("u2"), Key("u1")): KNOWS,
    }
    assert graph.nodes[session]["thing"].label == "s"
    assert between_servers(graph) == ((Key("u1"), Key("u2")),)
