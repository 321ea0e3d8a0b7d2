"""Library: the actions that can be sent: those we ship, and those of the workspace, which can be changed."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import BadInput, Missing
from ..model.action import LANGUAGES, Action
from ..resources import resource
from ..settings.files import write_whole
from ..settings.objects import SharedActions
from .document import HERE, plain, read, text_of, write
from .program import fetch_back, kept_beside, outside, put_aside, whole

_REMOVED = ".removed"
# What all actions together may add to a set-up.
_MOST_BYTES = 30_000_000


class Library:
    """Actions by name and language. One name may hold one code for each language.

    Args:
        shipped: folders that are only read.
        own: folder of the workspace's actions; one there takes the place of a shipped one of the same name and
            language. None: nothing can be kept.

    Attributes:
        problems: sentences for the person: files that could not be used, and why.
    """

    def __init__(self, *shipped: Path, own: Path | None = None) -> None:
        self._shipped, self._own = shipped, own
        self._lent: Mapping[str, Sequence[Path]] = {}
        self.problems: list[str] = []
        self._actions: dict[tuple[str, str], Action] = {}
        self.reload()

    @classmethod
    def with_shipped(cls, workspace: Path | None = None) -> Library:
        """The shipped actions, and those in a workspace's folder."""
        return cls(resource("actions"), own=workspace)

    def lend(self, folders: Mapping[str, Sequence[Path]]) -> None:
        """Show what plug-ins bring, in place of what was lent before.

        Args:
            folders: by the name of the plug-in, which is the folder its actions stand in if they name none.
        """
        if folders != self._lent:
            self._lent = dict(folders)
            self.reload()

    def reload(self) -> None:
        """Read all files anew."""
        self.problems.clear()
        self._actions.clear()
        for folder in self._shipped:
            for action in self._folder(folder):
                self._actions[action.name, action.kind] = action
        for plugin, lent in self._lent.items():
            for action in (action for folder in lent for action in self._folder(folder)):
                if (action.name, action.kind) in self._actions:
                    self.problems.append(f"the action {action.name} of the plug-in {plugin} has a name that is taken.")
                else:
                    marked = action.model_copy(update={"folder": action.folder or plugin})
                    self._actions[action.name, action.kind] = marked
        for action in self._folder(self._own) if self._own else ():
            self._actions[action.name, action.kind] = action

    def actions(self) -> tuple[Action, ...]:
        """All of them, by folder, title, then language."""
        order = list(LANGUAGES)
        key = lambda a: (a.folder.casefold(), a.title.casefold(), order.index(a.kind))  # noqa: E731
        return tuple(sorted(self._actions.values(), key=key))

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

    def of_name(self, name: str) -> tuple[Action, ...]:
        """All languages of one action; () if there is none."""
        return tuple(a for a in self.actions() if a.name == name)

    def free_name(self, title: str) -> str:
        """A name made of a title that no action has yet."""
        plain = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:56] or "action"
        taken, number, name = {n for n, _ in self._actions}, 1, plain
        while name in taken:
            number += 1
            name = f"{plain}-{number}"
        return name

    def save(self, actions: Iterable[Action]) -> None:
        """Keep the languages of one action in the workspace, in place of what it held under that name; with it the
        program it starts, if that is a file of this computer.

        Raises:
            BadInput: it would not be read again as it is.
            Missing: the folder can not be written.
        """
        file = self._file(next(iter(same := list(actions))).name)
        same = [kept_beside(action, file.parent) for action in same]
        text = write(same, file.parent)
        read(text, same[0].name, beside=file.parent, own=True)
        self._write(file, text)
        self.reload()

    def remove(self, name: str) -> None:
        """Take an action of the workspace away; ``restore`` brings it back.

        Raises:
            BadInput: there is none, or it is shipped.
            Missing: the folder can not be written.
        """
        if not any(a.own for a in self.of_name(name)):
            known = bool(self.of_name(name))
            what = "is shipped with AstroLabNet and can not be removed" if known else "is no action of the workspace"
            raise BadInput(f"{name!r} {what}.", field="name")
        file = self._file(name)
        aside = file.parent / _REMOVED / file.name
        try:
            aside.parent.mkdir(exist_ok=True, mode=0o700)
            file.replace(aside)
        except OSError as exc:
            raise Missing(f"the action {name!r} could not be removed: {exc.strerror or exc}.") from exc
        self.reload()

    def restore(self, name: str) -> None:
        """Bring back the action of that name that was removed last.

        Raises:
            BadInput: none was removed, or there is one of that name again.
        """
        file = self._file(name)
        aside = file.parent / _REMOVED / file.name
        if file.exists():
            raise BadInput(f"there is an action {name!r} again.", field="name")
        try:
            aside.replace(file)
        except FileNotFoundError as exc:
            raise BadInput(f"no action {name!r} was removed.", field="name") from exc
        except OSError as exc:
            raise Missing(f"the action {name!r} could not be brought back: {exc.strerror or exc}.") from exc
        fetch_back(file.read_text("utf-8", "replace"), file.parent, aside.parent)
        self.reload()

    def shared(self) -> SharedActions:
        """The workspace's actions as a set-up takes them along: each in one text, with the script or JAR it starts."""
        texts: dict[str, str] = {}
        home: dict[str, str] = {}
        for file in sorted(self._own.glob("*.toml")) if self._own else ():
            try:
                texts[file.name] = _to_give(file)
            except BadInput as exc:
                home[file.name] = exc.what
            except (OSError, ValueError) as exc:
                home[file.name] = f"it can not be read: {exc}."
        total = 0
        for name, size in sorted(((n, len(json.dumps(t))) for n, t in texts.items()), key=lambda pair: pair[1]):
            total += size
            if total > _MOST_BYTES:
                del texts[name]
                home[name] = f"all actions together have more than {_MOST_BYTES // 1_000_000} MB."
        return SharedActions(texts, home)

    def take(self, name: str, text: str | None) -> str | None:
        """Put an action of somebody's set-up into its file, what it starts beside it; None removes it. Nothing runs.

        Gives:
            its text as ``shared`` has it now.

        Raises:
            Missing: the folder can not be written.
        """
        if self._own is None:
            raise Missing("there is no workspace to keep actions in.")
        file = self._own / name
        if text is None:
            try:
                file.unlink(missing_ok=True)
            except OSError as exc:
                raise Missing(f"{name} could not be removed: {exc.strerror or exc}.") from exc
            return None
        inside = text
        with contextlib.suppress(BadInput):
            came = read(text, file.stem, own=True)
            program = came[0].program
            # Nothing that came names a file of this computer: only what it carries itself is kept.
            if program is not None and (program.text or program.base64) and plain(program.file):
                inside = write([kept_beside(came[0], self._own)], self._own)
        self._write(file, inside)
        with contextlib.suppress(BadInput, OSError, ValueError):
            return _to_give(file)
        return text

    def _write(self, file: Path, text: str) -> None:
        aside = file.parent / _REMOVED
        fetch_back(text, file.parent, aside)
        write_whole(file, text.encode("utf-8", "replace"))
        put_aside(file.parent, aside, time.time())

    def _file(self, name: str) -> Path:
        if self._own is None:
            raise Missing("there is no workspace to keep actions in.")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
            raise BadInput(f"{name!r} can not be the name of an action.", field="name")
        return self._own / f"{name}.toml"

    def _folder(self, folder: Path) -> Iterable[Action]:
        try:
            files = sorted(folder.glob("*.toml"))
        except OSError as exc:
            self.problems.append(f"the actions in {folder.name} can not be read: {exc.strerror or exc}.")
            return
        for file in files:
            try:
                yield from read(text_of(file), file.stem, beside=file.parent, own=folder == self._own)
            except BadInput as exc:
                self.problems.append(f"the action {file.name} can not be used ({exc.what}).")
            except (OSError, ValueError) as exc:
                self.problems.append(f"the action {file.name} can not be used ({exc}).")


def _to_give(file: Path) -> str:
    """Text of an action with all it starts, as others may have it.

    Raises:
        BadInput: it takes a file of this computer that does not lie with it, or is too large.
        OSError, ValueError: it can not be read.
    """
    text = text_of(file)
    try:
        same = read(text, file.stem, beside=file.parent, own=True)
    except BadInput:
        if HERE in text:
            raise
        return text  # damaged: nothing is brought from here by it
    for program in (a.program for a in same if a.program is not None):
        if mine := outside(program, file.parent):
            raise BadInput(f"it takes {Path(mine).name} from this computer.", field="file")
    with contextlib.suppress(BadInput):
        if read(text, file.stem, own=True) == same:
            return text
    return whole(same)
