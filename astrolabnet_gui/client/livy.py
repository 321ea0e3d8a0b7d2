"""LivyClient: every call of Livy's REST API that is used here, one method each; model values in and out.

Left out on purpose: ``interrupt``, for it kills the session; ``jobs/*``, Java objects for Livy's own library; ``doAs``,
for a login is a person's own.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Literal

from ..errors import BadInput, NotFound, NotLivy
from ..model.livy import (
    Batch,
    Batches,
    Candidates,
    Id,
    LogPage,
    NewBatch,
    NewSession,
    NewStatement,
    Session,
    Sessions,
    Statement,
    Statements,
    StateOf,
    Version,
)
from ..model.server import Server
from ..settings.trusted import Trusted
from . import budgets
from .auth import Login, Lookup, is_loopback
from .caller import Caller, step
from .capabilities import SHARED, Capabilities
from .kerberos import Beside, inline
from .ledger import Ledger
from .route import Routes
from .spark import SparkClient
from .ui import SparkUi, find_ui
from .way import Way


class LivyClient:
    """Calls of one Livy server. For one asyncio loop; close it with ``aclose``.

    Reads run two at a time, on kept-alive connections; everything else gets a fresh one and is never repeated.
    All methods raise Unreachable, Refused (LoginNeeded, NotFound, Busy), Malformed (NotLivy, TooLarge) or Untrusted;
    those that start something raise Ambiguous when the reply is missing. Other users' sessions must not be asked one
    by one in a timer: ``session``, ``session_state`` and ``session_log`` keep a session with a heartbeat alive;
    ``sessions`` does not.

    Args:
        server: address, login, trust and patience.
        secret: keyring lookup by the secret's name, plain or async; ``env:`` and ``file:`` names are resolved here.
        ssl_context: in place of the one made from ``server.verify``.
        trusted: what a person of this computer allowed; None = everything the server's value says.
        routes, ledger: shared by all clients of one loop.
        beside: runs what may block beside the loop.
        capabilities: what is known of which version; shared by default.
    """

    def __init__(
        self,
        server: Server,
        *,
        secret: Lookup = lambda _: None,
        ssl_context: ssl.SSLContext | None = None,
        capabilities: Capabilities = SHARED,
        trusted: Trusted | None = None,
        routes: Routes | None = None,
        ledger: Ledger | None = None,
        beside: Beside = inline,
    ) -> None:
        self.server = server
        self.capabilities = capabilities

        def allows(name: str) -> bool:
            own = server.is_island and is_loopback(server.url) and name.startswith("file:")
            return own or trusted is None or trusted.bound(server.home_of(name), name)

        self._login = Login(server, secret, allows=allows, ledger=ledger, beside=beside)
        self.way = Way(
            server, trusted=trusted, routes=routes, key_password=self._login.key_password, context=ssl_context,
            proxy_login=self._login.proxy_login, ledger=ledger,
        )  # fmt: skip
        reads = 8 if is_loopback(server.url) and not server.route else 2
        self.call = Caller(server, lambda: self.way.open(server.url, reads), self._login, look=self.way.look)

    async def aclose(self) -> None:
        """Close all connections; calls under way are cut."""
        await self.call.aclose()
        await self.way.aclose()

    def login_again(self) -> None:
        """Read the secret anew and try it once more: the user has changed it, or insists."""
        self._login.forget()
        self.way.login_again()

    # -- sessions --

    async def version(self) -> Version:
        """What answers here; every field may be ""."""
        return await self.call.get("/version", Version, budgets.STATE)

    async def sessions(self, from_: int = 0, size: int = 10000) -> Sessions:
        """All sessions in one page (pages shift while one turns them); cheap, and not a heartbeat."""
        return await self.call.get(f"/sessions?from={from_}&size={size}", Sessions, budgets.LIST)

    async def sessions_if_changed(self, last: bytes | None) -> tuple[bytes, Sessions | None]:
        """The list's bytes, and the list unless its bytes equal ``last``."""
        return await self.call.get_changed("/sessions?from=0&size=10000", Sessions, last)

    async def session(self, id: Id) -> Session:
        """One session with its last ten log lines."""
        return await self.call.get(f"/sessions/{step(id)}", Session, budgets.ONE)

    async def session_state(self, id: Id) -> str:
        """State word of a session."""
        return (await self.call.get(f"/sessions/{step(id)}/state", StateOf, budgets.STATE)).state

    async def session_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        """Log lines; ``from_`` -1 = the last ``size`` (-1 = all). A rolling window: positions shift."""
        return await self.call.get(f"/sessions/{step(id)}/log?from={from_}&size={size}", LogPage, budgets.LOG)

    async def create_session(self, new: NewSession) -> Session:
        """Open a session.

        Raises:
            BadInput: a name of digits only (Livy refuses it, yet its driver starts and leaks), or with a slash.
            Ambiguous: it may exist; look for it by its name.
        """
        _check_name(new.name, self.server.alias)
        return await self.call.post("/sessions", new.body(), Session, budgets.CREATE)

    async def delete_session(self, id: Id) -> bool:
        """End a session and forget it; False if it was gone already. Waits until its driver is down."""
        return await self.call.delete(f"/sessions/{step(id)}")

    async def stop_session(self, id: Id) -> None:
        """Stop a session's driver; it stays in the list as dead for a while."""
        await self.call.act(f"/sessions/{step(id)}/stop", budgets.DELETE)

    async def keep_alive(self, id: Id) -> Session:
        """Count as activity (POST connect): puts off the idle time-out."""
        return await self.call.post(f"/sessions/{step(id)}/connect", None, Session, budgets.POST, unsafe=False)

    # -- statements --

    async def statements(
        self, id: Id, from_: int = 0, size: int = 100, order: Literal["asc", "desc"] | None = None
    ) -> Statements:
        """Retained statements with all their outputs. Only to reconcile, never polled: Livy pulls every output over
        one RPC, and more than 50 MB kill the session. ``order`` needs Livy 0.8."""
        query = f"from={from_}&size={size}" + ("" if order is None else f"&order={order}")
        return await self.call.get(f"/sessions/{step(id)}/statements?{query}", Statements, budgets.STATEMENTS)

    async def statement(self, id: Id, n: Id) -> Statement:
        """One statement with its output."""
        return await self.call.get(f"/sessions/{step(id)}/statements/{step(n)}", Statement, budgets.STATEMENT)

    async def run_statement(self, id: Id, new: NewStatement) -> Statement:
        """Send code.

        Raises:
            BadInput: kind "shared" (it would wait for ever), or code with half a surrogate pair.
            Ambiguous: it may run; look for its marker.
        """
        if new.kind == "shared":
            raise BadInput("a statement needs a language, not “shared”.", field="kind", server=self.server.alias)
        return await self.call.post(f"/sessions/{step(id)}/statements", new.body(), Statement, budgets.POST)

    async def cancel_statement(self, id: Id, n: Id) -> None:
        """Ask for a cancel. Livy says yes even to unknown numbers: only a later state tells."""
        await self.call.act(f"/sessions/{step(id)}/statements/{step(n)}/cancel", budgets.POST)

    async def complete(self, id: Id, code: str, kind: str, cursor: int) -> tuple[str, ...]:
        """Completions at ``cursor``; Apache Livy has them for Scala only."""
        body = {"code": code, "kind": kind, "cursor": cursor}
        path = f"/sessions/{step(id)}/completion"
        return (await self.call.post(path, body, Candidates, budgets.LOG, unsafe=False)).candidates

    # -- files of a session --

    async def upload_file(self, id: Id, name: str, data: bytes) -> None:
        """Upload a file; code finds it by SparkFiles.get(name as returned by ``upload_name``)."""
        await self.call.upload(f"/sessions/{step(id)}/upload-file", "file", name, data)

    async def upload_jar(self, id: Id, name: str, data: bytes) -> None:
        """Upload a jar and put it on the class path."""
        await self.call.upload(f"/sessions/{step(id)}/upload-jar", "jar", name, data)

    async def upload_pyfile(self, id: Id, name: str, data: bytes) -> None:
        """Upload a Python file, zip or egg and make it importable."""
        await self.call.upload(f"/sessions/{step(id)}/upload-pyfile", "file", name, data)

    async def add_file(self, id: Id, uri: str) -> None:
        """Add a file the server can reach by ``uri``."""
        await self.call.act(f"/sessions/{step(id)}/add-file", budgets.CREATE, {"uri": uri}, unsafe=True)

    async def add_jar(self, id: Id, uri: str) -> None:
        """Add a jar the server can reach by ``uri``."""
        await self.call.act(f"/sessions/{step(id)}/add-jar", budgets.CREATE, {"uri": uri}, unsafe=True)

    async def add_pyfile(self, id: Id, uri: str) -> None:
        """Add Python code the server can reach by ``uri``."""
        await self.call.act(f"/sessions/{step(id)}/add-pyfile", budgets.CREATE, {"uri": uri}, unsafe=True)

    # -- batches --

    async def batches(self, from_: int = 0, size: int = 10000) -> Batches:
        """All batches in one page."""
        return await self.call.get(f"/batches?from={from_}&size={size}", Batches, budgets.LIST)

    async def batches_if_changed(self, last: bytes | None) -> tuple[bytes, Batches | None]:
        """The list's bytes, and the list unless its bytes equal ``last``."""
        return await self.call.get_changed("/batches?from=0&size=10000", Batches, last)

    async def batch(self, id: Id) -> Batch:
        """One batch with its last ten log lines."""
        return await self.call.get(f"/batches/{step(id)}", Batch, budgets.ONE)

    async def batch_state(self, id: Id) -> str:
        """State word of a batch."""
        return (await self.call.get(f"/batches/{step(id)}/state", StateOf, budgets.STATE)).state

    async def batch_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        """Log lines of a batch; see ``session_log``. Gone some minutes after its end."""
        return await self.call.get(f"/batches/{step(id)}/log?from={from_}&size={size}", LogPage, budgets.LOG)

    async def create_batch(self, new: NewBatch) -> Batch:
        """Start a batch. After a 400 look at the list: Livy may leave an empty row behind.

        Raises:
            BadInput: a name of digits only, or with a slash.
            Ambiguous: it may run; look for it by its name.
        """
        _check_name(new.name, self.server.alias)
        return await self.call.post("/batches", new.body(), Batch, budgets.CREATE)

    async def delete_batch(self, id: Id) -> bool:
        """Kill a batch and forget it, its log too; False if it was gone already."""
        return await self.call.delete(f"/batches/{step(id)}")

    # -- beside Livy --

    def spark(self, session: Session, log: Iterable[str] = ()) -> SparkClient:
        """Client of the Spark UI of a session, with this server's login and trust; the caller closes it.

        Raises:
            NotApplicable: nobody says where that UI is, or it is on a host the user did not allow (see ui.py).
        """
        ui = find_ui(self.server, session, log)
        return SparkClient(self.server, ui, login=self._login, way=self.way)

    async def executor_log(self, address: str) -> tuple[str, ...]:
        """Newest lines of a log of a Spark executor, at an address that Spark gave.

        Raises:
            NotApplicable: it is on a host the user did not allow.
        """
        spark = SparkClient(self.server, SparkUi(self.server.url, ""), login=self._login, way=self.way)
        try:
            return await spark.executor_log(address)
        finally:
            await spark.aclose()

    async def known_fields(self) -> frozenset[str]:
        """Fields a new session may have here, by the written table or the capability probe (see capabilities.py)."""
        try:
            version = (await self.version()).version
        except (NotFound, NotLivy):
            version = ""
        return await self.capabilities.fields(self.call, version)


def _check_name(name: str | None, alias: str) -> None:
    if name is not None and (name.isdigit() or "/" in name or not name.strip()):
        what = f"{name!r} can not be a name: it needs a letter, and no slash."
        raise BadInput(what, field="name", server=alias)
