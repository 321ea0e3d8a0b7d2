"""What the program is made of is told; what is in the wheel is meant to be there; two builds are one and the same."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUPPLY = ROOT / "packaging" / "supply.py"


def built(folder: Path) -> Path:
    """The wheel of this checkout."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=100, env=environment)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_two_builds_are_the_same_and_hold_only_what_they_should(tmp_path: Path) -> None:
    one, two = built(tmp_path / "1"), built(tmp_path / "2")
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(two.read_bytes()).digest()
    with zipfile.ZipFile(one) as wheel:
        names = wheel.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"astrolabnet_gui"}
    wrong = [n for n in names if "__pycache__" in n or n.endswith((".pyc", ".pem", ".key", ".sqlite", ".log", ".env"))]
    assert wrong == []
    assert any(n.endswith("licenses/LICENSE") for n in names)


def supply(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SUPPLY), *words], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_bill_of_materials_is_whole_and_always_the_same(tmp_path: Path) -> None:
    assert supply("sbom", str(tmp_path / "a.json")).returncode == 0
    first = (tmp_path / "a.json").read_text()
    assert supply("sbom").stdout == first
    told = json.loads(first)
    names = {one["name"] for one in told["components"]}
    assert told["bomFormat"] == "CycloneDX"
    assert {"httpx", "pydantic", "pyside6-essentials", "keyring", "apsw"} <= names
    assert all(one["version"] and one["purl"].startswith("pkg:pypi/") for one in told["components"])


@pytest.mark.parametrize(
    ("says", "code", "words"),
    [
        ("import sys; sys.exit('No module named pip_audit')", 3, "NOT CHECKED: pip-audit is not installed"),
        ("import sys; sys.exit('ConnectionError: Max retries')", 3, "NOT CHECKED: the list"),
        ("print('Found 1 known vulnerability'); raise SystemExit(1)", 1, "Found 1"),
        ("print('No known vulnerabilities found')", 0, "No known"),
    ],
)
def test_an_audit_says_clearly_whether_anything_was_checked(says: str, code: int, words: str) -> None:
    command = [sys.executable, "-c", says]
    ask = f"import sys; sys.path.insert(0, {str(SUPPLY.parent)!r}); import supply; sys.exit(supply.audit({command!r}))"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == code, said.stderr
    assert words in said.stdout
