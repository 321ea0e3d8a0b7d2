"""The environment of a checkout: ``.venv``, made once, mended when the list of packages changes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Measured on Linux with Python 3.11; said before the first download, pip shows the progress of each file.
DOWNLOAD_MB = {"": 130, "island": 460, "kafka": 10, "astro": 15, "notebook": 10, "kerberos": 2, "dev": 40}


def lock_file(name: str = "") -> Path:
    """Lock of this platform and Python, ``name``: of an extra that not every machine can install. It need not exist."""
    here = f"{sysconfig.get_platform()}-{sys.version_info[0]}.{sys.version_info[1]}"
    return Path(__file__).parent / "lock" / f"{here}{name and '-'}{name}.txt"


def locks(extras: tuple[str, ...]) -> list[Path]:
    """Lock files these extras are installed by: in CI, where there is one for this machine; else none.

    Whoever gives pip a folder in place of the network has chosen the packages himself.
    """
    if os.environ.get("CI") != "true" or os.environ.get("PIP_NO_INDEX") or not lock_file().is_file():
        return []
    return [lock_file(), *(f for extra in extras if (f := lock_file(extra)).is_file())]


class Failed(Exception):
    """What went wrong and what to do about it, for a person."""


def python_of(folder: Path) -> Path:
    """The environment's Python."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def ensure(root: Path, extras: tuple[str, ...]) -> Path:
    """Python of ``root/.venv`` with the program and ``extras`` installed; makes or mends it if it must.

    Raises:
        Failed: it could not be made.
    """
    folder = root / ".venv"
    stamp = _Stamp(root, folder)
    if stamp.read() >= set(extras):
        return python_of(folder)
    try:
        with _alone(root / ".venv.lock"):
            have = stamp.read()  # another command may have done it while this one waited
            if not have >= set(extras):
                _install(root, folder, tuple(sorted(have | set(extras))))
                stamp.write(have | set(extras))
    except OSError as exc:
        raise Failed(f"The environment {folder} could not be written: {exc}") from exc
    return python_of(folder)


class _Stamp:
    """Note in the environment: which extras of which list of packages were installed, for which place and Python."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self._folder = root, folder
        self._file = folder / "astrolabnet-installed.json"

    def _key(self) -> str:
        """Digest of all that makes an installation another one."""
        with (self._root / "pyproject.toml").open("rb") as file:
            asked = tomllib.load(file)
        project = {k: asked["project"].get(k) for k in ("dependencies", "optional-dependencies", "scripts")}
        python = (self._folder / "pyvenv.cfg").read_text(encoding="utf-8")
        said = json.dumps([project, asked["build-system"], str(self._root), python], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    @staticmethod
    def _lock(extras: list[str]) -> str:
        """Digest of the locks that hold; "" without one."""
        found = locks(tuple(extras))
        return hashlib.sha256(b"".join(file.read_bytes() for file in found)).hexdigest() if found else ""

    def read(self) -> set[str]:
        """Extras that are installed; empty if nothing is, or something else."""
        try:
            noted = json.loads(self._file.read_text(encoding="utf-8"))
            # Whoever has installed without a lock is not made to do it again, maybe without a network.
            locked = {noted.get("lock", ""), self._lock(noted["extras"]), ""}
            return set(noted["extras"]) if noted["for"] == self._key() and len(locked) <= 2 else set()
        except (OSError, ValueError, KeyError):
            return set()

    def write(self, extras: set[str]) -> None:
        """Note ``extras``."""
        part = self._file.with_suffix(".part")
        lock = self._lock(sorted(extras))
        told = {"for": self._key(), "extras": sorted(extras), **({"lock": lock} if lock else {})}
        part.write_text(json.dumps(told), encoding="utf-8")
        os.replace(part, self._file)


def _install(root: Path, folder: Path, extras: tuple[str, ...]) -> None:
    python = python_of(folder)
    if not _works(python):
        if folder.exists():
            print(f"The environment {folder} does not work (its Python is gone?); making it anew.")
            shutil.rmtree(folder)
        print(f"Making the environment {folder} with Python {sys.version.split()[0]} ...", flush=True)
        venv.create(folder, with_pip=True)
    most = DOWNLOAD_MB[""] + sum(DOWNLOAD_MB.get(extra, 0) for extra in extras)
    print(
        f"Installing ({', '.join(extras)}): at most {most} MB to download the first time, less when pip has kept some."
    )
    started = time.monotonic()
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--prefer-binary"]
    chosen = locks(extras)
    if chosen:
        print(f"By the lock, each file by its hash: {', '.join(file.name for file in chosen)}")
        named = [word for file in chosen for word in ("--requirement", str(file))]
        _pip([*pip, "--no-deps", "--require-hashes", *named], "Is the lock old? python packaging/supply.py lock")
        _pip([*pip, "--no-deps", "--no-build-isolation", "--editable", str(root)], "")
        _pip([str(python), "-m", "pip", "check"], "Does the lock fit? python packaging/supply.py lock")
    else:
        _pip([*pip, "--editable", f"{root}[{','.join(extras)}]"], "")
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)


def _pip(command: list[str], hint: str) -> None:
    if subprocess.call(command) != 0:
        raise Failed(
            f"The packages could not be installed; the lines above say which one and why. {hint}\n"
            "Without a network: pip can take them from a folder (PIP_FIND_LINKS, PIP_NO_INDEX). A proxy: HTTPS_PROXY."
        )


def _works(python: Path) -> bool:
    """True if the environment's own Python starts, is new enough and has pip."""
    try:
        said = subprocess.run(
            [str(python), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"],
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return said.returncode == 0


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Only one process at a time installs; the system frees the lock when its holder dies."""
    with lock.open("a+b") as file:
        if not _take(file, wait=False):
            print("Another command is installing; waiting for it ...", flush=True)
            _take(file, wait=True)
        yield


def _take(file: Any, wait: bool) -> bool:
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
                time.sleep(0.5)
            else:
                return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
