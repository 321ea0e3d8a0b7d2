"""Login of a server as it is asked for and kept: the fields, and where their secrets go."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic.config import JsonDict

from ..errors import BadInput
from ..model.server import Auth, AuthKind, PluginLogin, Server
from .context import Context
from .needs import HERE
from .registry import Params

SECRET: JsonDict = {"widget": "secret"}
ADVANCED: JsonDict = {"advanced": True}
FILE: JsonDict = {"widget": "file"}
PLAIN = ("alias", "url", "verify", "proxy", "route", "history_url", "spark_ui", "results", "timeout_s")
LASTS = (
    " This computer has no keyring that keeps secrets: the password is kept only until this program ends. "
    "env:NAME or file:PATH lasts."
)


def _of_this_computer(path: str | None) -> str | None:
    """A certificate is always a file of this computer, whether that is said or not."""
    return path if path is None else path.strip().removeprefix(HERE)


class ServerParams(Params):
    """Address and login of a server."""

    alias: str = Field(title="Name", min_length=1, max_length=64, description="Short, as it is typed in scripts: lal.")
    url: str = Field(title="Address of Livy", description="As https://livy.example.org:8998, with its path if any.")
    login: AuthKind | PluginLogin = Field(
        default=AuthKind.NONE, title="Login", json_schema_extra={"widget": "choice"},
        description="none, basic, bearer, headers, cookie, spnego; or plug-in/name, one that a plug-in brings.",
    )  # fmt: skip
    user: str = Field(default="", title="User")
    secret: str = Field(
        default="", title="Password or token", json_schema_extra=SECRET,
        description="Goes to the keyring; or env:NAME, or file:PATH of a file only you can read. Of a gateway: its "
        "cookie, name=value. Kerberos takes your ticket.",
    )  # fmt: skip
    headers: dict[str, str] = Field(
        default_factory=dict, title="Headers", json_schema_extra=SECRET | ADVANCED,
        description="For the login by headers: name and secret value.",
    )  # fmt: skip
    verify: str = Field(
        default="system", title="Trust", json_schema_extra=ADVANCED,
        description="system; first: keep the certificate that is seen first and stop at another; pin:<sha256>; or the "
        "path of a CA file.",
    )  # fmt: skip
    certificate: Annotated[str, AfterValidator(_of_this_computer)] = Field(
        default="", title="Client certificate", json_schema_extra=FILE | ADVANCED,
        description="PEM file with your certificate and its key, if the server wants to see one.",
    )  # fmt: skip
    key_password: str = Field(
        default="", title="Password of the key", json_schema_extra=SECRET | ADVANCED,
        description="If the key in that file is locked.",
    )  # fmt: skip
    route: str = Field(
        default="", title="SSH route", json_schema_extra=ADVANCED,
        description="user@host, or a name of your SSH settings, from where the address above is reached. It must log "
        "in without a question.",
    )  # fmt: skip
    proxy: str = Field(
        default="", title="Proxy", json_schema_extra=ADVANCED,
        description="http://host:port or socks5://host:port, for this server only.",
    )  # fmt: skip
    proxy_user: str = Field(default="", title="User at the proxy", json_schema_extra=ADVANCED)
    proxy_password: str = Field(
        default="", title="Password at the proxy", json_schema_extra=SECRET | ADVANCED,
        description="If the proxy wants a login. To one by http:// it goes unencrypted, as in a browser.",
    )  # fmt: skip
    history_url: str = Field(default="", title="Spark History Server", json_schema_extra=ADVANCED)
    spark_ui: dict[str, str] = Field(
        default_factory=dict, title="Spark UI", json_schema_extra=ADVANCED,
        description="Beginning of an address as the server says it, and as it is reached from here.",
    )  # fmt: skip
    results: str = Field(
        default="", title="Folder of results", json_schema_extra=ADVANCED,
        description="Where tasks leave their results, as the server sees it: hdfs:///results. Empty: as its Spark "
        "settings say, else .astrolabnet/results in its home folder.",
    )  # fmt: skip
    timeout_s: float = Field(default=8.0, gt=0, le=600, title="Patience, s", json_schema_extra=ADVANCED)


class EditParams(Params):
    """What shall change; a field that is not given stays."""

    alias: str | None = Field(default=None, title="Name", min_length=1, max_length=64)
    url: str | None = Field(default=None, title="Address of Livy")
    login: AuthKind | PluginLogin | None = Field(default=None, title="Login", json_schema_extra={"widget": "choice"})
    user: str | None = Field(default=None, title="User")
    secret: str | None = Field(default=None, title="Password or token", json_schema_extra=SECRET)
    headers: dict[str, str] | None = Field(default=None, title="Headers", json_schema_extra=SECRET | ADVANCED)
    verify: str | None = Field(default=None, title="Trust", json_schema_extra=ADVANCED)
    certificate: Annotated[str | None, AfterValidator(_of_this_computer)] = Field(
        default=None, title="Client certificate", json_schema_extra=FILE | ADVANCED
    )
    key_password: str | None = Field(default=None, title="Password of the key", json_schema_extra=SECRET | ADVANCED)
    route: str | None = Field(default=None, title="SSH route", json_schema_extra=ADVANCED)
    proxy: str | None = Field(default=None, title="Proxy", json_schema_extra=ADVANCED)
    proxy_user: str | None = Field(default=None, title="User at the proxy", json_schema_extra=ADVANCED)
    proxy_password: str | None = Field(default=None, title="Password at the proxy", json_schema_extra=SECRET | ADVANCED)
    history_url: str | None = Field(default=None, title="Spark History Server", json_schema_extra=ADVANCED)
    spark_ui: dict[str, str] | None = Field(default=None, title="Spark UI", json_schema_extra=ADVANCED)
    results: str | None = Field(default=None, title="Folder of results", json_schema_extra=ADVANCED)
    timeout_s: float | None = Field(default=None, gt=0, le=600, title="Patience, s", json_schema_extra=ADVANCED)


async def login_of(ctx: Context, old: Server, params: ServerParams | EditParams) -> tuple[Server, bool]:
    """The server with the login as it is stored; False if a secret lasts only until the program ends.

    Secrets are bound to the address the server will have: at another one they are asked for again.

    Raises:
        BadInput: ``field`` names what can not be used.
    """
    server, kept, house = server_of(old, params), True, ctx.house
    bonds: list[str] = []

    async def keep(name: str, value: str, home: str = "") -> str:
        nonlocal kept
        known = value if value.startswith(("env:", "file:")) else name
        if known == name:
            kept = await ctx.blocking(house.secrets.write, name, value, home or server.home) and kept
        if home:
            await ctx.blocking(house.trusted.bind, home, known)
        else:
            bonds.append(known)
        return known

    update: dict[str, Any] = {}
    if params.login is not None:
        update["kind"] = params.login
    if params.user is not None:
        update["user"] = params.user
    if params.secret:
        update["secret"] = await keep(f"{old.uuid}/login", params.secret)
    if params.headers is not None:
        headers = params.headers.items()
        update["headers"] = {header: await keep(f"{old.uuid}/header/{header}", value) for header, value in headers}
    if params.certificate is not None:
        update["certificate"] = params.certificate.strip()
    if params.key_password:
        update["key_secret"] = await keep(f"{old.uuid}/key", params.key_password)
    if params.proxy_user is not None:
        update["proxy_user"] = params.proxy_user.strip()
    if params.proxy_password:
        if not server.proxy:
            raise BadInput("there is no proxy to log in at.", field="proxy_password")
        update["proxy_secret"] = await keep(f"{old.uuid}/proxy", params.proxy_password, server.proxy)
    auth: Auth = old.auth.model_copy(update=update)
    # Whoever sends these fields has seen the address they are for.
    if params.certificate and auth.certificate:
        bonds.append(auth.certificate)
    if params.route and server.route:
        bonds.append(f"ssh:{server.route}")
    await ctx.blocking(house.trusted.bind, server.home, *bonds)
    return server.model_copy(update={"auth": auth}), kept


async def forget_login(ctx: Context, server: Server) -> None:
    """Remove what was kept for a server, at whatever address it was kept; if it comes again it is asked for again."""
    await ctx.blocking(ctx.house.trusted.unbind, server.contact)
    auth = server.auth
    for name in (auth.secret, auth.key_secret, auth.proxy_secret, *auth.headers.values()):
        if name.startswith(server.uuid):
            for home in ctx.house.trusted.homes(name) or (server.home,):
                await ctx.blocking(ctx.house.secrets.forget, name, home)
            await ctx.blocking(ctx.house.trusted.unbind, name)


def server_of(old: Server, params: ServerParams | EditParams) -> Server:
    """``old`` with what is given, checked.

    Raises:
        BadInput: ``field`` names what can not be used.
    """
    given = {name: value for name in PLAIN if (value := getattr(params, name)) is not None}
    try:
        return Server.model_validate(old.model_dump() | given)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{first['msg'].removeprefix('Value error, ')}.", field=field) from exc
