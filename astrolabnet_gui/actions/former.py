"""Former: set-ups of earlier builds, in which what an action sends could lie beside it as an object of its own."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from ..settings.setup import FORMER, Kept, SetUp


def joined(came: SetUp) -> tuple[dict[str, Kept], list[str]]:
    """A set-up whose actions hold all they send, and the names of what no action of it starts."""
    files = {name.partition("/")[2]: kept for name, kept in came.items() if FORMER.fullmatch(name)}
    used: set[str] = set()
    whole = {
        name: _with_inside(kept, files, used) if name.startswith("actions/") else kept
        for name, kept in came.items()
        if not FORMER.fullmatch(name)
    }
    return whole, sorted(name for name, kept in files.items() if kept.value is not None and name not in used)


def _with_inside(action: Kept, files: SetUp, used: set[str]) -> Kept:
    """The action with the texts it names, if all of them are there; changed when the newest of them was."""
    try:
        document = tomllib.loads(action.value) if files and isinstance(action.value, str) else {}
    except ValueError:
        return action
    code, program = document.get("code"), document.get("program")
    named = list(code.values()) if isinstance(code, dict) else []
    if isinstance(program, dict) and not {"text", "base64"} & program.keys():
        named.append(program.get("file"))
    there = {name: text for name in named if isinstance(name, str) and (text := _text(files, name)) is not None}
    if not there or len(there) < len(set(map(str, named))):
        return action
    if isinstance(code, dict):
        document["text"] = {kind: there[name].rstrip("\n") for kind, name in document.pop("code").items()}
    else:
        document["program"] = {
            **document["program"],
            "file": f"program{Path(named[0]).suffix}",
            "text": there[named[0]],
        }
    used.update(there)
    in_lines = not any("\r" in text for text in there.values())
    changed = max(action.changed, *(files[name].changed for name in there))
    return Kept(changed=changed, value=tomli_w.dumps(document, multiline_strings=in_lines))


def _text(files: SetUp, name: str) -> Any:
    return files[name].value if name in files else None
