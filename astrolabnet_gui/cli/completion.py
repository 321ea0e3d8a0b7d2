"""Completion: what may come next on the command line. Addresses are those last seen; no server is asked."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args, get_origin
from urllib.parse import quote

from ..command.registry import Command
from ..errors import AstroLabNetError
from ..journal.past import Past
from ..model.inert import plain
from ..model.key import split_address
from ..model.told import read_thing
from ..network.store import Store
from ..settings.files import write_whole
from ..settings.paths import paths
from ..settings.workspace import Workspace
from .grammar import ISLAND, LISTS, SINGLE, nouns, unfolded, verbs
from .show import address

MOST = 5_000
SHARED = ("--json", "--quiet", "--answer", "--patience", "--help")
_SCRIPTS = {
    "bash": """\
_astrolabnet() {
  local IFS=$'\\n'
  COMPREPLY=($(astrolabnet __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _astrolabnet astrolabnet
""",
    "zsh": """\
#compdef astrolabnet
_astrolabnet() {
  local -a found
  found=("${(@f)$(astrolabnet __complete "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  compadd -- $found
}
compdef _astrolabnet astrolabnet
""",
    "fish": """\
complete -c astrolabnet -f -a '(astrolabnet __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
""",
}


def script(shell: str) -> str:
    """What a shell must read once: ``eval "$(astrolabnet completion bash)"``."""
    return _SCRIPTS[shell]


def complete(words: Sequence[str]) -> int:
    """Print what may stand in place of the last of these words, one a line."""
    for found in candidates(words[:-1], words[-1] if words else ""):
        sys.stdout.write(f"{found}\n")
    return 0


def candidates(before: Sequence[str], begun: str) -> list[str]:
    """What may stand after ``before`` and begins with ``begun``."""
    return sorted({word for word in _fitting(before, begun) if word.startswith(begun)})


def _fitting(before: Sequence[str], begun: str) -> Iterable[str]:
    if not before:
        return [*nouns(), *SINGLE, *(("-b", "-c", "-s", "-h", "-V") if begun.startswith("-") else ())]
    words = unfolded(before)
    first = words[0]
    if first == "completion":
        return _SCRIPTS
    if first in SINGLE:
        kinds = {"show": None, "send": ("servers", "sessions")}.get(first, ())
        return SHARED if begun.startswith("-") else _addresses(kinds)
    if first not in nouns():
        return ()
    if len(before) == 1 and "." not in before[0]:
        own = [word for word in ISLAND if not word.startswith("-")] if first == "island" else []
        listed = ["list"] if first in LISTS else []
        return [*verbs(first), *listed, *own]
    if words[1] == "list":
        return (*SHARED, "--watch") if begun.startswith("-") else _addresses(("servers",))
    verb = verbs(first).get(words[1])
    return () if verb is None else _of(verb, words[2:], begun)


def _of(verb: Command, given: Sequence[str], begun: str) -> Iterable[str]:
    """Options of a verb, choices of the option before, addresses of the things it acts on."""
    names = {f"--{name.replace('_', '-')}": field for name, field in verb.params.model_fields.items()}
    last = given[-1] if given else ""
    if last in names:
        return _choices(names[last].annotation)
    if begun.startswith("-") or not verb.on:
        return (*names, *SHARED)
    return _addresses(verb.on)


def _choices(kind: Any) -> list[str]:
    found = [kind, *get_args(kind)]
    return [str(choice) for one in found if get_origin(one) is Literal for choice in get_args(one)]


def _addresses(kinds: Sequence[str] | None) -> list[str]:
    """Addresses of things of these kinds; None = of all."""
    known = {*_servers(), *_seen(), *_now_in_the_window()}
    return [one for one in known if kinds is None or _kind(one) in kinds]


def _kind(one: str) -> str:
    steps = [step for step in one.split("/") if step] if one.startswith("/") else list(split_address(one)[1])
    return steps[-2] if len(steps) > 1 else "servers"


def _servers() -> Iterable[str]:
    where = paths().workspace
    return [quote(server.alias, safe="") for server in Workspace(where).servers()] if where.exists() else ()


def _seen() -> Iterable[str]:
    """What the command line saw when it last ran."""
    try:
        return (paths().cache / "addresses").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()


def _now_in_the_window() -> Iterable[str]:
    """What a window that is open writes down."""
    file = paths().past
    if not file.exists():
        return ()
    found: list[str] = []
    with contextlib.suppress(AstroLabNetError, ValueError):
        past = Past(file)
        try:
            told = [read_thing(key, text) for key, text in past.at(time.time()).items()]
        finally:
            past.close()
        aliases = {thing.key.server: thing.label for thing in told if not thing.key.path}
        found = [thing.key.address(aliases.get(thing.key.server, "")) for thing in told]
    return found


def remember(store: Store) -> None:
    """Keep the addresses of what is known now; without a place for them there is none, and nothing else suffers."""
    seen = [address(store, thing) for thing in list(store.things.values())[:MOST]]
    lines = [one for one in seen if plain(one) == one and not any(c.isspace() for c in one)]
    with contextlib.suppress(OSError, AstroLabNetError):
        if lines and sorted(lines) != sorted(_seen()):
            write_whole(paths().cache / "addresses", "\n".join(lines).encode())
