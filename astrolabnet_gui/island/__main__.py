"""``python -m astrolabnet_gui.island``: start, stop, status, logs; and ``serve``, the island's own process."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path

from astrolabnet_gui.errors import AstroLabNetError, Missing
from astrolabnet_gui.island import jars
from astrolabnet_gui.island.options import Options, cache_folder, state_folder

_FAILED, _MISSING = 1, 3


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.startswith("spark."):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form spark.key=value")
    return key, value


def _serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: that of the last run)")
    parser.add_argument("--no-token", action="store_true", help="let every local program in; for conformance runs only")
    parser.add_argument("--no-spare", action="store_true", help="keep no warm session ready")
    parser.add_argument("--no-archive", action="store_true", help="build no class data archive; use one that is there")
    parser.add_argument("--max-sessions", type=int, help="default: as many as memory carries")
    parser.add_argument(
        "--local-dir", type=_folder, action="append", default=[], help="only files from here may be named"
    )
    parser.add_argument("--java-home", type=_folder, help="the Java to use (17 or 11)")
    parser.add_argument("--warehouse", type=_folder, help="folder of the tables (default: in the state folder)")
    parser.add_argument("--conf", type=_setting, action="append", default=[], help="a Spark setting for all sessions")
    parser.add_argument("--livy-home", type=_folder, help="start this unpacked Apache Livy instead")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="astrolabnet island", description="A local island: Livy over real Spark.")
    commands = parser.add_subparsers(dest="command", required=True)
    state = argparse.ArgumentParser(add_help=False)
    state.add_argument("--state", type=_folder, default=None, help="folder of the island's state")
    start = commands.add_parser("start", parents=[state], help="start an island, or find the one that runs")
    start.add_argument("--json", action="store_true", help="print one line of JSON")
    start.add_argument("--exit-with-parent", action="store_true", help="end it when the program that starts it ends")
    _serving(start)
    commands.add_parser("stop", parents=[state], help="end the island")
    status = commands.add_parser("status", parents=[state], help="say what runs")
    status.add_argument("--json", action="store_true", help="print one line of JSON")
    logs = commands.add_parser("logs", parents=[state], help="print the island's log")
    logs.add_argument("-f", "--follow", action="store_true", help="and what comes")
    fetch = commands.add_parser("fetch", help="fetch jars that Spark does not bring; sessions from then on have them")
    fetch.add_argument("what", choices=("kafka",), help="kafka: Spark's connectors for Kafka and Avro")
    commands.add_parser("broker", help="run a small Kafka of your own, to try things; it prints its address")
    commands.add_parser(
        "archive", help="build the class data archive now: sessions start in half the time from then on"
    )
    serve = commands.add_parser("serve", parents=[state], help="be the island's process")
    serve.add_argument("--exit-with", type=int, metavar="PID", help="end when that process ends")
    _serving(serve)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _serve_arguments(args: argparse.Namespace) -> list[str]:
    given = [f"--port={args.port}"]
    given += [f"--{name}" for name in ("no-token", "no-spare", "no-archive") if getattr(args, name.replace("-", "_"))]
    given += [f"--max-sessions={args.max_sessions}"] if args.max_sessions else []
    given += [f"--local-dir={folder}" for folder in args.local_dir]
    given += [f"--java-home={args.java_home}"] if args.java_home else []
    given += [f"--warehouse={args.warehouse}"] if args.warehouse else []
    given += [f"--conf={key}={value}" for key, value in args.conf]
    given += [f"--livy-home={args.livy_home}"] if args.livy_home else []
    given += [f"--exit-with={os.getppid()}"] if args.exit_with_parent else []
    return given


def _serve(args: argparse.Namespace, state: Path) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    options = Options(
        state=state,
        port=args.port,
        token=not args.no_token,
        spare=not args.no_spare,
        archive=not args.no_archive,
        max_sessions=args.max_sessions,
        local_dirs=tuple(args.local_dir),
        java_home=args.java_home,
        exit_with=args.exit_with,
        warehouse=args.warehouse,
        conf=tuple(args.conf),
    )
    if args.livy_home:
        from astrolabnet_gui.island import livy_home

        livy_home.run(args.livy_home, options)
    else:
        from astrolabnet_gui.island import serve

        serve.run(options)


def _archive() -> str:
    import asyncio

    from astrolabnet_gui.island import jre
    from astrolabnet_gui.island.cds import Archive

    found = Archive(jre.choose())
    if found.possible and not found.ready:
        asyncio.run(found.build())
    if not found.ready:
        raise Missing("the class data archive was not built; sessions start without it.")
    return f"The class data archive is in {found.folder}."


def _act(args: argparse.Namespace) -> None:
    if args.command == "fetch":
        _say(f"{len(jars.jars(cache_folder() / 'jars', args.what, jars.KAFKA))} jars are there.")
        return
    if args.command == "archive":
        _say(_archive())
        return
    if args.command == "broker":
        from astrolabnet_gui.island import broker

        broker.run(_say)
        return
    state = args.state or state_folder()
    if args.command == "serve":
        _serve(args, state)
        return
    from astrolabnet_gui.island import keeper

    if args.command == "start":
        found = keeper.start(state, _serve_arguments(args))
        _say(found.line() if args.json else f"The island is at {found.url} (Spark {found.spark}, Java {found.java}).")
    elif args.command == "stop":
        _say("The island has ended." if keeper.stop(state) else "No island was running.")
    elif args.command == "status":
        said = keeper.status(state)
        _say(json.dumps(said) if args.json else "\n".join(f"{key}: {value}" for key, value in said.items()))
    else:
        for line in keeper.lines(state, follow=args.follow):
            _say(line)


def main(argv: list[str] | None = None) -> int:
    """The answer is the exit code: 0, 1 failed, 2 bad input, 3 something is missing on this computer, 130 stopped."""
    args = _parser().parse_args(argv)
    try:
        _act(args)
    except AstroLabNetError as error:
        sys.stderr.write(f"{error}\n")
        from astrolabnet_gui.island.keeper import FAULTS

        return next((code for code, kind in FAULTS.items() if isinstance(error, kind)), _FAILED)
    except ImportError as error:
        sys.stderr.write(f"The island is not installed ({error}). Run: pip install 'astrolabnet-gui[island]'\n")
        return _MISSING
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _FAILED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
