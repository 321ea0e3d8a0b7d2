"""Each contract of import-linter and each ban of ruff is broken in a copy, and seen caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = [contract["id"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"]]
BANS = PYPROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]

# contract -> (file, what is written at its end); several ways where one would leave half of the rule untried
BREACHES = {
    "layers": [
        ("model/evil.py", "from ..client import __doc__"),
        ("client/evil.py", "from ..network import __doc__"),
        ("network/evil.py", "from ..command import __doc__"),
        ("command/evil.py", "from ..gui import __doc__"),
        ("cli/evil.py", "from ..gui import __doc__"),
        ("web/evil.py", "from ..cli import __doc__"),
        ("net/evil.py", "from ..cli import __doc__"),
        ("journal/evil.py", "from ..network import __doc__"),
        ("attic/__init__.py", "from ..errors import __doc__"),
    ],
    "acyclic": [("model/evil.py", "from .key import Key\nfrom . import evil2"), ("model/key.py", "from . import evil")],
    "island-alone": [("command/evil.py", "from ..island import __doc__")],
    "qt": [
        ("network/evil.py", "from PySide6 import QtCore"),
        ("cli/evil.py", "import pyqtgraph"),
        ("web/evil.py", "import PySide6"),
        ("notebook/evil.py", "import PySide6"),
        ("net/evil.py", "import PySide6"),
    ],
    "http": [("network/evil.py", "import httpx")],
    "asgi": [("client/evil.py", "import starlette")],
    "graph": [("network/evil.py", "import networkx"), ("command/evil.py", "import igraph")],
    "kafka": [("command/evil.py", "import confluent_kafka")],
    "spark": [("actions/evil.py", "import pyspark")],
}
# A name that must be banned everywhere but in these rooms.
ALLOWED_IN = {
    "PySide6.QtCore.QThread": "gui/threads.py",
    "threading.Thread": "network/carrier.py",
    "concurrent.futures.ThreadPoolExecutor": "network/offload.py",
}

Lint = Callable[[Path, str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and its contracts."""
    shutil.copytree(
        ROOT / "astrolabnet_gui", tmp_path / "astrolabnet_gui", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Check one contract in the copy."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", "--contract", contract]
    environment = {**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, timeout=100, check=False)


def test_every_contract_and_ban_has_its_breach() -> None:
    assert set(BREACHES) == set(CONTRACTS)
    assert ALLOWED_IN.keys() <= BANS.keys()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract_is_kept_and_its_breach_is_caught(house: Path, contract: str) -> None:
    sound = lint(house, contract)
    assert sound.returncode == 0, sound.stdout
    assert "1 kept, 0 broken" in sound.stdout
    files = BREACHES[contract]
    together = contract == "acyclic"  # a circle needs both its halves
    for number, (file, code) in enumerate(files):
        path = house / "astrolabnet_gui" / file
        before = path.read_text(encoding="utf-8") if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{before or ''}\n{code}\n", encoding="utf-8")
        if together and number < len(files) - 1:
            continue
        broken = lint(house, contract)
        assert broken.returncode != 0, f"{code!r} in {file} was not caught"
        assert "evil" in broken.stdout or "attic" in broken.stdout, broken.stdout
        if before is None and not together:
            path.unlink()


def ruff(name: str, file: str) -> subprocess.CompletedProcess[str]:
    """Lint a file that uses a banned name, as if it were ``file``."""
    module, _, attribute = name.rpartition(".")
    code = f'"""X."""\nfrom {module} import {attribute}\n\nprint({attribute})\n'
    command = [
        sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251",
        "--stdin-filename", f"astrolabnet_gui/{file}", "-",
    ]  # fmt: skip
    return subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", BANS)
def test_banned_name_is_caught_everywhere_else(name: str) -> None:
    for file in ("network/evil.py", "gui/evil.py", "command/evil.py"):
        said = ruff(name, file)
        assert said.returncode == 1
        assert BANS[name]["msg"] in said.stdout
    if name in ALLOWED_IN:
        assert ruff(name, ALLOWED_IN[name]).returncode == 0
