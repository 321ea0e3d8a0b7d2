"""Program: the script or JAR of an action, kept beside it, so that the two travel together and outlive the original.

A file is named after what it holds: an edit puts another beside it, and undoing the edit finds the former one again.
What no action names any more is put aside, and dropped a month later.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import BadInput
from ..model.action import Action, Program
from ..settings.files import write_whole
from .document import HERE, MAX_BYTES, write

LARGEST = 100_000_000
"""What Livy takes unless its operator allows more."""
LISTS = ("jars", "py_files", "files", "archives")
"""Fields of a batch that name files."""
# A copy that no action names may be one that another computer is just writing, before the action that will name it.
_YOUNG_S, _DROPPED_S = 3600.0, 30 * 86400.0
_COPY = re.compile(r"[a-z0-9][a-z0-9-]*-([0-9a-f]{6})\.\w+")


def kept_beside(action: Action, folder: Path) -> Action:
    """The action, its program in ``folder`` if it came with it or is a file of this computer.

    Raises:
        BadInput: the file can not be read, is too large, or the action names other files of this computer.
        Missing: the folder can not be written.
    """
    program = action.program
    if program is None:
        return action
    if mine := others_of_mine(program):
        raise BadInput(
            f"{mine[0]} is a file of this computer; an action keeps its program alone.", field=mine[1],
            remedy="Copy it where the servers see it and give that address.",
        )  # fmt: skip
    if program.text or program.base64:
        data = _brought(program)
    elif program.file.startswith(HERE):
        path = Path(program.file.removeprefix(HERE)).expanduser().absolute()
        if path.parent == folder.absolute():
            return action
        data = _read(path)
    else:
        return action
    suffix = Path(program.file).suffix
    place = folder / f"{action.name[:57]}-{hashlib.sha256(data).hexdigest()[:6]}{suffix}"
    if not (place.is_file() and place.read_bytes() == data):
        write_whole(place, data)
    inside = program.model_copy(update={"file": f"{HERE}{place}", "text": "", "base64": ""})
    return action.model_copy(update={"program": inside})


def carried(program: Program) -> Program:
    """The program with what its file holds, as one file takes it to a colleague.

    Raises:
        BadInput: the file can not be read, or is too large for that; or it names other files of this computer.
    """
    if mine := others_of_mine(program):
        raise BadInput(f"it takes {mine[0]} from this computer, which a colleague has not.", field="file")
    if not program.file.startswith(HERE):
        return program
    path = Path(program.file.removeprefix(HERE)).expanduser()
    data = _read(path)
    if len(data) > MAX_BYTES * 3 // 4 - 100_000:
        raise BadInput(
            f"{path.name} has {len(data) / 1e6:.0f} MB; one file carries at most {MAX_BYTES * 3 // 4_000_000} MB.",
            field="file", remedy="Copy it where the servers see it and edit the action to that address.",
        )  # fmt: skip
    try:
        inside = {"text": data.decode()} if path.suffix.lower() != ".jar" and data else {}
    except UnicodeDecodeError:
        inside = {}
    inside = inside or {"base64": base64.b64encode(data).decode()}
    return program.model_copy(update={"file": f"program{path.suffix}", **inside})


def whole(same: Iterable[Action]) -> str:
    """Document of one action with the script or JAR it starts inside.

    Raises:
        BadInput: as ``carried``.
    """
    return write(a if a.program is None else a.model_copy(update={"program": carried(a.program)}) for a in same)


def put_aside(folder: Path, aside: Path, now_s: float) -> None:
    """Move copies of programs that no action of a folder names any more into ``aside``; drop those long there."""
    with contextlib.suppress(OSError):
        named = _texts(folder)
        for copy in _copies(folder):
            if copy.name not in named and now_s - copy.stat().st_mtime > _YOUNG_S and _is_ours(copy):
                aside.mkdir(exist_ok=True, mode=0o700)
                copy.replace(aside / copy.name)
                os.utime(aside / copy.name, (now_s, now_s))
        named = _texts(aside)
        for copy in _copies(aside):
            if copy.name not in named and now_s - copy.stat().st_mtime > _DROPPED_S:
                copy.unlink()


def fetch_back(text: str, folder: Path, aside: Path) -> None:
    """Put copies of programs that an action names, and that were put aside, beside it again."""
    with contextlib.suppress(OSError):
        for copy in _copies(aside):
            if copy.name in text and not (folder / copy.name).exists():
                copy.replace(folder / copy.name)


def _texts(folder: Path) -> str:
    return "\n".join(file.read_text("utf-8", "replace") for file in folder.glob("*.toml"))


def _copies(folder: Path) -> Iterator[Path]:
    files = sorted(folder.iterdir()) if folder.is_dir() else ()
    return (f for f in files if _COPY.fullmatch(f.name) and f.suffix != ".toml" and f.is_file() and not f.is_symlink())


def _is_ours(copy: Path) -> bool:
    """Its name says what it holds; a file that somebody put there by hand is left alone."""
    found = _COPY.fullmatch(copy.name)
    return found is not None and hashlib.sha256(copy.read_bytes()).hexdigest()[:6] == found[1]


def outside(program: Program, folder: Path | None) -> str:
    """A file of this computer that a program takes though it does not lie with the action; "" if there is none.

    An action may be a colleague's: by sending it, nobody's private files go to a server.
    """
    if mine := others_of_mine(program):
        return mine[0]
    if not program.file.startswith(HERE):
        return ""
    path = Path(program.file.removeprefix(HERE))
    inside = folder is not None and path.resolve().parent == folder.resolve()
    return "" if inside else str(path)


def others_of_mine(program: Program) -> tuple[str, str] | None:
    """A file of this computer beside the program, and the field that names it; None if there is none."""
    for field in LISTS:
        given = program.needs.get(field) or ()
        for file in given if isinstance(given, list | tuple) else (given,):
            if str(file).startswith(HERE):
                return str(file).removeprefix(HERE), field
    return None


def _brought(program: Program) -> bytes:
    try:
        return program.text.encode() if program.text else base64.b64decode(program.base64, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadInput(f"what it carries as {program.file} can not be read: {exc}.", field="file") from exc


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise BadInput(
                f"{path.name} has {size / 1e6:.0f} MB; a server takes at most {LARGEST // 1_000_000} MB.", field="file",
                remedy="Copy it where the servers see it and give that address.",
            )  # fmt: skip
        return path.read_bytes()
    except OSError as exc:
        raise BadInput(f"{path.name} can not be read: {exc.strerror or exc}.", field="file") from exc
