"""What the program is made of is told; what is in the wheel is meant to be there; two builds are one and the same."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
INSTALLED = ("island", "kafka", "astro", "web", "notebook", "dev")
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


WELL: dict[str, Any] = {"name": "a", "version": "1", "vulns": []}
SKIPPED: dict[str, Any] = {"name": "c", "skip_reason": "could not be audited"}
FAULTY: dict[str, Any] = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}


def told(*packages: dict[str, Any]) -> str:
    """A program that says what pip-audit would say of these."""
    return f"print({json.dumps({'dependencies': packages})!r})"


@pytest.mark.parametrize(
    ("says", "code", "words"),
    [
        ("import sys; sys.exit('No module named pip_audit')", 3, "NOT CHECKED: pip-audit is not installed"),
        ("import sys; sys.exit('ConnectionError: Max retries')", 3, "NOT CHECKED: the list"),
        ("print('rubbish')", 3, "NOT CHECKED: pip-audit failed"),
        (told(WELL, SKIPPED), 0, "1 of 2 packages could be asked about"),
        (told(SKIPPED, SKIPPED), 3, "NOT CHECKED: 0 of 2"),
        (told(WELL, FAULTY), 1, "b 2: CVE-1, fixed in 3"),
    ],
)
def test_an_audit_says_clearly_whether_anything_was_checked(says: str, code: int, words: str) -> None:
    command = [sys.executable, "-c", says]
    ask = f"import sys; sys.path.insert(0, {str(SUPPLY.parent)!r}); import supply; sys.exit(supply.audit({command!r}))"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == code, said.stderr
    assert words in said.stdout


def test_the_lock_holds_every_package_by_version_and_hash_and_names_no_host() -> None:
    files = sorted((ROOT / "packaging" / "lock").glob("*.txt"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) > 100
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==\S+ --hash=sha256:[0-9a-f]{64}", line)] == []
    assert not any("//" in file.read_text("utf-8") for file in files)
    locked = {name: version for name, version in (line.split(" ")[0].split("==") for line in lines)}
    assert len(locked) == len(lines), "no package twice"


def test_the_lock_is_one_that_pyproject_allows() -> None:
    """Whoever adds a package or moves a range renews it: python packaging/supply.py lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for file in (ROOT / "packaging" / "lock").glob("*[0-9].txt"):
        locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", file.read_text("utf-8"), re.M))
        python = {"python_version": file.stem.rpartition("-")[2]}
        asked = [*project["dependencies"], *(one for name in INSTALLED for one in extras[name])]
        for requirement in map(Requirement, asked):
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if requirement.marker is None or requirement.marker.evaluate(python):
                assert locked.get(name), f"{name} is not in {file.name}"
                assert locked[name] in requirement.specifier, f"{name} of {file.name}"
