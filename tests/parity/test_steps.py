"""A robot works in the window by its menus and forms; what it did, exported as a script and run without a window in a
fresh house, writes the same journal. Thirty steps here; three hundred on demand (ALN_STEPS=300), and with real Spark
by ``packaging/bench bench_steps``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from .place import Place
from .robot import Robot, journal, works

STEPS = int(os.environ.get("ALN_STEPS", "30"))


@pytest.mark.timeout(300 + 4 * STEPS)
def test_the_script_of_what_a_robot_did_writes_the_same_journal(tmp_path: Path, qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    with Place(tmp_path / "window") as here:
        did, script = works(Robot(here), STEPS, box)
        first = journal(here.house, here.masks)
    assert len({*did}) > min(STEPS / 5, 12), did
    assert len(first) == 2 * STEPS, "each act is meant and done"
    with Place(tmp_path / "headless") as there:
        exec(compile(script, "exported.py", "exec"), {"net": there.net})
        again = journal(there.house, there.masks)
    for n, (one, other) in enumerate(zip(first, again, strict=False)):
        assert one == other, f"row {n} of {script}"
    assert len(first) == len(again)
