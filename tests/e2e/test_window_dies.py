"""S4: a window is killed while a channel flows; another one, in another home, finds it, pauses it and lets it go on."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

from astrolabnet_gui.command.house import House
from astrolabnet_gui.settings.paths import Paths
from tests.channels.runs import SCHEMA, drop
from tests.e2e.archipelago import LYON, server_of
from tests.island_fixture import ROOT, RunningIsland, start_island, stop_island

pytestmark = [pytest.mark.island, pytest.mark.timeout(420)]
Row = dict[str, Any]


class Window:
    """One window and what it shows, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line)
        self._said.put("")

    def until(self, so: Callable[[Row], bool], within_s: float = 150.0) -> Row:
        """The one wire it shows, once it is so."""
        shown, ends = "nothing", time.monotonic() + within_s
        while True:
            try:
                line = self._said.get(timeout=max(0.01, ends - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"in {within_s} s it showed, last: {shown}") from None
            assert line, f"the window ended; it showed {shown}"
            shown = line
            rows: list[Row] = json.loads(line)
            if len(rows) == 1 and so(rows[0]):
                return rows[0]

    def do(self, command: str, on: str, **params: Any) -> None:
        """Tell it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"command": command, "on": on, "params": params}) + "\n")
        self.process.stdin.flush()


@contextmanager
def window(home: Path, island: RunningIsland) -> Iterator[Window]:
    """A window with a home of its own, killed with -9 at the end of the block."""
    house = House(Paths(home / "config", home / "data", home / "state", home / "cache"))
    house.workspace.save_server(server_of(LYON, island))
    house.trusted.meet(server_of(LYON, island))
    house.close()
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "preferences.toml").write_text("[island]\nstart_with_window = false\n")
    env = os.environ | {"ASTROLABNET_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.mortal_wires"], cwd=ROOT, env=env, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield Window(process)
        finally:
            process.send_signal(signal.SIGKILL)


def ids(folder: Path) -> list[int]:
    return sorted(
        n for part in folder.glob("aln_batch=*/*.parquet") for n in parquet.read_table(part)["id"].to_pylist()
    )


def test_a_killed_window_takes_nothing_with_it(tmp_path: Path) -> None:
    island = start_island(tmp_path / "island", "--no-spare", "--no-archive", "--conf=spark.master=local[1]")
    try:
        source, to = tmp_path / "drop", tmp_path / "arrived"
        for number in range(3):
            drop(source, number)
        with window(tmp_path / "here", island) as first:
            first.do("channel.new", "server", title="Night", format="json", place=source.as_uri(), to=to.as_uri(),
                     schema_ddl=SCHEMA, every_s=1)  # fmt: skip
            first.until(lambda wire: wire["state"] == "flowing" and wire["rows"] == 30)
        drop(source, 3)
        with window(tmp_path / "elsewhere", island) as second:
            # by itself: nobody asked it to look for channels
            found = second.until(lambda wire: wire["rows"] == 40)
            assert found == {"title": "Night", "state": "flowing", "rows": 40, "lag_s": found["lag_s"], "old": False}
            assert found["lag_s"] in (None, 0)
            second.do("channel.pause", "channel")
            second.until(lambda wire: wire["state"] == "paused")
            drop(source, 4)
            second.do("channel.start", "channel")
            second.until(lambda wire: wire["state"] == "flowing" and wire["rows"] == 50)
            second.do("channel.pause", "channel")
            second.until(lambda wire: wire["state"] == "paused")
        assert ids(to) == list(range(50)), "nothing lost, nothing twice"
        with window(tmp_path / "elsewhere", island) as again:
            shown = again.until(lambda wire: wire["state"] == "paused")
            assert (shown["title"], shown["rows"], shown["old"]) == ("Night", 50, False)
    finally:
        stop_island(island, tmp_path / "island")
