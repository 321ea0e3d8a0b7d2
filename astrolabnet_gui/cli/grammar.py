"""Grammar: which words there are: ``sessions new lal``. All of it is made from the command table and the kinds."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..command.example import cli_example
from ..command.line import group
from ..command.registry import COMMANDS, Command
from ..model.action import LANGUAGES
from ..model.inert import plain
from .words import add_options

CODES = "0 done, 1 failed, 2 not understood, 3 something is missing here, 4 a question without an answer, 130 stopped"
EPILOG = f"""\
exit codes: {CODES}
Every word has its own --help with an example. Tab completes words and addresses: astrolabnet completion bash
"""
# Collections with a list: its word, and the kind in a Key; "" = made otherwise.
LISTS = {
    "servers": "servers", "sessions": "sessions", "batches": "batches", "actions": "actions", "channels": "channels",
    "sources": "sources", "datasets": "datasets", "groups": "groups", "tasks": "", "journal": "",
}  # fmt: skip
# Words of the island's own program.
ISLAND = frozenset({"start", "stop", "status", "logs", "fetch", "broker", "serve", "-h", "--help"})
SINGLE = {
    "show": "one thing, and what is below it",
    "send": "send code or an action to a server or session, wait, print the result",
    "commands": "every act there is",
    "completion": "print what completes words and addresses in a shell",
}


def nouns() -> dict[str, str]:
    """Noun of each group of verbs: sessions -> session."""
    return {group(noun): noun for noun in sorted({name.partition(".")[0] for name in COMMANDS})}


def verbs(word: str) -> dict[str, Command]:
    """Verbs of a group: ``new``, ``close``… of ``sessions``."""
    noun = nouns().get(word, "")
    return {name.partition(".")[2]: verb for name, verb in COMMANDS.items() if name.partition(".")[0] == noun}


def unfolded(words: Sequence[str]) -> list[str]:
    """``session new`` and ``session.new`` are ``sessions new``; ``sessions lal`` is ``sessions list lal``."""
    first, *rest = words
    if first in COMMANDS:
        noun, _, verb = first.partition(".")
        return [group(noun), verb, *rest]
    first = group(first) if first in nouns().values() else first
    if not rest and first not in LISTS and first in nouns().keys() - {"island"}:
        return [first, "--help"]
    listed = first in LISTS and (not rest or (rest[0] not in (*verbs(first), "list", "-h", "--help")))
    # A word before an address is a verb, also one that is not there: "sessions clsoe lal/sessions/3".
    listed = listed and not (len(rest) > 1 and not rest[0].startswith("-") and "/" not in rest[0] and "/" in rest[1])
    return [first, *(["list"] if listed else []), *rest]


def options() -> argparse.ArgumentParser:
    """What every word takes."""
    shared = argparse.ArgumentParser(add_help=False)
    how = shared.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON value a line, for programs")
    how.add_argument("-q", "--quiet", action="store_true", help="print addresses and results only")
    shared.add_argument(
        "--answer", metavar="CHOICE", help="answer to every question (yes, no, …); without it: exit code 4"
    )
    shared.add_argument(
        "--patience", type=float, default=10.0, metavar="S", help="seconds to wait for a server (default: 10)"
    )
    return shared


Does = Callable[..., int]


def parser(first: str, does: Mapping[str, Does], do: Callable[[Command], Does]) -> argparse.ArgumentParser:
    """The words, those below ``first`` in full: to build all takes longer than most of them run.

    Args:
        does: functions of the single words and of ``list``.
        do: function of a row of the table.
    """
    top = argparse.ArgumentParser(
        "astrolabnet", description="One desk for an archipelago of Spark servers.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    words, shared = top.add_subparsers(required=True, metavar="WORD", title="words"), options()
    for word, noun in nouns().items():
        about = f"{', '.join([*(['list'] if word in LISTS else []), *verbs(word)])}"
        one = words.add_parser(word, help=about, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
        if word == first:
            below = one.add_subparsers(required=True, metavar="VERB", title="verbs")
            if word in LISTS:
                _list(below, word, shared, does["list"])
            for verb in verbs(word).values():
                _verb(below, verb, shared, do(verb))
        one.set_defaults(noun=noun)
    for word, about in SINGLE.items():
        one = words.add_parser(word, parents=[shared], help=about, description=about)
        one.set_defaults(word=does[word])
        _ARGUMENTS[word](one)
    return top


def _list(below: Any, word: str, shared: argparse.ArgumentParser, does: Does) -> None:
    what = "acts done from this workspace" if word == "journal" else f"{word} there are, and how they are"
    one = below.add_parser(
        "list", parents=[shared], help=what, description=f"List the {what}.",
        epilog=f"example: astrolabnet {word} list --json", formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    one.add_argument("--watch", action="store_true", help="go on, and show what changes; Ctrl+C ends it")
    one.set_defaults(word=does, group=word)
    if word in ("sessions", "batches", "datasets"):
        one.add_argument("address", nargs="?", default="", metavar="server", help="only of this server")
    if word == "tasks":
        one.add_argument("address", nargs="?", default="", help="only of this server or session")
        one.add_argument("--elsewhere", action="store_true", help="look on the servers for what another site sent")
    if word in ("tasks", "journal"):
        one.add_argument("--most", type=int, default=50, metavar="N", help="the newest so many (default: 50)")


def _verb(below: Any, verb: Command, shared: argparse.ArgumentParser, does: Does) -> None:
    shell = cli_example(verb)
    example = f"example: {shell}\nin Python: {verb.example}" if shell else f"in Python: {verb.example}"
    one = below.add_parser(
        verb.name.partition(".")[2], parents=[shared], help=plain(verb.words), description=verb.help,
        epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    one.set_defaults(word=does)
    if verb.on:
        one.add_argument("address", help=f"which of the {' or '.join(verb.on)}, as in lal/sessions/3")
    add_options(one, verb.params)


def _show(one: argparse.ArgumentParser) -> None:
    one.add_argument("address", help="as lal/sessions/3")
    one.add_argument("--watch", action="store_true", help="go on, and show what changes; Ctrl+C ends it")
    one.epilog = "example: astrolabnet show lal/sessions/3"


def _send(one: argparse.ArgumentParser) -> None:
    one.add_argument("address", help="server (lal) or session (lal/sessions/3)")
    one.add_argument(
        "--kind", default="", choices=tuple(LANGUAGES), help="language; default: the session's, the action's"
    )
    what = one.add_mutually_exclusive_group(required=True)
    what.add_argument("--code", help="the code itself")
    what.add_argument("--file", help="file with the code; - is standard input")
    what.add_argument("--action", help="name of an action of the library")
    one.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the action")
    one.add_argument("--name", default="", help="what to call it in the tree")
    one.add_argument("--no-wait", action="store_true", help="print the address and leave")
    one.epilog = "example: astrolabnet send lal --kind pyspark --code 'spark.range(9).count()'"


def _completion(one: argparse.ArgumentParser) -> None:
    one.add_argument("shell", choices=("bash", "zsh", "fish"))
    one.epilog = 'example: eval "$(astrolabnet completion bash)"'


_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "show": _show, "send": _send, "commands": lambda _: None, "completion": _completion,
}  # fmt: skip
