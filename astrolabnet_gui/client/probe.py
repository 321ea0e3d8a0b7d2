"""Probe: what is at an address, in words a person can act on. What "test a server" does."""

from __future__ import annotations

from typing import Literal

from ..errors import (
    AstroLabNetError,
    LoginNeeded,
    NotApplicable,
    NotContacted,
    NotFound,
    NotLivy,
    Refused,
    Unreachable,
    Untrusted,
)
from ..model.livy import Session
from ..model.thing import Value
from .capabilities import is_apache
from .livy import LivyClient

Finding = Literal[
    "fine",
    "not reachable",
    "not contacted",
    "not Livy",
    "login needed",
    "not trusted",
    "certificate changed",
    "refused",
    "unclear",
]


class Report(Value):
    """What a test of a server found.

    Attributes:
        finding: in one of our words.
        text: one line, "Livy 0.9.0, Spark 3.5.6; 2 sessions, 1 batch".
        livy, spark: versions as they were sent; "" if not known.
        remedy: what to do; "" if fine.
    """

    finding: Finding
    text: str
    remedy: str = ""
    livy: str = ""
    spark: str = ""
    sessions: int = 0
    batches: int = 0


async def look_at(client: LivyClient) -> Report:
    """Look at a server by three or four reads, in the order that disturbs least; never raises our errors.

    A server without /version, or with a foreign one, is fine as long as it lists sessions as Livy does: Lighter,
    Fabric and EMR speak the same protocol.
    """
    try:
        return await _look(client)
    except AstroLabNetError as exc:
        return Report(finding=_finding(exc), text=exc.what, remedy=exc.remedy)


async def _look(client: LivyClient) -> Report:
    try:
        version = (await client.version()).version
    except (NotFound, NotLivy):
        version = ""
    sessions = await client.sessions(size=20)
    try:
        batches = (await client.batches(size=1)).total
    except NotFound:
        batches = 0
    spark = await _spark_version(client, sessions.sessions)
    name = f"{_name(version)}, Spark {spark}" if spark else _name(version)
    text = f"{name}; {_count(sessions.total, 'session', 's')}, {_count(batches, 'batch', 'es')}"
    return Report(finding="fine", text=text, livy=version, spark=spark, sessions=sessions.total, batches=batches)


async def _spark_version(client: LivyClient, sessions: tuple[Session, ...]) -> str:
    """Spark's version by the UI of one living session; "" if there is none to ask."""
    for session in sessions:
        if session.state not in ("idle", "busy"):
            continue
        try:
            spark = client.spark(session)
        except NotApplicable:
            continue
        try:
            return await spark.version()
        except AstroLabNetError:
            return ""
        finally:
            await spark.aclose()
    return ""


def _name(version: str) -> str:
    if is_apache(version):
        return f"Livy {version.removesuffix('-SNAPSHOT').removesuffix('-incubating')}"
    return f"Livy's protocol, {version}" if version and version != "<unknown>" else "Livy's protocol"


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}{more}"


def _finding(error: AstroLabNetError) -> Finding:
    match error:
        case NotContacted():
            return "not contacted"
        case Untrusted():
            return "certificate changed" if error.changed else "not trusted"
        case Unreachable():
            return "not reachable"
        case LoginNeeded():
            return "login needed"
        case NotLivy() | NotFound():
            return "not Livy"
        case Refused():
            return "refused"
        case _:
            return "unclear"
