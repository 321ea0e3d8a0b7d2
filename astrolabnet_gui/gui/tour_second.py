"""Second server of the tour: another island with a state folder of its own, taken in by its address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from ..model.key import Key
from ..network.link import RunEvent
from .desk import Desk

ALIAS = "second"
_PROGRAM = (sys.executable, "-P", "-m", "astrolabnet_gui.island")


class Guide(Protocol):
    """Who leads the tour."""

    desk: Desk

    def do(self, command: str, key: Key | None, params: dict[str, Any]) -> RunEvent:
        """Run a command to its good end; its last word."""

    def until(self, what: str, so: Callable[[], bool]) -> None:
        """Let the window live until it is so."""


@contextmanager
def second_server(guide: Guide) -> Iterator[Key]:
    """Key of a server that answers; at the end it is out of the workspace, and stopped."""
    with tempfile.TemporaryDirectory(prefix="astrolabnet-second-") as folder:
        state = ("--state", str(Path(folder) / "island"))
        words = ("start", "--json", "--exit-with-parent", "--no-spare", "--no-archive", *state)
        with subprocess.Popen([*_PROGRAM, *words], stdout=subprocess.PIPE, text=True, env=_env(folder)) as process:
            guide.until("a second island starts", lambda: process.poll() is not None)
            said = process.communicate()[0]
        about = json.loads(said.strip().splitlines()[-1])
        try:
            login = {"login": "bearer", "secret": f"file:{about['token_file']}"}
            added = guide.do("server.add", None, {"alias": ALIAS, "url": about["url"], **login})
            key = added.focus
            assert key is not None
            guide.until(
                "the second server answers", lambda: (t := guide.desk.thing(key)) is not None and t.state == "up"
            )
            yield key
            guide.do("server.remove", key, {"sure": True})
        finally:
            subprocess.run([*_PROGRAM, "stop", *state], env=_env(folder), capture_output=True, check=False)


def _env(folder: str) -> dict[str, str]:
    """Its tables lie in its own folder."""
    return {**os.environ, "ASTROLABNET_HOME": folder}
