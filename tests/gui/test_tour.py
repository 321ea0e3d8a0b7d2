"""The tour: a real X window, real Spark, right results. Off screen ``tests.e2e`` goes the same ways."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.kafka_rig import JARS, broker_jars, spark_jars

WIRES = ["wire-pulled", "wire-form", "wire-flows", "wire-road", "wire-proved", "wires"]
pytestmark = [pytest.mark.island, pytest.mark.timeout(1500)]
PICTURES = [
    "start", "island", "menu", "progress", "pi", "languages", "error", "sample-sky", "preview",
    "view-sky", "view-lightcurve", "view-stamps", "view-histogram", "view-scatter", "view-series", "view-cone",
    "view-match", "view-packet", "view-density", "stages", "table", "plot", "image", "merged", "history", *WIRES,
    "prompt", "light",
]  # fmt: skip


def taken(folder: Path) -> list[str]:
    """Take the tour as ``packaging/run`` does; names of its pictures, which are whole, without their numbers."""
    said = subprocess.run(
        [sys.executable, "-m", "astrolabnet_gui", "--tour", str(folder)],
        env={**os.environ, "QT_QPA_PLATFORM": "xcb"}, capture_output=True, text=True, timeout=1400, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    transcript = (folder / "transcript.txt").read_text(encoding="utf-8")
    assert transcript.rstrip().endswith("all results were right")
    assert ("R was left out" in transcript) == (shutil.which("R") is None)
    assert transcript == said.stdout
    left = sorted(folder.glob("*.png"))
    sizes = {(image.width(), image.height()) for image in map(QImage, map(str, left))}
    assert sizes == {(1600, 1000)}
    return [picture.stem.partition("-")[2] for picture in left]


@pytest.mark.xvfb
def test_tour_in_an_x_window(tmp_path: Path) -> None:
    # Fetched once for all tests; the tour would fetch them for this home.
    jars = Path(os.environ["ASTROLABNET_HOME"]) / "cache" / "island" / "jars"
    jars.parent.mkdir(parents=True)
    spark_jars(), broker_jars()
    jars.symlink_to(JARS, target_is_directory=True)
    assert taken(tmp_path / "my tour") == PICTURES
