"""resource(*path): the one way to an icon, a template, a help page, a theme."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
# In a wheel the folder lies inside the package (hatchling force-include), in a checkout beside it.
_ROOT = _HERE / "_resources" if (_HERE / "_resources").is_dir() else _HERE.parent / "resources"


def resource(*path: str) -> Path:
    """Path of a file or folder in ``resources/``.

    Raises:
        FileNotFoundError: there is no such file, or the path leaves the folder.
    """
    found = _ROOT.joinpath(*path)
    if not found.resolve().is_relative_to(_ROOT.resolve()) or not found.exists():
        raise FileNotFoundError(f"no resource {'/'.join(path)}")
    return found
