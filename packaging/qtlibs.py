"""The system's libraries that Qt needs: seen by loading what needs them, installed by root, else named for the user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Debian 12 and Ubuntu names; a bare machine has none of them.
OFFSCREEN = "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libgssapi-krb5-2 fonts-dejavu-core"
X11 = (
    "libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 "
    "libxcb-render-util0 libxcb-shape0 libxcb-xkb1"
)
XVFB = "xvfb xauth"

# Loads what the window loads; Qt itself would blame one library whichever is missing, the loader names the right one.
PROBE = """
import ctypes, pathlib, sys
import PySide6
from PySide6 import QtGui, QtSvg, QtWidgets
plugins = pathlib.Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
ctypes.CDLL(str(plugins / "libqoffscreen.so"))
if sys.argv[1] == "x11":
    ctypes.CDLL(str(plugins / "libqxcb.so"))
"""


def ensure(python: Path, *, x11: bool) -> bool:
    """True if Qt can draw (``x11``: in an X window). What is missing root installs; others are told the line."""
    if not sys.platform.startswith("linux"):
        return True
    problem = _problem(python, x11)
    if not problem:
        return True
    packages = f"{OFFSCREEN} {X11}" if x11 else OFFSCREEN
    print(f"Qt lacks libraries of the system: {problem}", flush=True)
    if apt(packages):
        problem = _problem(python, x11)
        if not problem:
            return True
        print(f"Qt still can not start: {problem}", file=sys.stderr)
        return False
    print("On Debian and Ubuntu this line gets them:", file=sys.stderr)
    print(f"    sudo apt-get install {packages}", file=sys.stderr)
    return False


def xvfb(python: Path) -> list[str]:
    """Words to put before a command so that it finds an X display in memory; [] if there is none to be had."""
    if not shutil.which("xvfb-run"):
        apt(f"{XVFB} {X11}")
    if shutil.which("xvfb-run") and not _problem(python, x11=True):
        return ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24"]
    return []


def kerberos() -> bool:
    """True if the tests of logins can run: what Kerberos is compiled with, a KDC and an SSH server; root gets them."""
    wanted = {
        "krb5-config": "libkrb5-dev", "krb5kdc": "krb5-kdc", "kadmin.local": "krb5-admin-server", "kinit": "krb5-user",
        "sshd": "openssh-server", "ssh": "openssh-client", "cc": "gcc libc6-dev",
    }  # fmt: skip
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    lacks = [package for program, package in wanted.items() if not shutil.which(program, path=path)]
    if lacks and sys.platform.startswith("linux"):
        apt(" ".join(lacks))
    return bool(shutil.which("krb5-config") and shutil.which("cc"))


def chromium() -> bool:
    """True if there is a Chromium for the tests of the web page; root gets the one without a window."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    if not any(map(shutil.which, names)) and sys.platform.startswith("linux"):
        apt("chromium-headless-shell")
    return any(map(shutil.which, names))


def apt(packages: str) -> bool:
    """Install Debian packages if this is root on a machine with apt; True if it was done."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages.split()]
    print(f"Installing (apt): {packages}", flush=True)
    if subprocess.call(install, env=environment, stdin=subprocess.DEVNULL) == 0:
        return True
    subprocess.call(["apt-get", "update"], env=environment, stdin=subprocess.DEVNULL)
    return subprocess.call(install, env=environment, stdin=subprocess.DEVNULL) == 0


def _problem(python: Path, x11: bool) -> str:
    """Last line of what the loader says; "" if all is there."""
    said = subprocess.run(
        [str(python), "-c", PROBE, "x11" if x11 else ""], capture_output=True, text=True, timeout=120, check=False
    )
    lines = said.stderr.strip().splitlines()
    return "" if said.returncode == 0 else (lines[-1] if lines else f"exit code {said.returncode}")
