"""Library: the actions that can be sent: those we ship and those of the workspace, a TOML file and code files each.

pi.toml     title, description, tags, [code] language = "file", [[parameters]]
pi.py pi.scala pi.sql pi.r
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import BadInput
from ..model.action import LANGUAGES, Action
from ..resources import resource

MAX_BYTES = 10_000_000


class Library:
    """Actions by name and language. One name may hold one code for each language.

    Attributes:
        problems: sentences for the person: files that could not be used, and why.
    """

    def __init__(self, *folders: Path) -> None:
        """Read ``folders``; an action of a later one takes the place of one with the same name and language."""
        self.problems: list[str] = []
        self._actions: dict[tuple[str, str], Action] = {}
        for folder in folders:
            for action in self._folder(folder):
                self._actions[action.name, action.kind] = action

    @classmethod
    def with_shipped(cls, workspace: Path | None = None) -> Library:
        """The shipped actions, and those in a workspace's folder."""
        return cls(resource("actions"), *([] if workspace is None else [workspace]))

    def actions(self) -> tuple[Action, ...]:
        """All of them, by title, then language."""
        order = list(LANGUAGES)
        return tuple(sorted(self._actions.values(), key=lambda a: (a.title.casefold(), order.index(a.kind))))

    def get(self, name: str, kind: str = "") -> Action:
        """Action ``name`` in a language; without one, the first that has it (Python, Scala, SQL, R).

        Raises:
            BadInput: there is none.
        """
        for language in [kind] if kind else LANGUAGES:
            found = self._actions.get((name, language))
            if found is not None:
                return found
        known = sorted({n for n, _ in self._actions})
        words = f" in {LANGUAGES.get(kind, kind)}" if kind and name in known else ""
        raise BadInput(f"there is no action {name!r}{words}.", field="action", remedy=f"There are: {', '.join(known)}.")

    def _folder(self, folder: Path) -> Iterable[Action]:
        try:
            files = sorted(folder.glob("*.toml"))
        except OSError as exc:
            self.problems.append(f"the actions in {folder.name} can not be read: {exc.strerror or exc}.")
            return
        for file in files:
            try:
                yield from _definition(file)
            except ValidationError as exc:
                first = exc.errors(include_url=False, include_input=False)[0]
                where = ".".join(str(p) for p in first["loc"])
                self.problems.append(f"the action {file.name} can not be used ({where}: {first['msg']}).")
            except (OSError, ValueError, RecursionError) as exc:
                self.problems.append(f"the action {file.name} can not be used ({exc}).")


def _definition(file: Path) -> list[Action]:
    document = tomllib.loads(_text(file))
    code = document.pop("code", None)
    if not isinstance(code, Mapping) or not code:
        raise ValueError("it has no [code]")
    unknown = sorted(document.keys() - {"title", "description", "tags", "parameters"})
    if unknown:
        raise ValueError(f"it has an unknown entry {unknown[0]!r}")
    actions = [Action(name=file.stem, kind=kind, code=_code(file, name), **document) for kind, name in code.items()]
    names = [p.name for p in actions[0].parameters]
    if len(set(names)) != len(names):
        raise ValueError("two parameters have the same name")
    return actions


def _code(definition: Path, name: Any) -> str:
    """Text of a code file beside its definition."""
    if not isinstance(name, str) or Path(name).name != name or name.startswith("."):
        raise ValueError(f"its code file {name!r} is not a plain file name")
    return _text(definition.with_name(name)).rstrip("\n")


def _text(file: Path) -> str:
    with file.open("rb") as src:
        data = src.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{file.name} is larger than {MAX_BYTES // 1_000_000} MB")
    return data.decode("utf-8-sig")
