"""A wheel installed elsewhere finds what it needs: its resources, its commands, its window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOOK = """
from pathlib import Path
import astrolabnet_gui
from astrolabnet_gui.model.kind import KINDS
from astrolabnet_gui.resources import resource
print(astrolabnet_gui.__file__)
for kind in KINDS.values():
    assert resource("icons", f"{kind.icon}.svg").stat().st_size
    assert resource("help", f"{kind.name}.md").stat().st_size
assert resource("themes", "tokens.toml").stat().st_size
assert (Path(astrolabnet_gui.__file__).parent / "py.typed").is_file()
"""

# The window as the command opens it, engine and all; it is closed when it is seen, as a person does.
WINDOW = """
from PySide6.QtCore import QTimer
from astrolabnet_gui.__main__ import end
from astrolabnet_gui.gui import app as room
app, _ = room.application()
def look():
    if any(top.isVisible() for top in app.topLevelWidgets()):
        timer.stop()
        print("seen", room.__file__, flush=True)
        app.closeAllWindows()
timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
end(room.run())
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The wheel of this checkout, unpacked in a folder of its own; packages it needs come from this environment."""
    wheels, target = tmp_path / "wheels", tmp_path / "site"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=100)
    (wheel,) = wheels.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, timeout=100)
    return target


def test_wheel_finds_its_resources_its_commands_and_its_window(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "QT_QPA_PLATFORM": "offscreen"}

    def python(*words: str, code: int = 0) -> str:
        said = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert said.returncode == code, said.stderr
        assert "Traceback" not in said.stderr
        return said.stdout.strip() or said.stderr.strip()

    assert Path(python("-c", LOOK)).is_relative_to(installed)
    assert python("-m", "astrolabnet_gui", "-V").startswith("AstroLabNet ")
    command = str(installed / "bin" / "astrolabnet")
    assert python(command, "-V").startswith("AstroLabNet ")
    assert python(command, "island", "status", code=1).startswith("No island is running. Start one: ")
    seen, where = python("-c", WINDOW).split(maxsplit=1)
    assert seen == "seen"
    assert Path(where).is_relative_to(installed)
