"""Capabilities: which fields a new session may have, by version; asked once where only asking tells."""

from __future__ import annotations

import re

from ..errors import Malformed
from ..model.livy import Session
from .caller import Caller
from .verdict import model_of

_BASE = frozenset(
    {"kind", "proxyUser", "jars", "pyFiles", "files", "archives", "driverMemory", "driverCores", "executorMemory",
     "executorCores", "numExecutors", "queue", "name", "conf", "heartbeatTimeoutInSecond"}
)  # fmt: skip

#: Apache Livy from its sources; a version between two rows has the fields of the lower one.
TABLE: tuple[tuple[tuple[int, int], frozenset[str]], ...] = (
    ((0, 4), _BASE),
    ((0, 8), _BASE | {"ttl"}),
    ((0, 9), _BASE | {"ttl", "idleTimeout"}),
)

_COMMON = _BASE - {"proxyUser", "queue", "heartbeatTimeoutInSecond"}
#: Speakers of the same protocol, told by their address, for their version texts tell nothing. A new session has there
#: what their sources (Lighter: SubmitParams) or documents (Azure Synapse: Create Spark Session; Microsoft Fabric speaks
#: alike) name; EMR Serverless documents Livy's own operations, so it has those of the oldest Livy.
ELSEWHERE: tuple[tuple[str, re.Pattern[str], frozenset[str]], ...] = (
    ("Lighter", re.compile(r"^https?://[^/]+(?:/[^/]+)*/lighter/api(?:/|$)"), _COMMON),
    ("Fabric", re.compile(r"^https://(?:[^/]+\.)?fabric\.microsoft\.com/.*/livyapi/", re.IGNORECASE), _COMMON),
    ("Synapse", re.compile(r"^https://[^/]+\.azuresynapse\.net/livyapi/", re.IGNORECASE), _COMMON),
    ("EMR Serverless", re.compile(r"^https://[^/]+\.livy\.emr-serverless-services[.-]"), _BASE),
)

_APACHE = re.compile(r"^0\.(\d{1,3})\.\d{1,4}(?:-incubating)?(?:-SNAPSHOT)?$")
_KNOWN = re.compile(r"\(\d+ known properties: ([^)]*)\]?\)")
_NAME = re.compile(r'"(\w{1,64})"')


def is_apache(version: str) -> bool:
    """Whether a version text is one of Apache Livy's; speakers of the same protocol have other ones, or none."""
    return _APACHE.match(version) is not None


def elsewhere(url: str) -> frozenset[str] | None:
    """Fields at an address that is known not to be Apache Livy's own; None for all others."""
    return next((fields for _, pattern, fields in ELSEWHERE if pattern.search(url)), None)


def written(version: str) -> frozenset[str]:
    """Fields by the table of versions; those of the oldest for an unknown speaker."""
    found = _APACHE.match(version)
    if found is None:
        return _BASE
    number = (0, int(found[1]))
    return max((row for row in TABLE if row[0] <= number), key=lambda row: row[0], default=TABLE[0])[1]


class Capabilities:
    """What has been learned of versions in this run; one may serve all clients."""

    def __init__(self) -> None:
        self._learned: dict[str, frozenset[str]] = {}

    async def fields(self, call: Caller, version: str) -> frozenset[str]:
        """Fields of a new session at the server behind ``call``.

        Apache Livy refuses an unknown field and names all it knows, before it makes anything: that is the probe. It
        is sent once per version, and never where /version says something else. Should a session come of it all the
        same, exactly that one is deleted.

        Raises:
            Malformed: a session was made by the probe; the words say which, and whether it is gone.
        """
        if (known := elsewhere(call.server.url)) is not None:
            return known
        if not is_apache(version):
            return written(version)
        if version not in self._learned:
            self._learned[version] = written(version)
            self._learned[version] = await _ask(call, version)
        return self._learned[version]


async def _ask(call: Caller, version: str) -> frozenset[str]:
    ask, answer = await call.probe("/sessions", {"__probe__": 1})
    if answer.status == 201:
        made = model_of(ask, answer, Session)
        gone = await call.delete(f"/sessions/{made.id}")
        end = "it was deleted at once" if gone else "it was already gone"
        what = f"it made session {made.id} out of a question that Livy {version} refuses; {end}."
        raise Malformed(what, server=call.server.alias, url=ask.url, remedy="It is not asked again in this run.")
    found = _KNOWN.search(answer.body.decode("utf-8", "replace").replace('\\"', '"'))
    return frozenset(_NAME.findall(found[1])) if answer.status == 400 and found else written(version)


SHARED = Capabilities()
