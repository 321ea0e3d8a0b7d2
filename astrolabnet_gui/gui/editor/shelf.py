"""Shelf: where an editor's pages and what was sent lie between two runs of the program; written whole or not. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ulid import ULID

from ...errors import Missing
from ...model.key import Key
from ...settings.files import read_capped, set_aside, write_whole

SENT_KEPT = 300
PAGES_READ = 500


class Draft(BaseModel):
    """One page.

    Attributes:
        server, session: uuid and id of where it is meant for; place: the same in words.
        kind: Livy's word for its language.
        open: it stands in the window; else it is only kept.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: str
    server: str = ""
    session: int | str = ""
    place: str = ""
    kind: str = "pyspark"
    title: str = ""
    text: str = ""
    cursor: int = 0
    open: bool = True

    def meant_for(self, key: Key) -> bool:
        """It belongs to this session."""
        return self.server == key.server and str(self.session) == str(key.id)


class Shelf:
    """A folder with a file for each page and one for what was sent.

    Attributes:
        problems: sentences about what could not be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, Draft] = {}
        self.problems: list[str] = []
        self._sent: list[dict[str, str]] = []
        self._read()

    def _read(self) -> None:
        for path in sorted(self._folder.glob("*.json"))[:PAGES_READ]:
            try:
                data = json.loads(read_capped(path))
                if path.name == "sent.json":
                    self._sent = [dict(row) for row in data if isinstance(row, dict)][-SENT_KEPT:]
                else:
                    draft = Draft.model_validate(data)
                    self._written[draft.id] = draft
            except (OSError, ValueError, TypeError, ValidationError):
                aside = set_aside(path)
                where = f"; it is kept as {aside.name}" if aside is not None else ""
                self.problems.append(f"{path.name} of the editor can not be read{where}.")

    def drafts(self) -> list[Draft]:
        """All pages there are, the oldest first."""
        return sorted(self._written.values(), key=lambda d: d.id)

    def begin(self, key: Key, place: str, kind: str, title: str) -> Draft:
        """A new page; written when it has words."""
        return Draft(id=str(ULID()), server=key.server, session=key.id, place=place, kind=kind, title=title)

    def keep(self, draft: Draft) -> None:
        """Write a page if it is another than the one on disk. One without words is no page.

        Raises:
            Missing: the disk does not take it.
        """
        before = self._written.get(draft.id)
        if draft == before:
            return
        if not draft.text.strip():
            if before is not None:
                self.drop(draft.id)
            return
        self._write(f"{draft.id}.json", draft.model_dump(mode="json"))
        self._written[draft.id] = draft

    def drop(self, ident: str) -> None:
        """Delete a page.

        Raises:
            Missing: it can not be deleted.
        """
        try:
            (self._folder / f"{ident}.json").unlink(missing_ok=True)
        except OSError as exc:
            raise Missing(f"the page could not be deleted: {exc.strerror or exc}.") from exc
        self._written.pop(ident, None)

    def sent(self, kind: str) -> list[str]:
        """Code that was sent in a language, the newest last."""
        return [row.get("code", "") for row in self._sent if row.get("kind") == kind]

    def note_sent(self, kind: str, code: str) -> None:
        """Remember what was sent; the same twice in a row only once.

        Raises:
            Missing: the disk does not take it; it is remembered until the end of the program.
        """
        row = {"kind": kind, "code": code}
        if self._sent[-1:] != [row]:
            self._sent = [*self._sent, row][-SENT_KEPT:]
            self._write("sent.json", self._sent)

    def _write(self, name: str, data: Mapping[str, Any] | list[dict[str, str]]) -> None:
        write_whole(self._folder / name, json.dumps(data, ensure_ascii=True, indent=1).encode("ascii"))
