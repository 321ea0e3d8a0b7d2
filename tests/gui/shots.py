"""Pictures of the window with the scene of the look: python -m tests.gui.shots FOLDER"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

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


SIZES = ((1280, 800), (1600, 1000), (1920, 1080))


def main(folder: Path) -> None:
    """Start screen and main scene in both dresses, at three sizes, once and twice as sharp."""
    app, dress = application()
    folder.mkdir(parents=True, exist_ok=True)
    wires(folder)
    for scene in (False, True):
        shell, window, _ = furnished(app, dress, scene)
        for wide, high in SIZES:
            shell.resize(wide, high)
            for choice in ("dark", "light"):
                shell.dress.choose(choice)
                _settled(app)
                window.canvas.fit()
                _settled(app)
                for ratio in (1, 2):
                    name = f"{'main' if scene else 'empty'}-{choice}-{wide}{'@2x' if ratio == 2 else ''}.png"
                    window.canvas.render_now()
                    picture(shell, float(ratio)).save(str(folder / name))
                    print(folder / name)
        if scene:
            shell.resize(1600, 1000)
            more(app, window, shell, folder)
        shell.close()
        shell.deleteLater()
        app.processEvents()


def _settled(app: QApplication) -> None:
    for _ in range(60):
        app.processEvents()
        QTest.qWait(8)


def wires(folder: Path) -> None:
    """Every state of a wire, near and at middle distance, as in the legend of the look; three channels in a bundle."""
    states = {
        "flowing": {"rate_bytes_s": 2e6, "lag_s": 2.0},
        "behind": {"rate_bytes_s": 6e7, "lag_s": 360.0, "fullness": 0.7},
        "paused": {"waiting_rows": 41_200}, "failed": {"error": "disk full on rubin-dac"},
        "data missing": {"missing": (120, 480)}, "lost": {}, "done": {},
    }  # fmt: skip
    for choice in ("dark", "light"):
        canvas = Canvas(theme(choice, reduced_motion=True))
        canvas.resize(900, 760)
        things = []
        for n, (state, values) in enumerate(states.items()):
            ends = [archipelago.server(f"{name}-{n}") for name in ("from", "to")]
            canvas.set_positions({ends[0].key: (0.0, 90.0 * n), ends[1].key: (560.0, 90.0 * n)})
            since = archipelago.ago(hours=3)
            things += [*ends, archipelago.channel(state, ends[0].key, ends[1].key, state, since=since, **values)]
        ends = [archipelago.server(f"{name}-many") for name in ("from", "to")]
        canvas.set_positions({ends[0].key: (0.0, 660.0), ends[1].key: (560.0, 660.0)})
        things += ends
        for n in range(3):
            things.append(archipelago.channel(f"m{n}", ends[0].key, ends[1].key, rate_bytes_s=10.0 ** (4 + n), lag_s=n))
        canvas.chart.now = lambda: archipelago.NOW  # type: ignore[method-assign]
        canvas.reset(things)
        canvas.show()
        for zoom in (1.0, 0.6):
            canvas.view.look(zoom, 280, 335)
            canvas.look_changed()
            canvas.render_now()
            picture(canvas, 1.0).save(str(folder / f"wires-{choice}-{'near' if zoom == 1.0 else 'middle'}.png"))
        canvas.close()


def more(app: QApplication, window: Window, shell: Shell, folder: Path) -> None:
    """A form, a context menu, a failure."""
    shell.dress.choose("dark")
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
    main(Path(sys.argv[1]))
