"""The words after ``astrolabnet``: island, servers, sessions, tasks, send, commands, and the whole command table.

Exit codes: 0 done, 1 failed, 2 not understood, 3 something is missing on this computer, 4 a question without an answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from ..command.registry import COMMANDS, Command
from ..errors import AstroLabNetError, BadInput, Missing
from ..model.action import LANGUAGES
from ..model.key import Key
from ..model.task import Task
from ..model.thing import Thing
from ..net.desk import Desk, NeedsAnswer
from ..net.opened import Opened, opened
from ..network.link import Question, RunEvent
from .island import is_plain_start, island
from .show import address, columns, plain, print_json, result, rows, say, why
from .tasks import found, tasks
from .words import add_options, pairs, params_of

Word = Callable[[argparse.Namespace, Opened], int]


def main(words: Sequence[str]) -> int:
    """Do what the words say; the answer is the exit code."""
    try:
        if words[0] == "island":
            return _island(words[1:])
        args = _parser().parse_args(_unfolded(words))
        word: Word | None = args.word
        if word is None:
            return _commands(args)
        with opened(_answer(args.answer), _tell(args)) as here:
            return word(args, here)
    except AstroLabNetError as error:
        say(f"astrolabnet: {error}", sys.stderr)
        return exit_code(error)


def _island(words: Sequence[str]) -> int:
    """The island's own words; an island that was started is taken into the workspace."""
    code = island(words)
    if code == 0 and is_plain_start(words):
        with opened(_answer(None), lambda _: None) as here:
            here.desk.do("island.start", None, {"keep_running": True})
    return code


def exit_code(error: AstroLabNetError) -> int:
    """Exit code that tells a script what kind of failure it was."""
    kinds: tuple[tuple[type[AstroLabNetError], int], ...] = ((NeedsAnswer, 4), (Missing, 3), (BadInput, 2))
    return next((code for kind, code in kinds if isinstance(error, kind)), 1)


def _unfolded(words: Sequence[str]) -> list[str]:
    """``session new`` is ``session.new``."""
    if len(words) > 1 and f"{words[0]}.{words[1]}" in COMMANDS:
        return [f"{words[0]}.{words[1]}", *words[2:]]
    return list(words)


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON value a line, for programs")
    shared.add_argument(
        "--answer", metavar="CHOICE", help="answer to every question (yes, no, …); without it: exit code 4"
    )
    shared.add_argument(
        "--patience", type=float, default=10.0, metavar="S", help="seconds to wait for a server (default: 10)"
    )
    top = argparse.ArgumentParser("astrolabnet", description="One desk for an archipelago of Spark servers.")
    words = top.add_subparsers(required=True, metavar="WORD", title="words")

    def word(name: str, does: Word, words_of_help: str, **more: str) -> argparse.ArgumentParser:
        sub = words.add_parser(
            name, parents=[shared], help=words_of_help, formatter_class=argparse.RawDescriptionHelpFormatter,
            description=more.get("description", words_of_help), epilog=more.get("epilog"),
        )  # fmt: skip
        sub.set_defaults(word=does)
        return sub

    words.add_parser("island", help="the local island: start, stop, status, logs", add_help=False)
    word("servers", _servers, "servers of the workspace and how they are")
    word("sessions", _sessions, "sessions of all servers, or of one").add_argument("server", nargs="?", default="")
    sent = word("tasks", _tasks, "what was sent from this workspace, and what became of it")
    sent.add_argument("address", nargs="?", default="", help="only of this server or session")
    sent.add_argument("--elsewhere", action="store_true", help="look on the servers for what another site sent")
    sent.add_argument("--most", type=int, default=50, metavar="N", help="the newest so many (default: 50)")
    word("show", _one, "one thing, and what is below it").add_argument("address", help="as lal/sessions/3")
    send = word("send", _send, "send code or an action to a server or session, wait, print the result")
    send.add_argument("address", help="server (lal) or session (lal/sessions/3)")
    send.add_argument(
        "--kind", default="", choices=tuple(LANGUAGES), help="language; default: the session's, the action's"
    )
    what = send.add_mutually_exclusive_group(required=True)
    what.add_argument("--code", help="the code itself")
    what.add_argument("--file", help="file with the code; - is standard input")
    what.add_argument("--action", help="name of an action of the library")
    send.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the action")
    send.add_argument("--name", default="", help="what to call it in the tree")
    send.add_argument("--no-wait", action="store_true", help="print the address and leave")
    listing = words.add_parser("commands", parents=[shared], help="every act there is")
    listing.set_defaults(word=None)
    for verb in COMMANDS.values():
        on = " or ".join(verb.on)
        sub = word(verb.name, _do(verb), plain(verb.title), description=verb.help, epilog=f"in Python: {verb.example}")
        if verb.on:
            sub.add_argument("address", help=f"which of the {on}, as in lal/sessions/3")
        add_options(sub, verb.params)
    return top


def _answer(choice: str | None) -> Callable[[Question], str]:
    """How questions are answered: by ``--answer``, by the person at the terminal, or not at all."""

    def asked(question: Question) -> str:
        offered = "/".join(question.choices)
        if choice is not None:
            if choice not in question.choices:
                raise NeedsAnswer(f"{question.text} The choices are {offered}, not {choice}.")
            return choice
        if not sys.stdin.isatty():
            raise NeedsAnswer(f"{question.text} Nobody is here to answer.", remedy=f"Give --answer {offered}.")
        while True:
            say(f"{question.text} [{offered}, default {question.default}]", sys.stderr)
            given = input().strip() or question.default
            if given in question.choices:
                return given

    return asked


def _tell(args: argparse.Namespace) -> Callable[[RunEvent], None]:
    """Progress goes to the terminal, not into pipes."""
    said: set[tuple[str, str]] = set()

    def tell(event: RunEvent) -> None:
        if args.json or not event.text or not sys.stderr.isatty() or event.problem is not None:
            return
        if (event.run, event.text) not in said:
            said.add((event.run, event.text))
            say(event.text, sys.stderr)

    return tell


def _servers(args: argparse.Namespace, here: Opened) -> int:
    here.desk.settle(args.patience)
    rows(here.desk.store, here.desk.store.servers(), as_json=args.json)
    return 0


def _sessions(args: argparse.Namespace, here: Opened) -> int:
    desk = here.desk
    roots = _roots(args.server, args.patience, desk)
    found = [t for root in roots for t in desk.store.children(root.key) if t.key.kind == "sessions"]
    rows(desk.store, found, as_json=args.json)
    return _complain(roots)


def _tasks(args: argparse.Namespace, here: Opened) -> int:
    here.desk.settle(args.patience)
    here.desk.do("task.reconcile", None, {})
    tasks(here, args.address, args.most, elsewhere=args.elsewhere, as_json=args.json)
    return 0


def _roots(alias: str, wait_s: float, desk: Desk) -> list[Thing]:
    """All servers, or the one of that alias, after they had time to answer."""
    desk.settle(wait_s, alias)
    return [desk.store.find(alias)] if alias else desk.store.servers()


def _complain(roots: list[Thing]) -> int:
    """Say of which servers the list may be old; 1 if none of several could be asked."""
    silent = [root for root in roots if root.problem]
    for root in silent:
        say(f"astrolabnet: {root.label}: {root.problem}", sys.stderr)
    return 1 if silent and len(silent) == len(roots) else 0


def _one(args: argparse.Namespace, here: Opened) -> int:
    thing = _named(args, here.desk)
    rows(here.desk.store, [thing, *here.desk.store.children(thing.key)], as_json=args.json)
    return 0


def _named(args: argparse.Namespace, desk: Desk) -> Thing:
    """The thing at the address that was given, once its server had time to answer."""
    if args.address.startswith("/tasks/"):
        # The history lies on this computer: no server needs to be waited for.
        desk.do("task.find", None, {"task": args.address.removeprefix("/tasks/")})
    else:
        desk.settle(args.patience, args.address.partition("/")[0])
        if "/statements/" in args.address:
            # Ended tasks of mine are not asked for again: they stand under their session from the archive.
            desk.do("task.reconcile", None, {})
    return desk.find(args.address, args.patience)


def _send(args: argparse.Namespace, here: Opened) -> int:
    desk = here.desk
    params = {
        "kind": args.kind,
        "code": _code(args),
        "action": args.action or "",
        "name": args.name,
        "values": pairs("set", args.set),
    }
    desk.settle(args.patience, args.address.partition("/")[0])
    target = desk.store.find(args.address)
    verb = {"servers": "server.send", "sessions": "session.send"}.get(target.key.kind)
    if verb is None:
        raise BadInput(f"code is sent to a server or a session, not to {args.address}.", field="address")
    sent = desk.do(verb, target.key, params)
    if sent.focus is None:
        say(sent.text)
        return 0
    if args.no_wait:
        return _show(sent, args, desk)
    task = desk.until(sent.focus, lambda thing: thing.state in thing.kind.terminal)
    payload = task.payload
    if not isinstance(payload, Task):
        raise BadInput(f"{sent.text} Its result can not be shown here.")
    return 0 if result(payload, task.state, as_json=args.json, cause=why(desk.store, task)) else 1


def _code(args: argparse.Namespace) -> str:
    if args.file is None:
        return args.code or ""
    if args.file == "-":
        return sys.stdin.read()
    try:
        with open(args.file, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{args.file} can not be read: {exc}", field="file") from exc


def _do(verb: Command) -> Word:
    """The word of one row of the table."""

    def does(args: argparse.Namespace, here: Opened) -> int:
        desk = here.desk
        key: Key | None = None
        if verb.on:
            thing = _named(args, desk)
            if thing.key.kind not in verb.on:
                raise BadInput(f"{verb.name} acts on {' or '.join(verb.on)}, not on {args.address}.", field="address")
            key = thing.key
        elif "targets" in verb.params.model_fields:
            desk.settle(args.patience)
        given = params_of(args, verb.params)
        if verb.name == "island.start":
            given.setdefault("keep_running", True)  # the program that starts it ends at once
        done = desk.do(verb.name, key, given)
        if verb.name == "task.find" and done.result and not args.json:
            say(done.text, sys.stderr)
            found(done.result)
            return 0
        return _show(done, args, desk)

    return does


def _show(event: RunEvent, args: argparse.Namespace, desk: Desk) -> int:
    """Print what a command gave back."""
    thing = desk.store.get(event.focus) if event.focus is not None else None
    focus = address(desk.store, thing) if thing is not None else ""
    if args.json:
        print_json({"text": event.text, "address": focus, "data": event.result})
        return 0
    if event.text:
        say(event.text)
    if isinstance(event.result, str) and event.result != event.text:
        say(event.result)
    elif event.result is not None:
        print_json(event.result)
    if focus:
        say(focus)
    return 0


def _commands(args: argparse.Namespace) -> int:
    verbs = sorted(COMMANDS.values(), key=lambda verb: verb.name)
    if args.json:
        for verb in verbs:
            schema = verb.params.model_json_schema()
            print_json({"name": verb.name, "title": verb.title, "on": verb.on, "help": verb.help, "params": schema})
    else:
        columns(("NAME", "ON", "WHAT"), [(v.name, ", ".join(v.on), v.help.splitlines()[0]) for v in verbs])
    return 0
