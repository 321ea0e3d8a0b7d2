"""``astrolabnet web``: the engine in its thread, the service on a loopback port, until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from ..command.engine import make_engine
from ..command.house import House
from ..errors import BadInput, Missing
from ..gate import LOOPBACK
from ..journal.row import Row
from ..network.carrier import Carrier
from ..network.link import Link
from ..settings.paths import paths
from .keys import Keys

PORT = 8790
#: So long the engine's first word is waited for: who opens the link at once sees the servers too.
FIRST_S = 10.0


def main(words: Sequence[str]) -> int:
    """Serve until Ctrl+C or SIGTERM; the answer is the exit code.

    Raises:
        Missing: the extra ``web`` is not installed.
        BadInput: another computer would be served without TLS, or the port is taken.
    """
    asked = _parser().parse_args(words)
    check(asked.host, asked.cert, asked.key)
    try:
        import starlette
        import uvicorn
    except ImportError as exc:
        raise Missing(
            "the web service needs starlette and uvicorn.", remedy="pip install 'astrolabnet-gui[web]'"
        ) from exc
    del starlette, uvicorn
    sock = bind(asked.host, asked.port)
    house = House()
    try:
        for problem in house.problems:
            sys.stderr.write(f"astrolabnet: {problem}\n")
        with Carrier(make_engine(house)) as carrier:
            asyncio.run(_serve(asked, sock, carrier.engine, house))
    finally:
        house.close()
        sock.close()
    return 0


def check(host: str, cert: Path | None, key: Path | None) -> None:
    """See that what leaves this computer is encrypted.

    Raises:
        BadInput: it would not be, or a file is missing.
    """
    if (cert is None) != (key is None):
        raise BadInput("--cert and --key belong together.", field="cert")
    for file in (cert, key):
        if file is not None and not file.is_file():
            raise BadInput(f"there is no file {file}.", field="cert")
    if host not in LOOPBACK and cert is None:
        raise BadInput(
            f"{host} can be reached from other computers, and the token would travel unencrypted.", field="host",
            remedy="Give --cert and --key, or reach this computer by ssh -L.",
        )  # fmt: skip


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        BadInput: that address or port can not be used.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1 if sys.platform != "win32" else 0)
        sock.bind((host, port))
        sock.listen(128)
    except (OSError, OverflowError) as exc:
        sock.close()
        why = getattr(exc, "strerror", None) or str(exc)
        remedy = "Give another --port; 0 takes any free one."
        raise BadInput(f"port {port} of {host} can not be used: {why}.", field="port", remedy=remedy) from exc
    return sock


async def _serve(asked: argparse.Namespace, sock: socket.socket, link: Link, house: House) -> None:
    import uvicorn

    from .app import make_app
    from .hub import Hub

    def history(limit: int, before: int | None) -> Future[tuple[Row, ...]]:
        return house.journal.history(limit, before)

    keys, port = Keys(), int(sock.getsockname()[1])
    hub, secure = Hub(link), asked.cert is not None
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(hub.begun.wait(), FIRST_S)
    names = LOOPBACK | frozenset(name.lower() for name in asked.name)
    app = make_app(hub, history, keys, names=names, cookie=f"astrolabnet-{port}", secure=secure)

    class Server(uvicorn.Server):
        """Lets the hearers of events go first: they would keep it waiting. A signal ends it as a word does: uvicorn
        itself would send the signal once more, and nothing would be put away.
        """

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Hear SIGINT and SIGTERM while serving."""
            old = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in old.items():
                    signal.signal(number, handler)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            hub.close()
            await super().shutdown(sockets)

    name = asked.name[0] if asked.name else "127.0.0.1" if asked.host in ("127.0.0.1", "0.0.0.0") else "localhost"
    url = f"{'https' if secure else 'http'}://{name}:{port}/"
    file = paths().state / "web" / f"{port}.json"
    keys.save(file, url)
    sys.stdout.write(f"{url}#{keys.ticket('read' if asked.read_only else 'run')}\n")
    sys.stdout.write(f"The link opens once. Tokens for programs: {file}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", proxy_headers=False,
        timeout_graceful_shutdown=2, ssl_certfile=asked.cert, ssl_keyfile=asked.key,
    )  # fmt: skip
    try:
        await Server(config).serve(sockets=[sock])
    finally:
        hub.close()
        file.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        "astrolabnet web", description="The web service: REST, events and a live page.",
        epilog="example: astrolabnet web --port 8790, then open the link that is printed",
    )  # fmt: skip
    top.add_argument("--port", type=int, default=PORT, help=f"0 = any free one (default: {PORT})")
    top.add_argument("--host", default="127.0.0.1", help="where to listen; more than the loopback needs TLS")
    top.add_argument("--name", action="append", default=[], help="a further Host name; the link has the first")
    top.add_argument("--cert", type=Path, metavar="PEM", help="certificate for TLS")
    top.add_argument("--key", type=Path, metavar="PEM", help="its private key")
    top.add_argument("--read-only", action="store_true", help="the link may look, but not act")
    return top
