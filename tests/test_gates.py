"""What mypy, ruff and pytest are told in pyproject.toml is broken in a piece of code, and seen caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = ROOT / "pyproject.toml"
TOLD = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]

SOUND = '"""X."""\n\n\ndef half(number: float) -> float:\n    """Half."""\n    return number / 2\n'
# what is added to the sound piece -> what mypy calls it; only the last two are seen without ``strict``
UNTYPED = [
    ("\n\ndef f(x):\n    return x\n", "no-untyped-def"),
    ("\n\ndef f(x: list) -> None:\n    x.clear()\n", "type-arg"),
    ("\nimport json\n\n\ndef f() -> int:\n    return json.loads('1')\n", "no-any-return"),
    ("\n\ndef f() -> None:\n    half(1)  # type: ignore[arg-type]\n", "unused-ignore"),
    ("\n\ndef f() -> str:\n    return half(1)\n", "return-value"),
    ("\nimport nosuchmodule\n", "import-not-found"),
]
# family of ruff's rules -> (rule, code it is for)
UNTIDY = {
    "E": ("E501", f"# {'x' * 120}\n"),
    "F": ("F401", "import os\n"),
    "W": ("W291", "x = 1 \n"),
    "I": ("I001", "import sys\nimport os\n\nprint(os, sys)\n"),
    "B": ("B006", "def f(x: list[int] = []) -> None: ...\n"),
    "UP": ("UP006", "from typing import List\n\nx: List[int] = []\n"),
    "SIM": ("SIM102", "if a:\n    if b:\n        c()\n"),
    "RUF": ("RUF100", "x = 1  # noqa: E501\n"),
    "RET": ("RET505", "def f(x: int) -> int:\n    if x:\n        return 1\n    else:\n        return 2\n"),
    "PT": ("PT015", "assert False, 'x'\n"),
    "T20": ("T201", "print(1)\n"),
    "BLE": ("BLE001", "try:\n    f()\nexcept Exception:\n    pass\n"),
    "D1": ("D100", "x = 1\n"),
}
BROKEN_TESTS = {
    "a warning": ("import warnings\n\n\ndef test_x():\n    warnings.warn('x', FutureWarning)\n", "FutureWarning: x"),
    "a marker nobody knows": ("import pytest\n\n\n@pytest.mark.sland\ndef test_x():\n    pass\n", "'sland' not found"),
    "an xfail that passes": ("import pytest\n\n\n@pytest.mark.xfail\ndef test_x():\n    pass\n", "XPASS(strict)"),
    "a warning of Qt": (
        "from PySide6.QtCore import qWarning\n\n\ndef test_x(qapp):\n    qWarning('told by Qt')\n", "told by Qt",
    ),
}  # fmt: skip
GOOD_TEST = "async def test_x():\n    assert True\n"
HANGS = "import threading\n\n\ndef test_x():\n    threading.Event().wait()\n"


def run(folder: Path, *words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """A module of the environment, in a folder with the project's own pyproject.toml."""
    shutil.copy(PYPROJECT, folder)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environment, input=code, capture_output=True, text=True,
        timeout=100, check=False,
    )  # fmt: skip


def test_mypy_is_strict(tmp_path: Path) -> None:
    package = tmp_path / "astrolabnet_gui"
    package.mkdir()
    (package / "__init__.py").write_text(SOUND, encoding="utf-8")
    mypy = ("mypy", "--cache-dir", str(tmp_path / "cache"))
    said = run(tmp_path, *mypy)
    assert said.returncode == 0, said.stdout + said.stderr
    for number, (code, _) in enumerate(UNTYPED):
        (package / f"bad{number}.py").write_text(SOUND + code, encoding="utf-8")
    said = run(tmp_path, *mypy)
    assert said.returncode == 1
    for number, (_, name) in enumerate(UNTYPED):
        lines = [line for line in said.stdout.splitlines() if f"bad{number}.py" in line]
        assert any(f"[{name}]" in line for line in lines), said.stdout


def test_every_family_of_ruff_has_its_breach() -> None:
    assert UNTIDY.keys() | {"TID251"} == set(TOLD["ruff"]["lint"]["select"]), "TID251 is in test_contracts.py"


@pytest.mark.parametrize("family", UNTIDY)
def test_ruff_catches(family: str, tmp_path: Path) -> None:
    rule, code = UNTIDY[family]
    ruff = (
        "ruff",
        "check",
        "--no-cache",
        "--output-format",
        "concise",
        "--stdin-filename",
        "astrolabnet_gui/x.py",
        "-",
    )
    said = run(tmp_path, *ruff, code=code)
    assert said.returncode == 1
    assert f" {rule} " in said.stdout, said.stdout
    assert run(tmp_path, *ruff, code=SOUND).returncode == 0


def test_ruff_wants_its_own_layout(tmp_path: Path) -> None:
    ruff = ("ruff", "format", "--check", "--no-cache", "--stdin-filename", "astrolabnet_gui/x.py", "-")
    assert run(tmp_path, *ruff, code=SOUND).returncode == 0
    assert run(tmp_path, *ruff, code="x = [1,2]\n").returncode == 1


def pytest_says(folder: Path, code: str, *words: str) -> tuple[int, str]:
    """Exit code and words of pytest over one file."""
    (folder / "tests").mkdir()
    (folder / "tests" / "test_x.py").write_text(code, encoding="utf-8")
    said = run(folder, "pytest", "-p", "no:cacheprovider", *words)
    return said.returncode, said.stdout + said.stderr


@pytest.mark.parametrize("breach", BROKEN_TESTS)
def test_pytest_fails_on(breach: str, tmp_path: Path) -> None:
    code, words = BROKEN_TESTS[breach]
    ended, said = pytest_says(tmp_path, code)
    assert ended != 0
    assert words in said


def test_pytest_ends_what_hangs_by_itself(tmp_path: Path) -> None:
    ended, said = pytest_says(tmp_path, HANGS, "-o", "timeout=0.3")
    assert ended == 1, "the one test fails, the run goes on to its report"
    assert "Failed: Timeout" in said
    assert "1 failed" in said


def test_without_a_word_the_time_of_a_test_is_limited(tmp_path: Path) -> None:
    ended, said = pytest_says(tmp_path, GOOD_TEST)
    assert ended == 0, said
    assert "timeout: 120.0s" in said
    assert "timeout method: signal" in said
