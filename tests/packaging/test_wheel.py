"""A wheel installed elsewhere finds what it needs: its resources, its command."""

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


def test_wheel_finds_its_resources_and_its_command(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def python(*words: str) -> str:
        said = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert said.returncode == 0, said.stderr
        return said.stdout.strip()

    assert Path(python("-c", LOOK)).is_relative_to(installed)
    assert python("-m", "astrolabnet_gui", "-V").startswith("AstroLabNet ")
    assert python(str(installed / "bin" / "astrolabnet"), "-V").startswith("AstroLabNet ")
