"""The words after ``astrolabnet``: the groups of verbs of the command table, lists, show, send, commands.

Exit codes: 0 done, 1 failed, 2 not understood (a word, or a value that can not be used, whoever noticed it),
3 something is missing on this computer, 4 a question without an answer, 130 stopped by Ctrl+C, 141 nobody reads on
(``… | head -1``).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from ..command.plugged import follow
from ..command.registry import COMMANDS, Command
from ..errors import AstroLabNetError, BadInput
from ..model.key import Key
from ..model.kind import KINDS
from ..model.task import Task
from ..model.thing import Thing
from ..net.desk import Desk
from ..net.opened import Opened, opened
from ..network.link import RunEvent
from ..settings.paths import paths
from .completion import complete, remember, script
from .grammar import ISLAND, LISTS, parser, unfolded, verbs
from .island import is_plain_start, island
from .listing import Listing, print_listing, things, watch
from .person import answerer, teller
from .show import address, columns, print_json, result, say, told, why
from .tasks import acts, found, tasks, there
from .words import pairs, params_of

Word = Callable[[argparse.Namespace, Any], int]
READER_ENDED = 141  # as a program that SIGPIPE ends


def main(words: Sequence[str]) -> int:
    """Do what the words say; the answer is the exit code."""
    try:
        follow(paths().state)  # the words of plug-ins are words too
        if words[0] == "__complete":
            return complete(words[1:])
        if words[0] == "island" and (len(words) == 1 or words[1] in ISLAND):
            return _island(words[1:])
        args = parse(unfolded(words))
        word: Word = args.word
        if word in (_commands, _completion):
            return word(args, None)
        with opened(answerer(args.answer), teller(args)) as here:
            try:
                return word(args, here)
            finally:
                remember(here.desk.store)
    except AstroLabNetError as error:
        say(f"astrolabnet: {error}", sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # ``… | head -1`` has had enough: Python would complain once more when it empties its buffer at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_ENDED


def _island(words: Sequence[str]) -> int:
    """The island's own words; an island that was started is taken into the workspace."""
    code = island(words)
    if code == 0 and is_plain_start(words):
        with opened(answerer(None), lambda _: None) as here:
            here.desk.do("island.start", None, {})
    return code


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Words in their plain form as ``word`` and what it takes."""
    return parser(words[0], _WORDS, _do).parse_args(words)


_FIRST = {
    "servers": " Add one (astrolabnet servers add --help), or start one here (astrolabnet island start).",
    "sources": " Known brokers: astrolabnet sources presets.",
}


def _list(args: argparse.Namespace, here: Opened) -> int:
    """Print, or watch, all of one kind."""
    desk, word = here.desk, str(args.group)
    where = str(getattr(args, "address", ""))
    kind, roots, elsewhere = LISTS[word], list[Thing](), list[dict[str, Any]]()
    if word == "tasks":
        desk.settle(args.patience)
        desk.do("task.reconcile", None, {})
        elsewhere = there(desk) if args.elsewhere else []
    elif kind and "servers" in (kind, KINDS[kind].parent):
        roots = _roots(word, where, args.patience, desk)
    elif kind:
        desk.settle(0.0)

    def now() -> Listing:
        if word == "tasks":
            return tasks(here, where, args.most, elsewhere)
        if word == "journal":
            return acts(here.house, args.most)
        if word == "servers":
            return things(desk.store, desk.store.servers())
        above = [*([] if where else [Key("")]), *(root.key for root in roots)]  # a dataset and its replicas
        return things(desk.store, (t for key in above for t in desk.store.children(key) if t.key.kind == kind))

    if args.watch:
        return watch(desk, now, as_json=args.json, quiet=args.quiet)
    listing = now()
    print_listing(listing, as_json=args.json, quiet=args.quiet)
    # Of a server that is silent nobody knows what it has; datasets are known without it.
    known = word == "datasets" or not any(root.problem for root in roots)
    if not listing.cells and known and not args.json and not args.quiet:
        bare = not desk.store.servers() and bool(kind) and KINDS[kind].parent == "servers"
        absent = "servers" if bare else word
        say(f"There are no {absent} yet.{_FIRST.get(absent, '')}", sys.stderr)
    silent = _complain([] if word == "servers" else roots)
    return 0 if word == "datasets" else silent  # the workspace knows them, whoever answers


def _roots(word: str, alias: str, wait_s: float, desk: Desk) -> list[Thing]:
    """All servers, or the one of that alias, after they had time to answer.

    Raises:
        BadInput: there is none; perhaps a verb was meant.
    """
    desk.settle(wait_s, alias)
    if not alias:
        return desk.store.servers()
    try:
        return [desk.store.find(alias)]
    except BadInput as exc:
        raise BadInput(exc.what, field=exc.field, remedy=f"Verbs of {word}: {', '.join(verbs(word))}.") from exc


def _complain(roots: list[Thing]) -> int:
    """Say of which servers the list may be old; 1 if none of several could be asked."""
    silent = [root for root in roots if root.problem]
    for root in silent:
        say(f"astrolabnet: {root.label}: {root.problem}", sys.stderr)
    return 1 if silent and len(silent) == len(roots) else 0


def _one(args: argparse.Namespace, here: Opened) -> int:
    thing, store = _named(args, here.desk), here.desk.store

    def now() -> Listing:
        return things(store, [store.get(thing.key) or thing, *store.children(thing.key)])

    if args.watch:
        return watch(here.desk, now, as_json=args.json, quiet=args.quiet)
    print_listing(now(), as_json=args.json, quiet=args.quiet)
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
        done = desk.do(verb.name, key, given)
        if verb.name == "task.find" and done.result and not args.json:
            say(done.text, sys.stderr)
            print_listing(found(desk, done.result), quiet=args.quiet)
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
    if event.text and not args.quiet:
        say(event.text)
    gave = event.result
    if isinstance(gave, dict):  # the way back is for a window's Ctrl+Z and for programs, which take JSON
        gave = {name: value for name, value in gave.items() if name != "undo"} or None
    if isinstance(gave, str) and gave != event.text:
        say(gave)
    elif gave is not None:
        told(gave, event.text)
    if focus:
        say(focus)
    return 0


def _completion(args: argparse.Namespace, _: Opened | None) -> int:
    sys.stdout.write(script(args.shell))
    return 0


def _commands(args: argparse.Namespace, _: Opened | None) -> int:
    table = sorted(COMMANDS.values(), key=lambda verb: verb.name)
    if args.json:
        for verb in table:
            schema = verb.params.model_json_schema()
            told = {"name": verb.name, "title": verb.title, "on": verb.on, "help": verb.help, "params": schema}
            print_json(told | ({"plugin": verb.plugin} if verb.plugin else {}))
    else:
        rows = [(v.name, ", ".join(v.on), f"{v.help.splitlines()[0]}{v.plugin and f'  [{v.plugin}]'}") for v in table]
        columns(("NAME", "ON", "WHAT"), rows)
    return 0


_WORDS: dict[str, Word] = {
    "list": _list, "show": _one, "send": _send, "commands": _commands, "completion": _completion,
}  # fmt: skip
