"""The pictures of the window can be made: one scene of each way of making them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.gui.shots import RATIOS, SCENES, SIZES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("scene", ["main-light", "wiring", "graph-zoom"])
def test_a_scene_leaves_its_pictures(tmp_path: Path, scene: str) -> None:
    command = [sys.executable, "-m", "tests.gui.shots", str(tmp_path), scene]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, timeout=120,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {path.name: QImage(str(path)) for path in tmp_path.iterdir()}
    assert len(found) == len(SIZES) * len(RATIOS)
    for wide, high in SIZES:
        for ratio in RATIOS:
            image = found[f"{scene}-{wide}{'@2x' if ratio == 2 else ''}.png"]
            assert (image.width(), image.height()) == (wide * ratio, high * ratio)


def test_every_picture_of_the_look_has_its_scene_and_others_are_refused(tmp_path: Path) -> None:
    assert {"main-dark", "main-light", "empty", "graph-zoom", "wiring", "palette", "high-contrast"} == set(SCENES)
    command = [sys.executable, "-m", "tests.gui.shots", str(tmp_path), "no such scene"]
    assert subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode == 2
