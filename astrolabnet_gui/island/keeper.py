"""Start, find, stop and read the log of an island that runs by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from astrolabnet_gui.errors import AstroLabNetError, BadInput, Missing, Unreachable
from astrolabnet_gui.island import platform, record
from astrolabnet_gui.island.serve import prepare, unwritable

# Exit codes of the island's process, for whoever started it to tell the trouble apart.
FAULTS: dict[int, type[AstroLabNetError]] = {2: BadInput, 3: Missing}
_START_S = 60.0
_STOP_S = 15.0
_ASK_S = 5.0
_LOG_BYTES = 4 * 2**20


class NotRunning(AstroLabNetError):
    """There is no island to speak to."""


def start(state: Path, serve: Sequence[str]) -> record.Record:
    """Start an island unless one runs on this state folder; returns when it has answered its first request.

    Args:
        state: the state folder.
        serve: arguments of the ``serve`` command.

    Raises:
        Missing: the state folder can not be written.
        AstroLabNetError: it did not come up; the words are its own.
    """
    prepare(state)
    known = record.read(state)
    if known is not None:
        _answers(known)
        return known
    log = state / record.LOG
    try:
        _shorten(log)
        begin = log.stat().st_size if log.exists() else 0
        with open(log, "ab") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", "astrolabnet_gui.island", "serve", "--state", str(state), *serve],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=state,
                **platform.detached(),
            )
    except OSError as error:
        raise unwritable(state, error) from error
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        known = record.read(state)
        if known is not None and _first_answer(known):
            return known
        if child.poll() is not None:
            known = record.read(state)  # two starts at once: the other one won
            if known is not None and _first_answer(known):
                return known
            raise FAULTS.get(child.returncode, AstroLabNetError)(_last_words(log, begin))
        time.sleep(0.05)
    platform.kill_all(platform.tree_of(child.pid), patience_s=3.0)
    raise Unreachable(f"The island did not come up within {_START_S:.0f} s.", remedy=f"Its log is {log}.")


def stop(state: Path) -> bool:
    """End the island; True when one was running. Returns when it is gone."""
    known = record.read(state)
    if known is None:
        record.forget(state)
        return False
    tree = platform.tree_of(known.pid)
    platform.ask_to_end(known.pid)
    end = time.monotonic() + _STOP_S
    while platform.same_process(known.pid, known.born_s):
        if time.monotonic() > end:
            platform.kill_all(tree)
            break
        time.sleep(0.05)
    record.forget(state)
    return True


def status(state: Path) -> dict[str, object]:
    """What runs, and how it is: the record and the island's own gauges.

    Raises:
        NotRunning: nothing runs.
        Unreachable: the process is there, but does not answer.
    """
    known = record.read(state)
    if known is None:
        raise NotRunning("No island is running.", remedy="Start one: astrolabnet island start.")
    said = _ask(known, "/metrics/metrics")
    gauges = json.loads(said).get("gauges", {})
    about: dict[str, object] = json.loads(known.line())
    return about | {key.removeprefix("island."): gauge["value"] for key, gauge in gauges.items()}


def lines(state: Path, *, follow: bool, wait: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """The log from its beginning, then with ``follow`` what comes, until the island ends.

    Raises:
        NotRunning: there is no log.
    """
    try:
        file = (state / record.LOG).open(encoding="utf-8", errors="replace")
    except OSError:
        raise NotRunning("There is no log: no island was ever started here.") from None
    with file:
        while True:
            while line := file.readline():
                yield line.rstrip("\n")
            if not follow or record.read(state) is None:
                return
            wait(0.3)


def _answers(known: record.Record) -> None:
    _ask(known, "/version")


def _first_answer(known: record.Record) -> bool:
    try:
        _ask(known, "/version")
    except Unreachable:
        return False
    return True


def _ask(known: record.Record, path: str) -> str:
    headers = {"X-Requested-By": "astrolabnet"}
    if known.token_file:
        try:
            headers["Authorization"] = f"Bearer {Path(known.token_file).read_text(encoding='utf-8').strip()}"
        except OSError as error:
            raise Unreachable(f"The island's token can not be read: {error.strerror}.") from error
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(known.url + path, headers=headers), timeout=_ASK_S) as answer:
            text: str = answer.read().decode("utf-8", "replace")
            return text
    except (OSError, urllib.error.URLError) as error:
        raise Unreachable(f"The island at {known.url} does not answer: {error}.") from error


def _last_words(log: Path, begin: int) -> str:
    """What a child that ended at once has said in its log since ``begin``."""
    try:
        with open(log, "rb") as file:
            file.seek(begin)
            said = file.read(65536).decode("utf-8", "replace").strip()
    except OSError as error:
        return f"The island ended at once; its log can not be read: {error.strerror}."
    return said.splitlines()[-1] if said else "The island ended at once and said nothing."


def _shorten(log: Path) -> None:
    """Let a log of many runs not grow for ever."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
