"""Words, verbs, options, choices and addresses are completed, in a real shell too, and no server is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from astrolabnet_gui.cli.completion import candidates, remember, script
from astrolabnet_gui.journal.past import Past
from astrolabnet_gui.model.told import key_text, tell
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from astrolabnet_gui.settings.paths import paths

from .fakes import server, session, task


def test_words_verbs_options_and_choices() -> None:
    assert candidates([], "se") == ["send", "servers", "sessions"]
    assert candidates(["sessions"], "cl") == ["clean", "close", "closeall"]
    assert {"list", "new"} <= set(candidates(["session"], ""))
    assert candidates(["sessions", "new"], "--driver-m") == ["--driver-memory"]
    assert candidates(["session.new", "lal", "--kind"], "py") == ["pyspark"]
    assert candidates(["island"], "sta") == ["start", "status"]
    assert candidates(["tasks", "list"], "--w") == ["--watch"]
    assert candidates(["nonsense"], "") == []


def test_addresses_are_those_last_seen_and_those_of_the_open_window() -> None:
    store = Store()
    store.apply(Delta("u-lal", (), (server("lal"), session(), task("done")), ()))
    remember(store)
    assert candidates(["show"], "lal/") == ["lal/sessions/3", "lal/sessions/3/statements/7"]
    assert candidates(["sessions", "close"], "") == ["lal/sessions/3"]
    assert candidates(["send"], "") == ["lal", "lal/sessions/3"]
    past = Past(paths().past)
    past.add(time.time() - 1, {key_text(thing.key): tell(thing) for thing in (server("far"),)})
    past.close()
    assert candidates(["sessions", "new"], "") == ["far", "lal"]


def test_what_a_shell_would_take_for_a_command_is_not_kept() -> None:
    store = Store()
    store.apply(Delta("u-a b;$(x)", (), (server("a b;$(x)"),), ()))
    remember(store)
    assert candidates(["show"], "") == ["a%20b%3B%24%28x%29"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="platform: there is no bash")
def test_bash_completes_an_address(tmp_path: Path) -> None:
    store = Store()
    store.apply(Delta("u-lal", (), (server("lal"), session()), ()))
    remember(store)
    program = tmp_path / "astrolabnet"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m astrolabnet_gui "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    lines = f"{script('bash')}\nCOMP_WORDS=(astrolabnet sessions close lal/); COMP_CWORD=3; _astrolabnet\n"
    said = subprocess.run(
        ["bash", "--norc", "-c", f'{lines}echo "${{COMPREPLY[@]}}"'],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert said.stdout == "lal/sessions/3\n", said.stderr
