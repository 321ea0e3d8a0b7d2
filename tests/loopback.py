"""The network of the tests: this computer only."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any


class NetworkUsed(RuntimeError):
    """A test asked for an address that is not on this computer."""


def is_here(host: object) -> bool:
    """True for loopback addresses and their names."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name.casefold() in ("localhost", "ip6-localhost"):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    """``connect``, refusing to leave this computer."""

    def only_here(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            raise NetworkUsed(f"a test tried to reach {address}")
        return connect(self, address)

    return only_here


def lookup(getaddrinfo: Callable[..., Any]) -> Callable[..., Any]:
    """``getaddrinfo`` for this computer; ``*.invalid`` is not found, any other name is refused."""

    def only_here(host: Any, *args: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if name.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not is_here(host):
            try:
                ipaddress.ip_address(name)  # a number is looked up nowhere; connect() will refuse it
            except ValueError:
                raise NetworkUsed(f"a test looked up {name!r}") from None
        return getaddrinfo(host, *args, **more)

    return only_here
