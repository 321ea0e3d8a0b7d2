"""What the program is made of: a bill of materials (CycloneDX), and what is known against it.

    python packaging/supply.py sbom [FILE]
    python packaging/supply.py audit

Runs with the Python of the environment it tells about. Known faults are asked of pip-audit, over the network; without
that or without a network it says so, and that nothing was checked (exit code 3).
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

NOT_CHECKED = 3
_AWAY = ("ConnectionError", "Max retries", "Temporary failure", "Name or service", "timed out", "NewConnectionError")


def components() -> list[dict[str, Any]]:
    """Each installed package once, in the order of names."""
    found = {}
    for package in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", package.metadata["Name"] or "").lower()
        if not name:
            continue
        licence = package.metadata.get("License-Expression") or package.metadata.get("License") or ""
        found[name] = {
            "type": "library", "name": name, "version": package.version,
            "purl": f"pkg:pypi/{name}@{package.version}",
            **({"licenses": [{"license": {"name": licence.splitlines()[0][:100]}}]} if licence.strip() else {}),
        }  # fmt: skip
    return [found[name] for name in sorted(found)]


def sbom() -> str:
    """CycloneDX 1.5 as JSON; the same environment gives the same bytes."""
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components()}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def audit(command: list[str] | None = None) -> int:
    """Ask what is known against the installed packages; 0 nothing, 1 something, 3 nobody could be asked."""
    command = command or [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--skip-editable"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named pip_audit" in said.stderr:
        print("NOT CHECKED: pip-audit is not installed (pip install pip-audit).")
        return NOT_CHECKED
    if said.returncode and any(word in said.stderr for word in _AWAY):
        print("NOT CHECKED: the list of known faults can not be reached from here.")
        return NOT_CHECKED
    print(said.stdout.strip() or said.stderr.strip())
    return 1 if said.returncode else 0


def main(words: list[str]) -> int:
    """Do what the first word says."""
    match words:
        case ["sbom"]:
            print(sbom(), end="")
        case ["sbom", file]:
            Path(file).write_text(sbom(), encoding="utf-8")
        case ["audit"]:
            return audit()
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
