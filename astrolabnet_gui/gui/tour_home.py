"""Home of the tour: a folder of its own, so that the user's workspace, history and island are out of reach."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..settings.paths import paths


@contextmanager
def own_home() -> Iterator[None]:
    """The user's workspace, history and island are out of reach; what is made is deleted."""
    before, jars = os.environ.get("ASTROLABNET_HOME"), paths().cache / "island" / "jars"
    home = tempfile.mkdtemp(prefix="astrolabnet-tour-")
    os.environ["ASTROLABNET_HOME"] = home
    _lend(jars, paths().cache / "island" / "jars")
    try:
        yield
    finally:
        if before is None:
            del os.environ["ASTROLABNET_HOME"]
        else:
            os.environ["ASTROLABNET_HOME"] = before
        shutil.rmtree(home, ignore_errors=True)


def _lend(there: Path, here: Path) -> None:
    """Jars that were fetched once serve each tour; where a folder can not stand for another, they are fetched anew."""
    with suppress(OSError):
        there.mkdir(parents=True, exist_ok=True)
        here.parent.mkdir(parents=True)
        here.symlink_to(there, target_is_directory=True)
