"""Pictures of the window with the scenes of the look: packaging/bench --pictures FOLDER [scene …]"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from astrolabnet_gui.gui.app import application
from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunState
from tests.gui import archipelago
from tests.gui.clipping import picture
from tests.gui.fakes import FakeLink, history
from tests.gui.scene import CHOSEN, UUIDS, main_scene


def furnished(app: QApplication, dress: Dress, scene: bool = True) -> tuple[Shell, Window, FakeLink]:
    """A window over a fake engine."""
    from astrolabnet_gui import command
    from astrolabnet_gui.actions.library import Library

    assert command.__all__
    shell = Shell(dress)
    shell.resize(1600, 1000)
    desk = Desk(Library.with_shipped().actions(), shell)
    link = FakeLink()
    desk.connect_to(link)
    link.subscribe(desk.receive)
    window = Window(shell, desk, history())
    shell.show()
    app.processEvents()
    if scene:
        link.things(main_scene())
        desk.select(CHOSEN)
        acts(desk, link)
    return shell, window, link


def acts(desk: Desk, link: FakeLink) -> None:
    """Three lines in the console."""
    session = Key(UUIDS["lal"], "e", ("sessions", 3))
    lines = (
        ('net["lal"].sessions[3].send("export", table="object_v2")', RunState.DONE, "Sent: export."),
        ('net["lal"].sessions[3].send("sky-density", table="object_v2", order=6)', RunState.DONE, "done in 48 s"),
        ('net["lal"].sessions[3].send("fit-periods", band="r")', RunState.RUNNING, "task 8"),
    )
    for line, state, text in lines:
        run = desk.submit("session.send", session, {"code": "1"})
        link.run(run, "session.send", state, key=session, line=line, text=text, progress=0.62)


SIZES = ((1280, 800), (1920, 1080))
RATIOS = (1, 2)
_ZTF = "ztf_dr22"


def _plain(_window: Window) -> None:
    """Nothing more than the scene."""


def _palette(window: Window) -> None:
    window.palette.open("se lal")


def _wiring(window: Window) -> None:
    """A wire from a dataset, its first target chosen by Tab."""
    key = next(t.key for t in main_scene() if t.label == _ZTF)
    window.desk.select(key)
    window.canvas.setFocus()
    window.canvas.start_wire(key)
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)


SCENES: dict[str, tuple[dict[str, str], Callable[[Window], None]]] = {
    "empty": ({"theme": "dark"}, _plain),
    "main-dark": ({"theme": "dark"}, _plain),
    "main-light": ({"theme": "light"}, _plain),
    "high-contrast": ({"theme": "dark", "contrast": "high"}, _plain),
    "palette": ({"theme": "dark"}, _palette),
    "wiring": ({"theme": "dark"}, _wiring),
    "graph-zoom": ({"theme": "dark"}, _plain),
}
"""By the names of the look's pictures: what is worn, and what is done before the picture."""


def main(folder: Path, names: Sequence[str] = ()) -> int:
    """Each scene of the look at two sizes, once and twice as sharp; then wires, a form and menus.

    Args:
        names: only these scenes.

    Returns:
        0; 2 if there is no scene of a name.
    """
    if strange := set(names) - set(SCENES):
        print(f"no scene {', '.join(strange)}; there are: {', '.join(SCENES)}")
        return 2
    app, dress = application()
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or SCENES:
        wishes, act = SCENES[name]
        dress.wish({"contrast": "usual", "text": 100, **wishes})
        for wide, high in SIZES:
            shell: QWidget
            if name == "graph-zoom":
                shell = zooms(wide, high)
            else:
                shell, window, _ = furnished(app, dress, name != "empty")
                shell.resize(wide, high)
                _settled(app)
                window.canvas.fit()
                act(window)
            _settled(app)
            for ratio in RATIOS:
                for canvas in shell.findChildren(Canvas):
                    canvas.render_now()
                file = folder / f"{name}-{wide}{'@2x' if ratio == 2 else ''}.png"
                picture(shell, float(ratio)).save(str(file))
                print(file)
            shell.close()
            shell.deleteLater()
            app.processEvents()
    if not names:
        wires(folder)
        shell, window, _ = furnished(app, dress)
        more(app, window, shell, folder)
        shell.close()
    return 0


def zooms(wide: int, high: int) -> QWidget:
    """The same archipelago far, at middle distance and near."""
    room = QWidget()
    row = QHBoxLayout(room)
    for zoom, x, y in ((0.2, 380, 345), (0.5, 380, 345), (1.3, 380, 300)):
        canvas = Canvas(theme("dark", reduced_motion=True))
        canvas.chart.now = lambda: archipelago.NOW  # type: ignore[method-assign]
        canvas.set_positions(archipelago.PLACES)
        canvas.reset(archipelago.things())
        canvas.set_cores(archipelago.CORES)
        row.addWidget(canvas)
        canvas.view.look(zoom, x, y)
        canvas.look_changed()
    room.resize(wide, high)
    room.show()
    return room


def _settled(app: QApplication) -> None:
    for _ in range(30):
        app.processEvents()
        QTest.qWait(8)


def wires(folder: Path) -> None:
    """Every state of a wire, near and at middle distance, as in the legend of the look; three channels in a bundle."""
    states = {
        "flowing": {"rate_bytes_s": 2e6, "lag_s": 2.0},
        "behind": {"rate_bytes_s": 6e7, "lag_s": 360.0, "fullness": 0.7},
        "paused": {"waiting_rows": 41_200}, "failed": {"error": "disk full on rubin-dac"},
        "data missing": {"missing": (120, 480)}, "lost": {}, "done": {},
        "drawn": {}, "rehearsing": {"speed": 1000.0, "rows": 1200, "written_bytes": 8_100_000, "rows_s": 412.0,
                                    "rate_bytes_s": 2.8e6}, "differs": {},
    }  # fmt: skip
    for choice in ("dark", "light"):
        canvas = Canvas(theme(choice, reduced_motion=True))
        canvas.resize(900, 1030)
        things = []
        for n, (state, values) in enumerate(states.items()):
            ends = [archipelago.server(f"{name}-{n}") for name in ("from", "to")]
            canvas.set_positions({ends[0].key: (0.0, 90.0 * n), ends[1].key: (560.0, 90.0 * n)})
            since = archipelago.ago(hours=3)
            things += [*ends, archipelago.channel(state, ends[0].key, ends[1].key, state, since=since, **values)]
        ends, low = [archipelago.server(f"{name}-many") for name in ("from", "to")], 90.0 * len(states) + 30
        canvas.set_positions({ends[0].key: (0.0, low), ends[1].key: (560.0, low)})
        things += ends
        for n in range(3):
            things.append(archipelago.channel(f"m{n}", ends[0].key, ends[1].key, rate_bytes_s=10.0 ** (4 + n), lag_s=n))
        canvas.chart.now = lambda: archipelago.NOW  # type: ignore[method-assign]
        canvas.reset(things)
        canvas.show()
        for zoom in (1.0, 0.6):
            canvas.view.look(zoom, 280, 470)
            canvas.look_changed()
            canvas.render_now()
            picture(canvas, 1.0).save(str(folder / f"wires-{choice}-{'near' if zoom == 1.0 else 'middle'}.png"))
        canvas.close()


def more(app: QApplication, window: Window, shell: Shell, folder: Path) -> None:
    """A form, a context menu, a failure."""
    shell.dress.choose("dark")
    shell.resize(1600, 1000)
    lal = window.desk.thing(Key(UUIDS["lal"]))
    assert lal is not None
    window.verbs.do("session.new", lal.key)
    app.processEvents()
    shell.grab().save(str(folder / "form.png"))
    menu = window.verbs.menus.of_thing(lal, shell)
    menu.popup(shell.mapToGlobal(shell.rect().center()))
    app.processEvents()
    menu.grab().save(str(folder / "menu.png"))
    send = next(row for row in menu.actions() if row.data() == "server.send").menu()
    send.popup(shell.mapToGlobal(shell.rect().center()))  # type: ignore[union-attr]
    app.processEvents()
    send.grab().save(str(folder / "send.png"))  # type: ignore[union-attr]
    send.close()  # type: ignore[union-attr]
    menu.close()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2:]))
