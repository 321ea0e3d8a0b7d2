"""SAMP: tables and places exchanged with TOPCAT, Aladin and others on this computer, by the hub that one of them runs.

No thread outlives a call: to send, none is started; to receive, one is there while somebody waits.
"""

from __future__ import annotations

import queue
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..errors import AstroLabNetError, BadInput, Missing, NotApplicable
from .sheets import LARGEST, REMEDY, Sheet, read

TABLES = ("table.load.votable", "table.load.fits")
POINT = "coord.pointAt.sky"
SILENT_S = 30.0
_TURN_S = 0.2


@dataclass(frozen=True)
class Received:
    """What came: a table with its name, or a place in degrees; from whom."""

    sender: str
    sheet: Sheet | None = None
    name: str = ""
    place: tuple[float, float] | None = None


def send_table(file: Path, name: str, to: str = "") -> tuple[str, ...]:
    """Tell a VOTable file to all programs that take tables, or to the one named; the names of those told.

    Raises:
        NotApplicable: no hub runs, or nobody there takes it.
        Missing: pyvo is not installed.
    """
    params = {"url": file.as_uri(), "name": name, "table-id": file.as_uri()}
    return _send({"samp.mtype": TABLES[0], "samp.params": params}, to)


def point_at(ra: float, dec: float, to: str = "") -> tuple[str, ...]:
    """Let them look at a place, degrees; the names of those told. Raises as ``send_table``."""
    return _send({"samp.mtype": POINT, "samp.params": {"ra": repr(ra), "dec": repr(dec)}}, to)


def receive(stop: Callable[[], bool], wait_s: float) -> Received:
    """Be one of the programs of the hub until one of them sends a table or a place.

    Raises:
        NotApplicable: no hub runs, or nothing came in time.
        BadInput: what came can not be read.
    """
    came: queue.SimpleQueue[tuple[str, str, dict[str, Any]]] = queue.SimpleQueue()
    with _client(callable_=True) as client:

        def notified(_key: str, sender: str, mtype: str, params: dict[str, Any], _more: Any) -> None:
            came.put((sender, mtype, params))

        def called(_key: str, sender: str, message: str, mtype: str, params: dict[str, Any], _more: Any) -> None:
            client.ereply(message, "samp.ok", result={})
            came.put((sender, mtype, params))

        for mtype in (*TABLES, POINT):
            client.bind_receive_notification(mtype, notified)
            client.bind_receive_call(mtype, called)
        until = time.monotonic() + wait_s
        while not stop() and time.monotonic() < until:
            try:
                sender, mtype, params = came.get(timeout=_TURN_S)
            except queue.Empty:
                continue
            return _understood(_name_of(client, sender), mtype, params)
    remedy = "Choose AstroLabNet in the other program's Send menu."
    raise NotApplicable(f"nothing came in {wait_s:.0f} s.", remedy=remedy)


def _understood(sender: str, mtype: str, params: dict[str, Any]) -> Received:
    if mtype == POINT:
        try:
            place = (float(params["ra"]), float(params["dec"]))
        except (KeyError, TypeError, ValueError) as exc:
            raise BadInput(f"{sender} sent a place that is none.") from exc
        return Received(sender, place=place)
    name = str(params.get("name") or "table")[:200]
    url = urlsplit(str(params.get("url", "")))
    if url.scheme == "file":
        return Received(sender, sheet=read(Path(unquote(url.path))), name=name)
    if url.scheme not in ("http", "https"):
        raise BadInput(f"{sender} sent a table at an address that is none: {url.geturl()[:80]!r}.")
    with tempfile.TemporaryDirectory(prefix="aln-samp-") as folder:
        file = Path(folder) / "table"
        try:
            with urllib.request.urlopen(url.geturl(), timeout=SILENT_S) as answer, file.open("wb") as out:
                while octets := answer.read(1 << 20):
                    if out.tell() > LARGEST:
                        raise BadInput(f"the table of {sender} is larger than {LARGEST / 1e9:.0f} GB.")
                    out.write(octets)
        except OSError as exc:
            raise BadInput(f"the table of {sender} can not be fetched: {exc}.") from exc
        return Received(sender, sheet=read(file), name=name)


def _send(message: dict[str, Any], to: str) -> tuple[str, ...]:
    with _client(callable_=False) as client:
        there = {ident: _name_of(client, ident) for ident in client.get_subscribed_clients(message["samp.mtype"])}
        chosen = {ident: name for ident, name in there.items() if not to or name.casefold() == to.casefold()}
        if not chosen:
            who = ", ".join(sorted(there.values())) or "nobody"
            raise NotApplicable(
                f"{to or 'No program at the hub'} takes no such message.", remedy=f"There is {who} that does."
            )
        for ident in chosen:
            client.notify(ident, message)
        return tuple(sorted(chosen.values()))


@contextmanager
def _client(*, callable_: bool) -> Iterator[Any]:
    """Us at the hub, and away again."""
    try:
        with warnings.catch_warnings(action="ignore"):
            try:
                from pyvo import samp
            except ImportError:  # before pyvo 1.9 it was astropy's
                from astropy import samp
    except ImportError as exc:
        raise Missing("talking to TOPCAT or Aladin needs the library pyvo.", remedy=REMEDY) from exc
    samp.conf.use_internet = False
    about = {"samp.description.text": "One desk for an archipelago of Spark servers"}
    client = samp.SAMPIntegratedClient(name="AstroLabNet", metadata=about, addr="127.0.0.1", callable=callable_)
    try:
        with warnings.catch_warnings(action="ignore"):
            client.connect()
    except (samp.SAMPHubError, OSError) as exc:
        raise NotApplicable(
            "no SAMP hub runs on this computer.", remedy="Start TOPCAT or Aladin first: they bring one."
        ) from exc
    try:
        yield client
    except (samp.SAMPHubError, samp.SAMPClientError, samp.SAMPProxyError, OSError) as exc:
        raise AstroLabNetError(f"the SAMP hub did not do it: {str(exc)[:160]}") from exc
    finally:
        with warnings.catch_warnings(action="ignore"):
            client.disconnect()


def _name_of(client: Any, ident: str) -> str:
    return str(client.get_metadata(ident).get("samp.name") or ident)[:80]
