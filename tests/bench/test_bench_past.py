"""The bench of the past, small: it goes where it is told and comes back."""

from __future__ import annotations

import random
from pathlib import Path

from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.app import application
from tests.bench.bench_past import scrub, write
from tests.gui.shots import furnished


def test_scrubbing_ends_where_it_began(qtbot: QtBot, tmp_path: Path) -> None:
    app, dress = application()
    shell, window, _ = furnished(app, dress, scene=False)
    past = write(tmp_path / "past.sqlite", 3, 30, random.Random(1))
    assert len(scrub(past, window, 5, random.Random(2), app)) == 5
    assert not window.desk.in_past
    assert not window.desk.store.things
    past.close()
    shell.close()
    shell.deleteLater()
