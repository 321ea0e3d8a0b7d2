"""Lines of data: each state has its own form, parallel ones are bundled, and a screen reader hears them all."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.canvas.cores import cores_of
from astrolabnet_gui.gui.canvas.view import Level
from astrolabnet_gui.gui.canvas.wire import Form, Wire, wire_of
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.spark import Executor, Progress
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.delta import Delta
from tests.gui import archipelago
from tests.gui.archipelago import NOW, channel, server, session
from tests.gui.canvases import LAL, Furnish, canvas, differing, furnish, pixels, spot

__all__ = ["canvas", "furnish"]  # fixtures

CC, RUBIN, EUCLID = Key("cc-lyon"), Key("rubin-dac"), Key("euclid-it")
STATES = {
    "flowing": (Form.FLOWING, {"rate_bytes_s": 2e6, "lag_s": 2.0}, "", "flow"),
    "behind": (Form.BEHIND, {"rate_bytes_s": 2e6, "lag_s": 360.0, "fullness": 0.9}, "", "warn"),
    "paused": (Form.PAUSED, {"waiting_rows": 41_200}, "paused 3 h, 41 200 waiting", "pending"),
    "failed": (Form.FAILED, {"error": "disk full on rubin-dac"}, "disk full on rubin-dac", "failed"),
    "data missing": (Form.GAP, {"missing": (120, 480)}, "offsets 120–480 expired", "warn"),
    "lost": (Form.LOST, {}, "last seen 3 h ago", "gone"),
    "done": (Form.SEALED, {}, "done · 3 h", "ok"),
}


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def one(state: str) -> Wire:
    _, values, _, _ = STATES[state]
    made = wire_of(channel("x", CC, LAL, state, since=archipelago.ago(hours=3), **values))
    assert made is not None
    return made


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_form_and_says_what_is_known(state: str) -> None:
    form, _, said, mark = STATES[state]
    wire = one(state)
    assert (wire.form, wire.health.value) == (form, mark)
    if said:
        assert plain(wire.words(NOW)) == said
        assert wire.rate == ""
    else:
        assert plain(wire.rate) == "2.00 MB/s"
        assert plain(wire.note) in ("lag 2 s", "lag 6 min")


@pytest.mark.parametrize("state", ["paused", "flowing", "failed"])
def test_a_rehearsal_is_counted_on_the_wire_unless_it_has_worse_to_say(state: str) -> None:
    made = wire_of(channel("x", CC, LAL, state, rehearsed=(1200, 4_200_000), error="disk full", rows_s=4.0))
    assert made is not None
    said = plain(made.note)
    assert said == ("disk full" if state == "failed" else "rehearsed 1 200 rows, 4.20 MB")


@pytest.mark.parametrize("state", STATES)
def test_a_broken_line_has_a_hole_and_a_whole_one_has_none(canvas: Canvas, state: str) -> None:
    """Looked at where the line is, beside its middle: ink of its colour, or the ground."""
    form, values, _, token = STATES[state]
    canvas.set_positions({LAL: (100.0, 300.0), RUBIN: (700.0, 300.0)})
    wired = channel("x", LAL, RUBIN, state, since=archipelago.ago(hours=3), **values)
    canvas.reset([server("lal"), server("rubin-dac"), wired])
    canvas.view.look(1.0, 400, 300)
    canvas.look_changed()
    canvas.render_now()
    (run,) = canvas.chart.courses
    image, ground = canvas.grab().toImage(), QColor(theme("dark").canvas)

    def inked(length: float) -> bool:
        """There is ink of the state's hue within a few px along the line."""
        at = run.path.pointAtPercent(run.path.percentAtLength(length))
        x, y = canvas.view.to_screen(at.x(), at.y())
        hue = QColor(theme("dark").colour(token)).hue()
        near = [image.pixelColor(round(x) + dx, round(y) + dy) for dx in range(-8, 9) for dy in (-1, 0, 1)]
        return any(c != ground and abs(c.hue() - hue) < 30 for c in near)

    assert inked(60.0)
    x, y = canvas.view.to_screen(*run.middle)
    beside = image.pixelColor(round(x + 12), round(y))
    assert (beside == ground) == (form not in (Form.FLOWING, Form.BEHIND))


def test_parallel_channels_are_one_capsule_until_near(canvas: Canvas) -> None:
    three = [channel(f"c{n}", LAL, EUCLID, "flowing", rate_bytes_s=1e6) for n in range(3)]
    canvas.apply(Delta("", added=tuple(three)))
    mine = [run for run in canvas.chart.courses if LAL in (run.wire.origin, run.wire.target) and EUCLID in
            (run.wire.origin, run.wire.target)]  # fmt: skip
    near = [run for run in mine if run.seen(Level.NEAR)]
    assert len(near) == 3
    assert len({round(run.middle[1]) for run in near}) == 3
    far = [run for run in mine if run.seen(Level.MIDDLE)]
    assert [run.wire.rate for run in far] == ["3 channels"]
    assert far[0].wire.rate_bytes_s == 3e6


def test_a_wire_leaves_by_the_tip_that_faces_its_other_end_and_runs_under_the_plates(canvas: Canvas) -> None:
    dr22 = next(run for run in canvas.chart.courses if run.wire.ident.id == "dr22")
    (ax, ay), (bx, by) = dr22.ends
    half = float(canvas.scene.plate_w[canvas.scene.rows[CC]]) / 2
    assert (ax, ay) == (691.0 - half, 113.0)
    assert (bx, by) == (371.0 + float(canvas.scene.plate_w[canvas.scene.rows[LAL]]) / 2, 345.0)


def test_a_screen_reader_hears_every_node_and_wire(canvas: Canvas) -> None:
    told = canvas.described()
    names = {one.key: plain(one.name) for one in told}
    assert names[LAL] == "server lal, up, 12 of 16 cores, 2 sessions, 1 dataset"
    assert names[Key("local")] == "island local, up, 2 of 8 cores, 1 session"
    assert names[archipelago.ALERTS] == "source Fink alerts, flowing"
    assert (
        names[Key("").child("channels", "alerts")] == "channel from Fink alerts to fink, flowing, 412 rows/s, lag 2 s"
    )
    assert (
        names[Key("").child("channels", "dr22")]
        == "channel from ztf_dr22 on cc-lyon to lal, behind, 64.0 MB/s, lag 6 min"
    )
    things = {t.key for t in archipelago.things()}
    assert things <= set(names)
    lal = next(one for one in told if one.key == LAL)
    assert lal.rect.toRect().contains(spot(canvas, LAL))
    assert (lal.role, lal.state, lal.chosen) == ("server", "up", False)


def test_shift_tab_walks_from_wire_to_wire_and_enter_opens_it(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.select(LAL)
    seen = []
    canvas.picked.connect(seen.append)
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Backtab)
    assert len(set(seen)) == 2
    assert seen[0] == seen[2]
    with qtbot.waitSignal(canvas.opened) as heard:
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert heard.args == [seen[2]]


def test_c_folds_a_rack_away_and_out_again(canvas: Canvas, furnish: Furnish, qtbot: QtBot) -> None:
    fresh = furnish(canvas)
    canvas.select(Key("fink"))
    fresh.select(Key("fink"))
    with qtbot.waitSignal(canvas.folded) as heard:
        QTest.keyClick(canvas, Qt.Key.Key_C)
    assert heard.args == [Key("fink"), True]
    canvas.render_now()
    assert differing(canvas, fresh) > 500
    QTest.keyClick(canvas, Qt.Key.Key_C)
    canvas.render_now()
    assert differing(canvas, fresh) == 0


def test_a_new_node_grows_at_its_slot_and_then_the_picture_is_as_a_fresh_one(
    canvas: Canvas, furnish: Furnish, qtbot: QtBot
) -> None:
    canvas.set_theme(theme("dark"))
    canvas.render_now()
    new = session("cc-lyon", 8, "new", "sql")
    others = {key: canvas.scene.middle(row) for key, row in canvas.scene.rows.items()}
    canvas.apply(Delta("cc-lyon", added=(new,)))
    row = canvas.scene.rows[new.key]
    assert canvas.chart.growing == {row}
    qtbot.waitUntil(lambda: not canvas.chart.growing, timeout=3000)
    assert {k: canvas.scene.middle(r) for k, r in canvas.scene.rows.items() if k != new.key} == others
    canvas.set_theme(theme("dark", reduced_motion=True))
    canvas.render_now()
    assert differing(canvas, furnish(canvas, things=[*archipelago.things(), new])) == 0
    later = session("cc-lyon", 9, "later", "sql")
    canvas.apply(Delta("cc-lyon", added=(later,)))
    assert not canvas.chart.growing, "reduced motion: it is simply there"


def test_cores_come_from_what_spark_told(canvas: Canvas) -> None:
    def told(ident: int, state: str, *executors: Executor) -> Delta:
        thing = archipelago.task("euclid-it", 0, ident, "t", state)
        payload = Task(name="t", progress=Progress(executors=executors))
        return Delta("euclid-it", added=(thing.model_copy(update={"payload": payload}),))

    row = canvas.scene.rows[EUCLID]
    canvas.set_cores({EUCLID: None})
    assert row not in canvas.scene.cores
    driver = Executor(id="driver", hostPort="h:1", totalCores=0)
    canvas.apply(told(1, "done", driver, Executor(id="1", hostPort="a:1", totalCores=8, activeTasks=3)))
    assert canvas.scene.cores[row] == (0, 8)
    both = (Executor(id=str(n), hostPort=f"n{n}:1", totalCores=8, activeTasks=5) for n in (1, 2))
    canvas.apply(told(2, "running", driver, *both))
    assert canvas.scene.cores[row] == (10, 16)
    assert "10 of 16 cores" in canvas.scene.spoken(row, NOW)


def test_sessions_that_work_in_one_computer_share_its_cores() -> None:
    account = Progress(executors=(Executor(id="driver", hostPort="here:1", totalCores=8, activeTasks=6),))
    tasks = [
        archipelago.task("local", n, 0, "t").model_copy(update={"payload": Task(name="t", progress=account)})
        for n in (0, 1)
    ]
    assert cores_of(tasks) == (8, 8)
    assert cores_of([]) is None


def test_a_source_is_dragged_and_its_wire_follows(canvas: Canvas, qtbot: QtBot) -> None:
    start = QPointF(*canvas.view.to_screen(62.0, 113.0)).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    with qtbot.waitSignal(canvas.moved) as heard:
        for step in (QPoint(0, 20), QPoint(0, 60)):
            QTest.mouseMove(canvas, start + step)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(0, 60))
    assert heard.args == [{archipelago.ALERTS: (62.0, 113.0)}, {archipelago.ALERTS: (62.0, 173.0)}]
    run = next(run for run in canvas.chart.courses if run.wire.ident.id == "alerts")
    assert run.ends[0] == (62.0 + 17.0, 173.0)
    assert canvas.positions()[archipelago.ALERTS] == (62.0, 173.0)


def test_a_channel_whose_end_is_not_known_is_no_wire_and_harms_nothing(canvas: Canvas) -> None:
    before = len(canvas.chart.courses)
    canvas.apply(Delta("", added=(channel("nowhere", Key("never-seen"), LAL, "a word nobody knows"),)))
    assert len(canvas.chart.courses) == before
    canvas.apply(Delta("never-seen", added=(server("never-seen"),)))
    assert len(canvas.chart.courses) == before + 1
    assert pixels(canvas.grab().toImage()).std() > 1
