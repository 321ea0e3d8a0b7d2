"""The island's process: checks what it needs, binds, serves until told to end, leaves nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import platform as python_platform
import signal
import socket
from contextlib import suppress
from pathlib import Path

import psutil
import uvicorn

from astrolabnet_gui.errors import AstroLabNetError, BadInput, Missing
from astrolabnet_gui.island import jre, platform, record, submit
from astrolabnet_gui.island.core import Island
from astrolabnet_gui.island.options import Options
from astrolabnet_gui.island.rest.app import make_app

HOST = "127.0.0.1"
_PARENT_S = 0.5
log = logging.getLogger("island")


class AlreadyRuns(AstroLabNetError):
    """Another island has this state folder."""


def prepare(state: Path) -> None:
    """Make the state folder, and see that it can be written.

    Raises:
        Missing: it can not, or the disk is full.
    """
    try:
        state.mkdir(parents=True, mode=0o700, exist_ok=True)
        platform.write_private(state / "probe", "x" * 4096)
        (state / "probe").unlink()
    except OSError as error:
        raise unwritable(state, error) from error


def unwritable(state: Path, error: OSError) -> Missing:
    """The words for a state folder that can not be written."""
    remedy = "Make room on that disk, or name another folder with --state."
    return Missing(f"The island can not write to {state}: {error.strerror or error}.", remedy=remedy)


def bind(state: Path, port: int) -> socket.socket:
    """A listening socket on the loopback: the given port, else that of the last run, else any free one.

    Raises:
        BadInput: the given port is taken or not allowed.
    """
    for wanted in [port] if port else [record.last_port(state), 0]:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1 if os.name == "posix" else 0)
        try:
            sock.bind((HOST, wanted))
            sock.listen(128)
        except (OSError, OverflowError) as error:
            sock.close()
            if port:
                why = getattr(error, "strerror", None) or str(error)
                raise BadInput(
                    f"Port {port} can not be used: {why}.", field="port", remedy="Give another --port, or none."
                ) from error
            continue
        return sock
    raise Missing("There is no free port on this computer.", remedy="Close some programs.")


def run(options: Options) -> None:
    """Serve until SIGTERM, SIGINT or the end of the process it was to end with.

    Raises:
        AlreadyRuns: on this state folder.
        Missing: no Java, no Spark, a state folder that can not be written.
        BadInput: the port is taken.
    """
    prepare(options.state)
    lock = platform.lock(options.state / record.LOCK)
    if lock is None:
        raise AlreadyRuns(
            "An island already runs on this state folder.", remedy="Ask for it: astrolabnet island status."
        )
    try:
        platform.hold_children()
        spark = submit.check_spark()
        java = jre.choose(options.java_home)
        sock = bind(options.state, options.port)
        try:
            asyncio.run(_serve(options, java, spark, sock))
        except OSError as error:
            raise unwritable(options.state, error) from error
        finally:
            sock.close()
            record.forget(options.state)
    finally:
        lock.close()


async def _serve(options: Options, java: jre.Jre, spark: str, sock: socket.socket) -> None:
    token = record.new_token(options.state) if options.token else ""
    island = Island(options, java)
    config = uvicorn.Config(
        make_app(island, token),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=30,
    )
    server = uvicorn.Server(config)

    def end(*_: object) -> None:
        server.should_exit = True

    # uvicorn raises the signal once more when it has ended, for whoever was there before: that must not be the
    # system's own "die at once", for the drivers have to be ended first.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    port = sock.getsockname()[1]
    await island.open()
    try:
        (options.state / record.PORT).write_text(str(port), encoding="utf-8")
        record.write(
            options.state,
            record.Record(
                url=f"http://{HOST}:{port}",
                token_file=str(options.state / record.TOKEN) if options.token else "",
                pid=os.getpid(),
                born_s=platform.born(os.getpid()) or 0.0,
                spark=spark,
                java=f"{java.version} ({java.origin})",
                python=python_platform.python_version(),
                log=str(options.state / record.LOG),
            ),
        )
        log.info("island on port %s, Spark %s, Java %s (%s)", port, spark, java.version, java.origin)
        parent = asyncio.create_task(_end_with(options.exit_with, server)) if options.exit_with else None
        # uvicorn answers requests only while it serves; a socket that listens already lets early ones wait.
        await server.serve(sockets=[sock])
        if parent is not None:
            parent.cancel()
            with suppress(asyncio.CancelledError):
                await parent
    finally:
        await island.close()
        log.info("island ended")


async def _end_with(pid: int, server: uvicorn.Server) -> None:
    """End the server when that process ends."""
    with suppress(psutil.Error):
        other = psutil.Process(pid)
        while other.is_running() and other.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(_PARENT_S)
    log.info("process %s has ended, so does the island", pid)
    server.should_exit = True
