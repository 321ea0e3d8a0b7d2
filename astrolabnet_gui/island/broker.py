"""Broker: a small Kafka of one's own, for trying things: one Java on loopback, no logins, ended with who runs it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from astrolabnet_gui.errors import Missing

from . import jars, platform
from .jre import choose
from .options import cache_folder

_START_S = 90.0
_ENDS_S = 10.0
_CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"


def run(said: Callable[[str], None]) -> None:
    """Be one until standard input ends; ``said`` hears its address once it answers. What it was told is gone then.

    Raises:
        Missing: its jars can not be had, or it does not start.
    """
    path = os.pathsep.join(map(str, jars.jars(cache_folder() / "jars", "broker", jars.BROKER, whole=True)))
    folder = Path(tempfile.mkdtemp(prefix="astrolabnet-broker-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        port, inner = _free(), _free()
        (folder / "server.properties").write_text(_PROPERTIES.format(port=port, inner=inner, data=folder / "data"))
        java = [str(choose().java), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path]
        with (folder / "out.txt").open("wb") as out:
            subprocess.run(
                [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(folder / "server.properties")],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, check=False, timeout=_START_S,
            )  # fmt: skip
            process = _started([*java, "kafka.Kafka", str(folder / "server.properties")], out)
        _await(process, port, folder / "out.txt")
        said(f"127.0.0.1:{port}")
        _until_nobody_listens(process)
    finally:
        if process is not None:
            process.terminate()
            try:
                process.wait(_ENDS_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _started(command: list[str], out: IO[bytes]) -> subprocess.Popen[bytes]:
    own = platform.dies_with_us()
    made: subprocess.Popen[bytes] = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **own
    )
    return made


def _await(process: subprocess.Popen[bytes], port: int, out: Path) -> None:
    end = time.monotonic() + _START_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > end:
            lines = out.read_text("utf-8", "replace").strip().splitlines() or ["it said nothing"]
            raise Missing(f"the broker did not start: {lines[-1][:200]}.", remedy="Try again.")
        time.sleep(0.05)


def _until_nobody_listens(process: subprocess.Popen[bytes]) -> None:
    """Who started it closes our standard input, or ends and so closes it; a terminal sends Ctrl+D or Ctrl+C."""

    def read() -> None:
        with contextlib.suppress(OSError, ValueError):
            while sys.stdin.buffer.read(1):
                pass
        process.terminate()

    threading.Thread(target=read, daemon=True).start()
    process.wait()


def _free() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


_PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{inner}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{inner}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
num.partitions=2
auto.create.topics.enable=true
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=2097152
num.network.threads=1
num.io.threads=2
background.threads=2
num.recovery.threads.per.data.dir=1
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
"""
