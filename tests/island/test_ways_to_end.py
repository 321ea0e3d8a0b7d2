"""No process is left, whatever ends; a second island never starts; each trouble is one clear line.

The islands here are real processes, but most of them have no session: they start in a second.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from astrolabnet_gui.island import platform, record
from tests.island_fixture import ROOT, RunningIsland, island_command, start_island, stop_island, wait_until

QUIET = ("--no-spare", "--no-archive")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def quiet(home: Path) -> Iterator[RunningIsland]:
    """An island without any session."""
    running = start_island(home, *QUIET)
    yield running
    stop_island(running, home)


def test_start_tells_all_in_one_line_and_the_token_is_private(quiet: RunningIsland) -> None:
    assert {"url", "token_file", "pid", "spark", "java", "python"} <= quiet.about.keys()
    assert quiet.about["spark"].startswith("3.5.")
    assert len(quiet.token) == 64
    for name in (record.TOKEN, record.RECORD):
        assert stat.S_IMODE((quiet.state / name).stat().st_mode) == 0o600
    assert quiet.get("/sessions") == {"from": 0, "total": 0, "sessions": []}
    assert quiet.token not in (quiet.state / record.LOG).read_text()
    assert quiet.token not in " ".join(psutil.Process(quiet.pid).cmdline())


def test_no_command_prints_the_token(home: Path) -> None:
    def said(*words: str) -> str:
        told = island_command(*words, state=home / "island", home=home)
        assert told.returncode == 0, told.stderr
        assert told.stdout
        return told.stdout + told.stderr

    try:
        begun = said("start", "--json", "--exit-with-parent", *QUIET)
        token = (home / "island" / record.TOKEN).read_text().strip()
        found = said("start")
        asked = [said("status"), said("status", "--json"), said("logs")]
    finally:
        ended = said("stop")
    assert len(token) == 64
    assert json.loads(begun)["token_file"] == str(home / "island" / record.TOKEN)
    assert token not in "".join([begun, found, *asked, ended])


def test_it_listens_on_the_loopback_only(quiet: RunningIsland) -> None:
    listening = [c.laddr.ip for c in psutil.Process(quiet.pid).net_connections() if c.status == "LISTEN"]
    assert listening == ["127.0.0.1"]


def test_a_second_start_finds_the_first(quiet: RunningIsland, home: Path) -> None:
    again = island_command("start", "--json", *QUIET, state=quiet.state, home=home)
    assert json.loads(again.stdout)["pid"] == quiet.pid
    served = island_command("serve", *QUIET, state=quiet.state, home=home)
    assert served.returncode == 1
    assert "already runs" in served.stderr
    assert quiet.get("/version")["version"]


def test_status_and_logs(quiet: RunningIsland, home: Path) -> None:
    said = json.loads(island_command("status", "--json", state=quiet.state, home=home).stdout)
    assert (said["pid"], said["sessions.active"]) == (quiet.pid, 0)
    assert said["memory.used_bytes"] == 0
    assert "island on port" in island_command("logs", state=quiet.state, home=home).stdout


def test_stop_leaves_nothing_but_the_log_and_the_port_stays(home: Path) -> None:
    first = start_island(home, *QUIET)
    assert "has ended" in island_command("stop", state=first.state, home=home).stdout
    assert not platform.is_alive(first.pid)
    assert sorted(p.name for p in first.state.iterdir()) == ["island.lock", "island.log", "port"]
    assert "island ended" in (first.state / record.LOG).read_text()
    assert "No island was running" in island_command("stop", state=first.state, home=home).stdout
    told = island_command("status", state=first.state, home=home)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    second = start_island(home, *QUIET)
    try:
        assert second.url == first.url
        assert second.token != first.token
    finally:
        stop_island(second, home)


def test_an_old_state_file_does_not_deceive(home: Path) -> None:
    killed = start_island(home, *QUIET)
    os.kill(killed.pid, signal.SIGKILL)
    wait_until(lambda: not platform.is_alive(killed.pid))
    assert record.read(killed.state) is None
    # The same pid, but another process: ours.
    about = json.loads((killed.state / record.RECORD).read_text()) | {"pid": os.getpid()}
    (killed.state / record.RECORD).write_text(json.dumps(about))
    assert record.read(killed.state) is None
    again = start_island(home, *QUIET)
    stop_island(again, home)
    assert again.pid != killed.pid


def test_it_ends_with_the_program_that_started_it(home: Path) -> None:
    state = home / "island"
    command = [sys.executable, "-m", "astrolabnet_gui.island", "start", "--json", "--exit-with-parent", *QUIET]
    script = f"import subprocess, sys; subprocess.run({[*command, '--state', str(state)]!r}); sys.stdin.read()"
    env = os.environ | {"HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as parent:
        assert parent.stdout is not None
        about = json.loads(parent.stdout.readline())
        assert platform.is_alive(about["pid"])
        parent.kill()
    wait_until(lambda: not platform.is_alive(about["pid"]), 10.0)


def test_a_taken_port_is_one_clear_line(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = island_command("start", "--json", f"--port={port}", *QUIET, state=home / "island", home=home)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith(f"Port {port} can not be used: Address already in use.")
    assert told.stderr.count("\n") == 1


def test_no_java_is_one_clear_line(home: Path) -> None:
    told = island_command("start", f"--java-home={home}", *QUIET, state=home / "island", home=home)
    assert told.returncode == 3
    assert told.stderr.startswith("The configured Java in")
    assert "pip install" in told.stderr
    assert told.stderr.count("\n") == 1


def test_a_state_folder_that_can_not_be_written_is_one_clear_line(home: Path) -> None:
    (home / "file").write_text("in the way")
    told = island_command("start", *QUIET, state=home / "file" / "island", home=home)
    assert told.returncode == 3
    assert "can not write to" in told.stderr
    assert told.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="platform: /dev/full is Linux's disk that is always full")
def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from astrolabnet_gui.errors import Missing
    from astrolabnet_gui.island import serve

    def full(*_: object) -> None:
        with open("/dev/full", "w") as disk:
            disk.write("x")
            disk.flush()

    monkeypatch.setattr(platform, "write_private", full)
    with pytest.raises(Missing, match="No space left on device"):
        serve.prepare(tmp_path)


@pytest.mark.parametrize("words", [["nonsense"], ["start", "--port=x"], ["start", "--conf=nonsense"], []])
def test_bad_words_end_with_code_2(home: Path, words: list[str]) -> None:
    command = [sys.executable, "-m", "astrolabnet_gui.island", *words]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 2
    assert "usage: astrolabnet island" in told.stderr
