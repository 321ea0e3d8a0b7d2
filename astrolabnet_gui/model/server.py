"""Server: an address where Livy answers, and how to log in. Secrets are named here, never held."""

from __future__ import annotations

import hashlib
import json
import re
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from .thing import Value


def plain_address(url: str) -> str:
    """An address without trailing slash: http or https, a host, no credentials, query or fragment.

    Raises:
        ValueError: it is none; the words say why.
    """
    url = url.strip()
    if not url.isprintable() or " " in url:
        raise ValueError("the address must not hold blanks or control characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as exc:
        raise ValueError(f"the address is not readable: {exc}") from exc
    if parts.scheme not in ("http", "https"):
        raise ValueError("the address must start with http:// or https://")
    if not host:
        raise ValueError("the address has no host name")
    if parts.username is not None or parts.password is not None:
        raise ValueError("take user and password out of the address; the login has its own fields")
    if "?" in url or "#" in url:
        raise ValueError("the address must not hold ? or #")
    return url.rstrip("/")


_LEADS_TO = {"uuid", "url", "auth", "spark_ui", "history_url", "verify", "proxy", "route"}
Tint = Literal["", "straw", "clay", "rose", "lilac"]


class AuthKind(StrEnum):
    """Ways to log in."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"
    HEADERS = "headers"
    COOKIE = "cookie"
    SPNEGO = "spnego"


PluginLogin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*/[a-z0-9_.-]+$", max_length=120)]
"""A way to log in that a plug-in brings: ``plug-in/name``."""


class Auth(Value):
    """How to log in at one origin.

    Attributes:
        kind: which way; ``plug-in/name`` for one that a plug-in brings.
        user: user name (basic).
        secret: name of the secret in the keyring, ``file:/path`` for a 0600 token file of our own island, or
            ``env:NAME``; never the secret itself.
        headers: header name -> name of its secret (headers).
        certificate: PEM file with a client certificate and its key, shown beside whatever ``kind`` says.
        key_secret: name of the secret that opens the key; "" if it is not locked.
        proxy_user, proxy_secret: user name, and name of the password, at the server's proxy; "" = it asks for none.
    """

    kind: AuthKind | PluginLogin = AuthKind.NONE
    user: str = ""
    secret: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    certificate: str = ""
    key_secret: str = ""
    proxy_user: str = ""
    proxy_secret: str = ""


class Server(Value):
    """One server of the workspace.

    Attributes:
        uuid: made here, never changes; the first part of every Key.
        alias: short unique name a person types ("lal").
        url: base address of Livy with its path, no trailing slash, no user or password in it.
        origin: who told us: "user", "island", "file:…", "server:<uuid>".
        spark_ui: rewriting of Spark UI addresses, internal prefix -> reachable prefix.
        history_url: Spark History Server, "" if none.
        results: folder where tasks leave their results, as the server sees it; "" = as its Spark settings say.
        verify: "system" certificates, a path of a CA file, "pin:<sha256>", or "first": the certificate that is seen
            first is kept, and another one is refused.
        proxy: http://host:port, https://… or socks5://host:port all connections take; "" = none.
        route: SSH host all connections go through, as ``ssh`` understands it: user@host, a name of the user's
            configuration, with :port if need be; "" = none.
        tint: user's own, "" for none. place: number in the list, 1 is the first; 0 = none was chosen.
        knows: uuids of servers this one knows (edges of the graph).
    """

    uuid: str
    alias: str = Field(min_length=1, max_length=64)
    url: str
    origin: str = "user"
    auth: Auth = Auth()
    spark_ui: dict[str, str] = Field(default_factory=dict)
    history_url: str = ""
    results: str = ""
    verify: str = "system"
    proxy: str = ""
    route: str = ""
    tint: Tint = ""
    place: int = Field(default=0, ge=0)
    knows: tuple[str, ...] = ()
    timeout_s: float = Field(default=8.0, gt=0, le=600)
    flavour: Literal["auto", "livy", "island"] = "auto"

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        return plain_address(url)

    @field_validator("history_url")
    @classmethod
    def _plain_or_none(cls, url: str) -> str:
        return plain_address(url) if url.strip() else ""

    @field_validator("results")
    @classmethod
    def _plain_folder(cls, folder: str) -> str:
        folder = folder.strip()
        if not folder.isprintable():
            raise ValueError("the folder of results must not hold control characters")
        if folder and "/" not in folder:
            raise ValueError("the folder of results must be a whole path or address, as hdfs:///results")
        return folder.rstrip("/") if folder.strip("/") else folder

    @field_validator("spark_ui")
    @classmethod
    def _plain_rules(cls, rules: dict[str, str]) -> dict[str, str]:
        return {plain_address(inside): plain_address(reachable) for inside, reachable in rules.items()}

    @field_validator("verify")
    @classmethod
    def _known_trust(cls, verify: str) -> str:
        """A pin as 64 small hexadecimal digits, however it was written; "" means "system"."""
        if not verify.startswith("pin:"):
            return verify.strip() or "system"
        pin = verify.removeprefix("pin:").replace(":", "").replace(" ", "").lower()
        if not re.fullmatch("[0-9a-f]{64}", pin):
            raise ValueError("a pinned certificate is pin: and its sha256, 64 hexadecimal digits")
        return f"pin:{pin}"

    @field_validator("proxy")
    @classmethod
    def _plain_proxy(cls, proxy: str) -> str:
        proxy = proxy.strip().rstrip("/")
        if not proxy:
            return ""
        scheme, _, rest = proxy.partition("://")
        if scheme not in ("http", "https", "socks5"):
            raise ValueError("a proxy starts with http://, https:// or socks5://")
        plain_address(f"http://{rest}")
        if urlsplit(f"http://{rest}").port is None or "/" in rest:
            raise ValueError("a proxy is a host and a port: socks5://127.0.0.1:1080")
        return proxy

    @field_validator("route")
    @classmethod
    def _plain_route(cls, route: str) -> str:
        """What ``ssh`` takes as a destination; never what it could take for an option."""
        route = route.strip().removeprefix("ssh://")
        if route and not re.fullmatch(r"(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9_][\w.-]*(?::\d{1,5})?", route, re.ASCII):
            raise ValueError("an SSH route reads user@host, with :port if need be, or a name of your SSH settings")
        return route

    @model_validator(mode="after")
    def _one_way(self) -> Server:
        if self.proxy and self.route:
            raise ValueError("a proxy or an SSH route, not both (a jump host belongs into your SSH settings)")
        return self

    @field_validator("alias")
    @classmethod
    def _speakable(cls, alias: str) -> str:
        """Aliases are typed in scripts: no slash, no control characters, no blanks at the ends."""
        if alias != alias.strip() or "/" in alias or not alias.isprintable():
            raise ValueError("an alias must not hold a slash, control characters or blanks at its ends")
        return alias

    @property
    def home(self) -> str:
        """What its credentials are bound to: scheme, host and port, and the SSH host it is seen from."""
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").lower()
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}" + (
            f" via {self.route}" if self.route else ""
        )

    def home_of(self, secret: str) -> str:
        """What a secret of it is bound to: that of the proxy to the proxy, all others to ``home``."""
        return self.proxy if self.proxy and secret and secret == self.auth.proxy_secret else self.home

    @property
    def contact(self) -> str:
        """What a person allows who trusts it: where it leads and how one logs in there; any other is asked for anew."""
        told = json.dumps(self.model_dump(mode="json", include=_LEADS_TO), sort_keys=True)
        return f"contact:{hashlib.sha256(told.encode()).hexdigest()[:32]}"

    @property
    def leads_to(self) -> str:
        """In words: every address it may be asked at, the way there and the login."""
        also = [f"History Server {self.history_url}"] if self.history_url else []
        also += [f"Spark UI {reachable}" for reachable in self.spark_ui.values()]
        also += [f"proxy {self.proxy} {self.auth.proxy_user}".rstrip()] if self.proxy else []
        also += [f"SSH route {self.route}"] if self.route else []
        also += [] if self.auth.kind is AuthKind.NONE else [f"login {self.auth.kind} {self.auth.user}".rstrip()]
        return f"{self.url}{' (' if also else ''}{', '.join(also)}{')' if also else ''}"

    @property
    def is_island(self) -> bool:
        """Started by us on this computer: no manners needed, shown with shorelines."""
        return self.origin == "island"
