"""Picks the face: the window (default), the tour of the window, a command, a script."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from . import __version__
from .errors import AstroLabNetError, BadInput, Missing

USAGE = "astrolabnet [-b | -c] [-s FILE] [--init FILE] [-h] [-V]\n"
USAGE += "       astrolabnet servers|sessions|tasks|batches|data|sources|channels|actions|journal|island|… VERB …"
MORE = """\
without an option the window opens. Words, each with its own --help:
  island start|stop|status|logs   the local island of Spark
  servers, sessions, tasks, …     what there is; --watch, --json, --quiet
  sessions new, tasks cancel, …   every act of the window
  send SERVER                     send code, wait, print the result
  show ADDRESS                    one thing, as lal/sessions/3
  web                             the web service and its page (extra: web)
  commands                        all acts, by their names
  completion bash|zsh|fish        what completes words and addresses
exit codes: 0 done, 1 failed, 2 not understood, 3 something is missing here, 4 a question without an answer, 130 stopped
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of ``astrolabnet``; the answer is the exit code (see ``cli.app``)."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words[:1] == ["web"]:
            from .web.serve import main as web

            return web(words[1:])
        if words and not words[0].startswith("-"):
            from .cli.app import main as command_line

            return command_line(words)
        return _window_or_script(_parser().parse_args(words))
    except AstroLabNetError as error:
        from .model.inert import plain

        print(f"astrolabnet: {plain(str(error))}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        "astrolabnet", usage=USAGE, description="One desk for an archipelago of Spark servers.", epilog=MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    face = top.add_mutually_exclusive_group()
    face.add_argument("-b", "--browser", action="store_true", help="the window (default)")
    face.add_argument("-c", "--cli", action="store_true", help="a Python prompt that knows the servers")
    face.add_argument("--tour", type=Path, metavar="DIR", help="a window does the main job by itself; pictures in DIR")
    top.add_argument("-s", "--source", type=Path, metavar="FILE", help="run this Python file first")
    top.add_argument(
        "--init", type=Path, metavar="FILE", help="run this before every script or prompt, in place of your own init.py"
    )
    top.add_argument("--start-island", action="store_true", help="start the local island with the window")
    top.add_argument("-V", "--version", action="version", version=f"AstroLabNet {__version__}")
    return top


def _window_or_script(asked: argparse.Namespace) -> int:
    source: Path | None = asked.source
    if source is not None and not source.is_file():
        raise BadInput(f"there is no file {source}", field="source")
    if asked.cli:
        from .cli.prompt import prompt

        return prompt(source, asked.init)
    if asked.tour is not None:
        from .gui.tour import tour

        return tour(asked.tour)
    if source is None:
        _need_display()
    else:
        from .cli.prompt import script

        script(source, asked.init)
        try:
            _need_display()
        except Missing:
            print(f"astrolabnet: {source} ran; there is no display, so no window opens.", file=sys.stderr)  # noqa: T201
            return 0
    from .gui.app import run

    return run(start_island=asked.start_island)


def program() -> NoReturn:
    """The process: what ``main`` says, to its end."""
    end(main())


def end(code: int) -> NoReturn:
    """End the process. After a window everything is closed and on the disk, and taking Qt and Python apart piece by
    piece would keep a person half a second longer."""
    if "PySide6.QtWidgets" in sys.modules:
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
    raise SystemExit(code)


def _need_display() -> None:
    """Say it here: Qt itself would abort the process.

    Raises:
        Missing: there is no screen to open a window on.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise Missing(
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.",
            remedy="Log in with a screen or with ssh -X, take the tour (astrolabnet --tour tour/), "
            "or use the commands (astrolabnet servers).",
        )


if __name__ == "__main__":
    program()
