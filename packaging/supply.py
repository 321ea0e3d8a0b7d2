"""What the program is made of: a bill of materials (CycloneDX), what is known against it, and the lock of CI.

    python packaging/supply.py sbom [FILE]
    python packaging/supply.py audit
    python packaging/supply.py lock     # anew, from this environment's versions, by pip: about two minutes

Runs with the Python of the environment it tells about. Known faults are asked of pip-audit, over the network; without
that or without a network it says so, and that nothing was checked (exit code 3).
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from install import lock_file

ROOT = Path(__file__).resolve().parent.parent
NOT_CHECKED = 3
# What CI installs, and what it installs beside where Kerberos can be compiled. "editables" is asked for by the builder.
LOCKED = {"": ("island", "kafka", "astro", "web", "notebook", "dev"), "kerberos": ("kerberos",)}
_BUILDER = "editables>=0.3"
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
    pip_audit = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--skip-editable", "--format", "json"]
    said = subprocess.run(command or pip_audit, capture_output=True, text=True, check=False)
    if "No module named pip_audit" in said.stderr:
        print("NOT CHECKED: pip-audit is not installed (pip install pip-audit).")
        return NOT_CHECKED
    if said.returncode and any(word in said.stderr for word in _AWAY):
        print("NOT CHECKED: the list of known faults can not be reached from here.")
        return NOT_CHECKED
    try:
        packages = json.loads(said.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"NOT CHECKED: pip-audit failed. {said.stderr.strip()[-1000:]}")
        return NOT_CHECKED
    # A registry that knows no faults (a mirror) makes pip-audit skip a package and still say that all is well.
    asked = [one for one in packages if "skip_reason" not in one]
    faulty = [(one, fault) for one in asked for fault in one.get("vulns", ())]
    for one, fault in faulty:
        print(f"{one['name']} {one['version']}: {fault['id']}, fixed in {', '.join(fault['fix_versions']) or '?'}")
    print(f"{'' if asked else 'NOT CHECKED: '}{len(asked)} of {len(packages)} packages could be asked about.")
    return 1 if faulty else 0 if asked else NOT_CHECKED


def lock() -> None:
    """Write the lock files of this platform and Python: each package CI installs, its version here, its sha256.

    Raises:
        subprocess.CalledProcessError: pip could not resolve or reach them.
    """
    extras: tuple[str, ...] = ()
    before: dict[str, str] = {}
    for name, more in LOCKED.items():
        extras += more
        lines = _resolved(extras)
        file = lock_file(name)
        file.parent.mkdir(exist_ok=True)
        told = "".join(line for package, line in lines.items() if package not in before)
        file.write_text(f"# Written by `python packaging/supply.py lock`. Extras: {', '.join(more)}.\n{told}", "utf-8")
        before |= lines


def _resolved(extras: tuple[str, ...]) -> dict[str, str]:
    """A line of requirements for each package, by its name."""
    pinned = "".join(f"{one['name']}=={one['version']}\n" for one in components() if one["name"] != "astrolabnet-gui")
    with tempfile.TemporaryDirectory() as work:
        versions, report = Path(work) / "versions.txt", Path(work) / "report.json"
        versions.write_text(pinned, encoding="utf-8")
        pip = [
            sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--prefer-binary",
            "--report", str(report), "--constraint", str(versions), f"{ROOT}[{','.join(extras)}]", _BUILDER,
        ]  # fmt: skip
        subprocess.run(pip, check=True)
        found = json.loads(report.read_text("utf-8"))["install"]
    lines = {}
    for one in found:
        name = re.sub(r"[-_.]+", "-", one["metadata"]["name"]).lower()
        if name != "astrolabnet-gui":
            sha256 = one["download_info"]["archive_info"]["hashes"]["sha256"]
            lines[name] = f"{name}=={one['metadata']['version']} --hash=sha256:{sha256}\n"
    return dict(sorted(lines.items()))


def main(words: list[str]) -> int:
    """Do what the first word says."""
    match words:
        case ["sbom"]:
            print(sbom(), end="")
        case ["sbom", file]:
            Path(file).write_text(sbom(), encoding="utf-8")
        case ["audit"]:
            return audit()
        case ["lock"]:
            lock()
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
