"""Document: one action as one plain TOML file: what is stored, exported, sent to a colleague and imported again.

title, description, tags, folder, where
[text]  pyspark = '''…'''      code in the file itself, by language
[code]  pyspark = "pi.py"      or in files beside it (shipped actions)
[program]  file, class_name, args, needs      or a script or JAR; file beside it, or as servers see it
[program]  text = '''…''' or base64            and what file holds, on the way to a colleague
[[parameters]]  name, type, label, default, choices
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from ..errors import BadInput
from ..model.action import LANGUAGES, Action

MAX_BYTES = 10_000_000
_SHARED = ("title", "description", "tags", "folder", "where", "parameters")
_BODIES = ("text", "code", "program")
_OF_PROGRAMS = {".r": "sparkr", ".jar": "spark"}
HERE = "here:"
"""Before the path of a file on this computer."""


def read(text: str, name: str, *, beside: Path | None = None, own: bool = False) -> list[Action]:
    """Actions of a document, one for each language.

    Args:
        text: the document; name: of the action.
        beside: folder of the code files it may name; None = it must hold everything itself.
        own: it belongs to the workspace.

    Raises:
        BadInput: it can not be used; the words say which part.
    """
    try:
        document = tomllib.loads(text)
        bodies = _bodies(document, beside)
        unknown = sorted(document.keys() - {*_SHARED, *_BODIES})
        if unknown:
            raise ValueError(f"it has an unknown entry {unknown[0]!r}")
        shared = {key: document[key] for key in _SHARED if key in document}
        return [Action.model_validate({**shared, **body, "name": name, "own": own}) for body in bodies]
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{where}: {what}" if where else what, field=where) from exc
    except (OSError, ValueError, RecursionError) as exc:
        raise BadInput(str(exc)) from exc


def write(actions: Iterable[Action], beside: Path | None = None) -> str:
    """Document of the languages of one action; ``read`` gives back the same.

    Args:
        beside: folder it will lie in: a program there is named without it, so that the folder may be anywhere.
    """
    same = list(actions)
    first = same[0].model_dump(mode="json", exclude_defaults=True)
    document: dict[str, Any] = {key: first[key] for key in _SHARED if key in first}
    texts = {a.kind: a.code for a in same if a.program is None}
    if texts:
        document["text"] = texts
    elif same[0].program is not None:
        program = same[0].program.model_dump(mode="json", exclude_defaults=True)
        if beside is not None and program["file"].startswith(f"{HERE}{beside}{os.sep}"):
            program["file"] = Path(program["file"].removeprefix(HERE)).name
        document["program"] = program
    # A text with a bare carriage return can not be written in lines without losing it.
    in_lines = not any("\r" in text for text in (*texts.values(), *_program_texts(document)))
    return tomli_w.dumps(document, multiline_strings=in_lines)


def _program_texts(document: Mapping[str, Any]) -> list[str]:
    return [text for text in document.get("program", {}).values() if isinstance(text, str)]


def text_of(file: Path) -> str:
    """Text of a file of an action.

    Raises:
        ValueError: it is far larger than any code, or no UTF-8.
        OSError: it can not be read.
    """
    with file.open("rb") as src:
        data = src.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{file.name} is larger than {MAX_BYTES // 1_000_000} MB")
    return data.decode("utf-8-sig")


def _bodies(document: Mapping[str, Any], beside: Path | None) -> list[dict[str, Any]]:
    """What is different between the actions of a document: language, and code or program."""
    found = [name for name in _BODIES if name in document]
    if len(found) != 1 or not isinstance(document[found[0]], Mapping) or not document[found[0]]:
        raise ValueError("it has no [code]" if not found else "it needs one of [text], [code], [program], filled")
    body = document[found[0]]
    if found[0] == "program":
        program = dict(body)
        file = str(program.get("file", ""))
        if beside is not None and file and plain(file):
            program["file"] = f"{HERE}{beside / file}"
        suffix = Path(file).suffix.lower()
        return [{"kind": _OF_PROGRAMS.get(suffix, "pyspark"), "program": program}]
    unknown = sorted(body.keys() - LANGUAGES.keys())
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no kind of code; there are {', '.join(LANGUAGES)}")
    if found[0] == "text":
        return [{"kind": kind, "code": text} for kind, text in body.items()]
    return [{"kind": kind, "code": _code_file(beside, file)} for kind, file in body.items()]


def _code_file(beside: Path | None, name: Any) -> str:
    if not isinstance(name, str) or not plain(name):
        raise ValueError(f"its code file {name!r} is not a plain file name")
    if beside is None:
        raise ValueError(f"its code is in another file, {name!r}; one file must hold everything")
    return text_of(beside / name).rstrip("\n")


def plain(name: str) -> bool:
    """It names a file beside the document, and nothing else."""
    return Path(name).name == name and not name.startswith(".") and ":" not in name
