"""Starts the program, its checks or its benches from a checkout; runs with any Python >= 3.11, needs nothing installed.

    python packaging/launch.py run|test|bench [options]

``packaging/run``, ``packaging/test`` and ``packaging/bench`` are this for machines with a POSIX shell.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import checks
import install
import qtlibs

ROOT = Path(__file__).resolve().parent.parent


def has_display() -> bool:
    """True where a window can be opened."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"))


def run(options: list[str]) -> int:
    """Install, then open the window; without a display take the tour."""
    python = install.ensure(ROOT, extras=("island",))
    touring = "--tour" in options
    with_display = has_display()
    if not qtlibs.ensure(python, x11=with_display):
        return 2
    if not options and not with_display:
        print("There is no display here, so the tour is taken: a real window, drawn off screen, does the main job.")
        options, touring = ["--tour", "tour/"], True
    if not options:
        options = ["--start-island"]
    command = [str(python), "-P", "-m", "astrolabnet_gui", *options]
    environment = dict(os.environ)
    # The installed environment finds the checkout wherever it was started; a tour's pictures go where the user stands.
    if touring and not with_display:
        xvfb = qtlibs.xvfb(python)
        command = [*xvfb, *command]
        environment["QT_QPA_PLATFORM"] = "xcb" if xvfb else "offscreen"
    sys.stdout.flush()
    return subprocess.call(command, env=environment)


def bench(names: list[str]) -> int:
    """Run the benches, one after the other; they print what they measured. ``--soak``: the long forms of the promises
    of RELIABILITY.md in their place, an hour or more; names choose some. ``--pictures FOLDER``: the window's scenes as
    pictures."""
    python = install.ensure(ROOT, extras=("island", "dev"))
    if "--soak" in names:
        words = [name for name in names if name != "--soak"]
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
        return subprocess.call([str(python), "-m", "tests.bench._soak", *words], cwd=ROOT, env=environment)
    if "--pictures" in names:
        words = [name for name in names if name != "--pictures"] or ["pictures"]
        words[0] = str(Path(words[0]).resolve())
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
        return subprocess.call([str(python), "-m", "tests.gui.shots", *words], cwd=ROOT, env=environment)
    files = sorted(p for p in (ROOT / "tests" / "bench").glob("*.py") if not p.name.startswith(("_", "conftest")))
    chosen = [p for p in files if not names or p.stem in names]
    if not chosen:
        print(f"no such bench; there are: {', '.join(p.stem for p in files) or 'none yet'}")
        return 2
    worst = 0
    for file in chosen:
        print(f"== {file.stem}", flush=True)
        worst = max(worst, subprocess.call([str(python), "-m", f"tests.bench.{file.stem}"], cwd=ROOT))
    return worst


def main(argv: list[str]) -> int:
    """Do what the first word says."""
    verbs = {"run": run, "test": lambda options: checks.main(ROOT, options), "bench": bench}
    if not argv or argv[0] not in verbs:
        print(__doc__)
        return 2
    try:
        return verbs[argv[0]](argv[1:])
    except install.Failed as failed:
        print(failed, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
