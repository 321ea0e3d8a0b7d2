"""Set-up: a workspace as objects that two sites can merge, in one file or in a folder both see.

    servers/<uuid>      address and way to log in; no secret and no place on anybody's disk
    actions/<file>      text of an action, with the script or JAR it starts
    places/<uuid>       where a server stands on the graph

Each carries the time of its last change; the newer one wins, and what was removed stays removed only until somebody
changes it later. Merging is commutative, associative and idempotent, so nobody needs to be asked in which order.
A server or an action that both sites changed since they last agreed becomes two: nobody's work is lost.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import BadInput
from ..model.server import Auth, Server
from .files import read_capped, write_whole

FORMAT = 1
SUFFIX = ".astrolabnet"
NAME = re.compile(r"(servers|places)/[0-9a-f]{32}|actions/[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.toml")
FORMER = re.compile(r"actions/[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(py|scala|sql|r|R)")
"""What an action sends, as an object of its own: so earlier builds told it."""
_MOST = 5000
# Actions bring JARs.
_MOST_BYTES = 50_000_000


class Kept(BaseModel):
    """One object: when it was changed last (UTC, ``2026-11-23T18:00:00.000000Z``), and what it is; None = removed."""

    model_config = ConfigDict(frozen=True)
    changed: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
    value: Any = None

    @property
    def rank(self) -> tuple[str, str]:
        """The greater wins; equal only if they are the same."""
        return self.changed, json.dumps(self.value, sort_keys=True)


SetUp = Mapping[str, Kept]


def merge(one: SetUp, other: SetUp) -> dict[str, Kept]:
    """All objects of both; of one that both have, the newer."""
    return {
        name: max((s[name] for s in (one, other) if name in s), key=lambda kept: kept.rank)
        for name in sorted({*one, *other})
    }


def settle(mine: SetUp, came: SetUp, agreed: Mapping[str, str]) -> dict[str, Kept]:
    """The same, and of what both changed since they agreed also the older, under a name that all sites make alike.

    Args:
        agreed: digest of each object's value from which both began.
    """
    merged = merge(mine, came)
    for name in mine.keys() & came.keys():
        older, newer = sorted((mine[name], came[name]), key=lambda kept: kept.rank)
        changed = digest(older.value) != agreed.get(name) != digest(newer.value)
        if changed and older.value is not None and older.value != newer.value and not name.startswith("places/"):
            other, value = _beside(name, older.value)
            copy = Kept(changed=older.changed, value=value)
            merged[other] = max(merged.get(other, copy), copy, key=lambda kept: kept.rank)
    return merged


def _beside(name: str, value: Any) -> tuple[str, Any]:
    kind, _, ident = name.partition("/")
    if kind == "servers":
        uuid = digest(value)
        return f"servers/{uuid}", {**value, "uuid": uuid}
    stem, _, suffix = ident.rpartition(".")
    return f"actions/{stem[:57]}-{digest(value)[:6]}.{suffix}", value


def digest(value: Any) -> str:
    """32 hex digits that name a value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def shared_server(server: Server) -> dict[str, Any]:
    """A server as others may have it: without names of secrets and without places on this computer's disk."""
    verify = _trust(server.verify)
    auth = Auth(kind=server.auth.kind, user=server.auth.user)
    mine = {"auth": auth, "verify": verify, "origin": "user", "proxy": "", "route": ""}
    return server.model_copy(update=mine).model_dump(mode="json")


def _trust(verify: str) -> str:
    """A trust setting without places on one computer's disk."""
    return verify if verify in ("system", "first") or verify.startswith("pin:") else "system"


def received_server(value: Any, mine: Server | None) -> Server:
    """A server of somebody's set-up, joined with what only this computer knows of it.

    Nothing that came names a secret of mine; and a secret of mine goes only where it went before.

    Raises:
        ValueError: it is no server.
    """
    came = Server.model_validate(value)
    auth = Auth(kind=came.auth.kind, user=came.auth.user)
    verify = _trust(came.verify)
    if mine is not None and mine.url == came.url and mine.auth.kind == came.auth.kind:
        auth, verify = mine.auth, mine.verify
    # How one gets there is a matter of this computer; nobody else's file starts an ssh here.
    way = {"proxy": "", "route": ""} if mine is None else {"proxy": mine.proxy, "route": mine.route}
    origin = mine.origin if mine is not None else "file"
    return came.model_copy(update={"auth": auth, "verify": verify, "origin": origin, **way})


def written(objects: SetUp, workspace: str) -> bytes:
    """The one file."""
    told = {name: kept.model_dump() for name, kept in sorted(objects.items())}
    document = {"astrolabnet": "set-up", "format": FORMAT, "workspace": workspace, "objects": told}
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def read_file(file: Path) -> dict[str, Kept]:
    """Objects of a file somebody shared. It is read as data; nothing in it runs and nothing is asked.

    Raises:
        BadInput: it can not be read, is no set-up, or a newer program wrote it.
    """
    try:
        document = json.loads(read_capped(file, _MOST_BYTES).decode("utf-8-sig"))
        if not isinstance(document, dict) or document.get("astrolabnet") != "set-up":
            raise ValueError("it is no set-up")
        if not isinstance(document.get("format"), int) or document["format"] > FORMAT:
            raise ValueError("a newer AstroLabNet wrote it")
        return read_objects(document["objects"])
    except OSError as exc:
        raise BadInput(f"{file.name} can not be read: {exc.strerror or exc}.", field="file") from exc
    except (ValueError, KeyError, RecursionError) as exc:
        raise BadInput(f"{file.name} can not be used: {_first(exc)}.", field="file") from exc


def read_objects(told: Any) -> dict[str, Kept]:
    """Objects of plain data.

    Raises:
        ValueError: one of them is none, or has a name that is no object's.
    """
    if not isinstance(told, dict) or len(told) > _MOST:
        raise ValueError(f"it holds no objects, or more than {_MOST}")
    for name in told:
        if not NAME.fullmatch(str(name)) and not FORMER.fullmatch(str(name)):
            raise ValueError(f"{str(name)[:80]!r} is nothing a set-up holds")
    found = {name: Kept.model_validate(value) for name, value in told.items()}
    for name, kept in found.items():
        _check(name, kept.value)
    return found


def write_file(file: Path, objects: SetUp, workspace: str) -> None:
    """Write the one file.

    Raises:
        Missing: it can not be written.
    """
    write_whole(file, written(objects, workspace))


def _check(name: str, value: Any) -> None:
    if value is None:
        return
    if name.startswith("servers/"):
        if Server.model_validate(value).uuid != name.partition("/")[2]:
            raise ValueError(f"{name} is another server inside")
    elif name.startswith("actions/") and not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    elif name.startswith("places/") and not (
        isinstance(value, list) and len(value) == 2 and all(type(n) in (int, float) and abs(n) < 1e9 for n in value)
    ):
        raise ValueError(f"{name} is no place")


def _first(exc: Exception) -> str:
    if isinstance(exc, ValidationError):
        one = exc.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(p) for p in one['loc'])}: {one['msg']}"
    return str(exc)[:200] or type(exc).__name__
