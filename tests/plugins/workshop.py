"""Workshop: plug-ins as files on a path: the one of the page, and those a test makes up."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from astrolabnet_gui.command import plugged
from astrolabnet_gui.plugins import loaded

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"
_FILE = re.compile(r"```(?:toml|python)\n# (\S+)\n(.*?)```", re.DOTALL)
_SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def files() -> dict[str, str]:
    """Files the page tells to write, by their paths."""
    return dict(_FILE.findall(PAGE.read_text("utf-8")))


def lines() -> list[str]:
    """Lines the page tells to type."""
    return [line for block in _SHELL.findall(PAGE.read_text("utf-8")) for line in block.splitlines()]


def install_page(folder: Path) -> Path:
    """Write the page's package, pack it, and unpack it into a folder, as an installer does; that folder."""
    for name, text in files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    pack = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    done = [sys.executable, "-c", pack, str(folder)]
    subprocess.run(done, cwd=folder / "astro-night", check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def install(
    site: Path, name: str, code: str, entries: Mapping[str, str], *, api: str = "v1", version: str = "1.0"
) -> Path:
    """A plug-in of one module, with its metadata; the module's file.

    Args:
        entries: group without ``astrolabnet.`` -> name of an object in the module.
    """
    module = site / f"{name.replace('-', '_')}.py"
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    module.write_text(code, encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    points = [f"[astrolabnet.{group}]\nit = {module.stem}:{what}\n" for group, what in entries.items()]
    points += [f"[astrolabnet.api]\n{api} = astrolabnet_gui.api\n"] if api else []
    (info / "entry_points.txt").write_text("".join(points), encoding="utf-8")
    names = (module.name, f"{info.name}/METADATA", f"{info.name}/entry_points.txt", f"{info.name}/RECORD")
    (info / "RECORD").write_text("".join(f"{n},,\n" for n in names), encoding="utf-8")
    return module


@contextmanager
def nothing_stays() -> Iterator[None]:
    """What plug-ins brought into this process is gone afterwards."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in list(plugged.PLUGGED):
            plugged.leave(name)
        loaded._IMPORTED.clear()
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if "/site/" in Path(file).as_posix():
                del sys.modules[name]
