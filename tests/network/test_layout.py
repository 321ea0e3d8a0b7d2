"""Places on the chart: no box over another, nothing moves for a new one, the same each time; the graph behind it."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.layout import GAP, arrange, arranged
from astrolabnet_gui.network.link import Arranged, Box, Plan, Point, Spot
from astrolabnet_gui.network.topology import HOLDS, KNOWS, between_servers, topology
from tests.network.desk import server

side = st.floats(10, 300)
shapes = st.builds(lambda left, top, right, bottom: (-left, -top, right, bottom), side, side, side, side)
charts = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), shapes, max_size=25)
PLATE: Box = (-100.0, -24.0, 100.0, 76.0)


def apart(boxes: dict[str, Box], at: dict[str, Point]) -> bool:
    """No two boxes nearer than the gap."""

    def clear(a: str, b: str, axis: int) -> bool:
        low, high = at[a][axis] + boxes[a][axis], at[a][axis] + boxes[a][axis + 2]
        return low >= at[b][axis] + boxes[b][axis + 2] + GAP - 0.2 or high <= at[b][axis] + boxes[b][axis] - GAP + 0.2

    return all(clear(a, b, 0) or clear(a, b, 1) for a, b in combinations(boxes, 2))


@settings(deadline=None, max_examples=25)
@given(charts, st.data())
def test_boxes_never_overlap_and_the_picture_is_the_same_each_time(boxes: dict[str, Box], data: st.DataObject) -> None:
    names = sorted(boxes) or ["x"]
    edges = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=30))
    at = arrange(boxes, edges)
    assert list(at) == list(boxes)
    assert apart(boxes, at)
    assert arrange(boxes, edges) == at


@settings(deadline=None, max_examples=30)
@given(charts, charts)
def test_nothing_moves_for_a_new_one(old: dict[str, Box], new: dict[str, Box]) -> None:
    before = arrange(old)
    boxes = {**new, **old}
    after = arrange(boxes, [(name, other) for name in new for other in old], fixed=before)
    assert set(after) == set(boxes)
    assert all(after[name] == before[name] for name in old)
    assert apart(boxes, after)


def crossed(a: tuple[Point, Point], b: tuple[Point, Point]) -> bool:
    """Two lines cross."""

    def turn(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(*a, b[0]) * turn(*a, b[1]) < 0 and turn(*b, a[0]) * turn(*b, a[1]) < 0


def through(box: Box, at: Point, line: tuple[Point, Point]) -> bool:
    """A line passes a box."""
    (ax, ay), (bx, by) = line
    return any(
        at[0] + box[0] < ax + (bx - ax) * n / 40 < at[0] + box[2]
        and at[1] + box[1] < ay + (by - ay) * n / 40 < at[1] + box[3]
        for n in range(41)
    )


def test_the_scene_of_the_look_comes_out_calm() -> None:
    """Its lines cross nowhere and pass no plate or rack, and data flows to the right out of its source."""
    edges = [("local", "fink"), ("local", "lal"), ("fink", "cc-lyon"), ("lal", "rubin"), ("lal", "ztf")]
    edges += [("ztf", "gaia"), ("gaia", "euclid")]
    flows = [("alerts", "fink"), ("cc-lyon", "lal"), ("lal", "rubin")]
    names = dict.fromkeys(name for pair in [*edges, *flows] for name in pair)
    boxes: dict[str, Box] = dict.fromkeys(names, PLATE)
    boxes["lal"] = (-100.0, -24.0, 110.0, 160.0)
    at = arrange(boxes, edges, flows=flows, aspect=1.03)
    lines = []
    for a, b in dict.fromkeys([*edges, *flows]):
        way = at[b][0] - at[a][0]
        assert way != 0, f"{a} and {b} stand above each other"
        tip = 82.0 if way > 0 else -82.0
        lines.append(((a, b), ((at[a][0] + tip, at[a][1]), (at[b][0] - tip, at[b][1]))))
    assert not [(one, other) for (one, x), (other, y) in combinations(lines, 2)
                if not set(one) & set(other) and crossed(x, y)]  # fmt: skip
    assert not [(pair, n) for pair, line in lines for n in names if n not in pair and through(boxes[n], at[n], line)]
    assert at["alerts"][0] < at["fink"][0]
    assert len({x for x, _ in at.values()}) == 3


def test_a_plan_is_answered_with_places_and_what_is_pinned_stays() -> None:
    spots = (Spot(key=Key("a"), box=PLATE, at=(5.0, 7.0)), Spot(key=Key("b"), box=PLATE))
    plan = Plan(spots=spots, edges=((Key("a"), Key("b")),))
    answer = arranged(Plan.model_validate_json(plan.model_dump_json()))
    assert dict(answer.places)[Key("a")] == (5.0, 7.0)
    assert dict(answer.places).keys() == {Key("a"), Key("b")}
    assert Arranged.model_validate_json(answer.model_dump_json()) == answer


def test_a_new_one_comes_near_those_it_is_joined_with() -> None:
    boxes: dict[str, Box] = {f"s{i}": PLATE for i in range(60)}
    at = arrange(boxes)
    friend = max(at, key=lambda name: at[name][0])
    boxes["new"] = PLATE
    place_of_new = arrange(boxes, [("new", friend)], fixed=at)["new"]
    assert abs(place_of_new[0] - at[friend][0]) < 600
    assert abs(place_of_new[1] - at[friend][1]) < 600


def test_places_of_the_past_are_kept_even_where_they_overlap() -> None:
    boxes: dict[str, Box] = {"a": PLATE, "b": PLATE}
    fixed: dict[str, Point] = {"a": (0.0, 0.0), "b": (10.0, 10.0)}
    assert arrange(boxes, fixed=fixed) == fixed
    assert arrange({}, fixed=fixed) == {}
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
