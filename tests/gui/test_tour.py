"""The tour: a real window, real Spark, right results; the same off screen and in an X window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

pytestmark = [pytest.mark.island, pytest.mark.timeout(1500)]
PICTURES = [
    "start", "island", "menu", "progress", "pi", "languages", "error", "sample-sky", "stages", "table", "plot", "image",
    "merged", "history", "prompt", "light",
]  # fmt: skip


def taken(folder: Path, platform: str) -> list[str]:
    """Take the tour as ``packaging/run`` does; names of its pictures, which are whole, without their numbers."""
    said = subprocess.run(
        [sys.executable, "-m", "astrolabnet_gui", "--tour", str(folder)],
        env={**os.environ, "QT_QPA_PLATFORM": platform}, capture_output=True, text=True, timeout=1400, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    transcript = (folder / "transcript.txt").read_text(encoding="utf-8")
    assert transcript.rstrip().endswith("all results were right")
    assert transcript == said.stdout
    left = sorted(folder.glob("*.png"))
    sizes = {(image.width(), image.height()) for image in map(QImage, map(str, left))}
    assert sizes == {(1600, 1000)}
    return [picture.stem.partition("-")[2] for picture in left]


def test_tour_off_screen(tmp_path: Path) -> None:
    assert taken(tmp_path / "my tour", "offscreen") == PICTURES


@pytest.mark.xvfb
def test_tour_in_an_x_window(tmp_path: Path) -> None:
    assert taken(tmp_path / "my tour", "xcb") == PICTURES
