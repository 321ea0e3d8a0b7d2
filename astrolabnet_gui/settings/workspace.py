"""Workspace: a folder of small JSON files that people can share, diff and mend; it holds no secret and no code that
runs by itself.

    workspace.json         format and uuid
    servers/<uuid>.json    one server each
    actions/               the workspace's own actions
    layout.json            places of nodes and docks
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import BadInput, Missing
from ..model.server import Server
from .files import read_capped, set_aside, write_whole

FORMAT = 1


class Workspace:
    """One open workspace. Opening never fails: what can not be used is kept aside and named in ``problems``.

    Attributes:
        folder: where it lies.
        uuid: identity, made once; markers in sent code carry its first eight letters (``short``).
        problems: sentences for the person.
        writable: False when a newer program wrote it; it is then only read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.writable = True
        self._raw: dict[str, dict[str, Any]] = {}
        self._servers: dict[str, Server] = {}
        self.uuid = self._open()
        self._read_servers()

    @property
    def short(self) -> str:
        """First eight letters of the uuid, as they stand in markers and session names."""
        return self.uuid[:8]

    @property
    def actions(self) -> Path:
        """Folder of the workspace's own actions; it need not exist."""
        return self.folder / "actions"

    def servers(self) -> tuple[Server, ...]:
        """Servers in the order a person gave them, then by their names."""
        return tuple(sorted(self._servers.values(), key=lambda s: (s.place, s.alias.casefold(), s.uuid)))

    def save_server(self, server: Server) -> None:
        """Keep a server, new or changed.

        Raises:
            BadInput: another server has this alias.
            Missing: the folder can not be written.
        """
        self._must_be_ours()
        if any(s.alias == server.alias and s.uuid != server.uuid for s in self._servers.values()):
            raise BadInput(f"there is already a server named {server.alias!r}", field="alias")
        raw = {**self._raw.get(server.uuid, {}), **server.model_dump(mode="json")}
        self._write(self._server_file(server.uuid), raw)
        self._raw[server.uuid], self._servers[server.uuid] = raw, server

    def drop_server(self, ident: str) -> None:
        """Forget a server; one that is not there is forgotten already.

        Raises:
            Missing: the folder can not be written.
        """
        self._must_be_ours()
        try:
            self._server_file(ident).unlink(missing_ok=True)
        except OSError as exc:
            raise self._unwritable(exc) from exc
        self._raw.pop(ident, None)
        self._servers.pop(ident, None)

    def layout(self) -> dict[str, Any]:
        """Places of nodes and docks; {} if there are none or they can not be read."""
        return self._read(self.folder / "layout.json") or {}

    def save_layout(self, layout: dict[str, Any]) -> None:
        """Keep places of nodes and docks.

        Raises:
            Missing: the folder can not be written.
        """
        self._must_be_ours()
        self._write(self.folder / "layout.json", layout)

    def _server_file(self, ident: str) -> Path:
        return self.folder / "servers" / f"{ident}.json"

    def _first(self, file: Path, ident: str) -> str:
        """Write the identity unless another process was first, as a window's engine may be; that of the first holds."""
        new = file.with_name(f"new-{ident}.tmp")
        self._write(new, {"format": FORMAT, "uuid": ident})
        try:
            os.link(new, file)
        except FileExistsError:
            theirs = (self._read(file) or {}).get("uuid")
            ident = theirs if isinstance(theirs, str) and _is_uuid(theirs) else ident
        except OSError:  # a file system without links
            new.replace(file)
        new.unlink(missing_ok=True)
        return ident

    def _open(self) -> str:
        file = self.folder / "workspace.json"
        document = self._read(file)
        if document is not None:
            version = document.get("format")
            if isinstance(version, int) and version > FORMAT:
                self.writable = False
                self.problems.append("The workspace was written by a newer AstroLabNet: it is read but not changed.")
            ident = document.get("uuid")
            if isinstance(ident, str) and _is_uuid(ident):
                return ident
            self._aside(file, "it holds no uuid")
        ident = uuid.uuid4().hex
        if file.exists():
            self.writable = False
            self.problems.append("The workspace is not changed as long as its workspace.json can not be read.")
            return ident
        try:
            ident = self._first(file, ident)
        except Missing as exc:
            self.problems.append(f"{exc} The workspace holds only until you quit.")
        return ident

    def _read_servers(self) -> None:
        aliases: set[str] = set()
        try:
            files = sorted((self.folder / "servers").glob("*.json"))
        except OSError as exc:
            self.problems.append(f"The list of servers can not be read: {exc.strerror or exc}.")
            return
        for file in files:
            raw = self._read(file)
            if raw is None:
                continue
            try:
                server = Server.model_validate(raw)
            except ValidationError as exc:
                first = exc.errors()[0]
                self._aside(file, f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}")
                continue
            if server.uuid != file.stem:
                self._aside(file, "its name is not the uuid inside it")
                continue
            alias = _free(server.alias, aliases)
            if alias != server.alias:
                self.problems.append(f"Two servers are named {server.alias!r}: one is shown as {alias!r}.")
                server = server.model_copy(update={"alias": alias})
            aliases.add(alias)
            self._raw[server.uuid], self._servers[server.uuid] = raw, server

    def _read(self, file: Path) -> dict[str, Any] | None:
        try:
            document = json.loads(read_capped(file).decode("utf-8-sig"))
            if not isinstance(document, dict):
                raise ValueError("it holds no object")
        except FileNotFoundError:
            return None
        except OSError as exc:
            self.problems.append(f"{file.name} can not be read: {exc.strerror or exc}.")
            return None
        except (ValueError, RecursionError) as exc:
            self._aside(file, str(exc))
            return None
        return document

    def _aside(self, file: Path, why: str) -> None:
        aside = set_aside(file)
        kept = f"It is kept as {aside.name}." if aside else "It could not be moved aside and is left out."
        self.problems.append(f"{file.name} can not be used ({why}). {kept}")

    def _write(self, file: Path, document: dict[str, Any]) -> None:
        text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
        write_whole(file, text.encode())

    def _must_be_ours(self) -> None:
        if not self.writable:
            raise Missing("the workspace was written by a newer AstroLabNet.", remedy="Update AstroLabNet.")

    def _unwritable(self, exc: OSError) -> Missing:
        return Missing(
            f"the workspace could not be changed: {exc.strerror or exc}.",
            remedy=f"Look at the rights of {self.folder}.",
        )


def free_alias(wanted: str, servers: tuple[Server, ...]) -> str:
    """``wanted``, or with -2, -3… after it if a server has that name."""
    return _free(wanted, {s.alias for s in servers})


def _free(wanted: str, taken: set[str]) -> str:
    number, alias = 1, wanted
    while alias in taken:
        number += 1
        alias = f"{wanted[:58]}-{number}"
    return alias


def _is_uuid(text: str) -> bool:
    try:
        return uuid.UUID(text).hex == text.replace("-", "").lower()
    except ValueError:
        return False
