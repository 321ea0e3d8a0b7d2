"""prompt: Python at the engine; it takes the lines the window's console prints: ``net["lal"].new_session()``."""

from __future__ import annotations

import code
import importlib.util
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

from ..errors import AstroLabNetError
from ..net.desk import Desk
from ..net.opened import ask, init_file, opened
from ..net.world import Net
from .show import say

BANNER = 'AstroLabNet: net["local"].run("1+1", kind="pyspark"); help(net["local"].send); net.servers'


def prompt(source: Path | None, init: Path | None = None) -> int:
    """Run ``source`` if there is one, then read lines from the person. The answer is the exit code."""
    with opened(ask, lambda event: None) as here:
        names = _names(here.desk, source, init)
        if source is None or sys.stdin.isatty():
            _talk(names)
    return 0


def script(source: Path, init: Path | None = None) -> None:
    """Run a Python file that finds ``net``, and nothing else: the window opens after it."""
    with opened(ask, lambda event: None) as here:
        _names(here.desk, source, init)


def _talk(names: dict[str, Any]) -> None:
    """IPython where there is one and a terminal; else Python's own prompt. Errors of ours are sentences there too."""
    if sys.stdin.isatty() and importlib.util.find_spec("IPython") is not None:
        from IPython.terminal.embed import InteractiveShellEmbed

        shell = InteractiveShellEmbed(banner1=BANNER, user_ns=names)  # type: ignore[no-untyped-call]
        shell.set_custom_exc((AstroLabNetError,), _sentence)  # type: ignore[no-untyped-call]
        shell()
    else:
        _Prompt(names).interact(banner=BANNER, exitmsg="")


def _sentence(_shell: object, _kind: type, error: Exception, _trace: object, tb_offset: int | None = None) -> None:
    say(str(error), sys.stderr)


class _Prompt(code.InteractiveConsole):
    def showtraceback(self) -> None:
        """Of an error of ours its sentence: the lines of this program are not the person's."""
        error = sys.exc_info()[1]
        if isinstance(error, AstroLabNetError):
            say(str(error), sys.stderr)
        else:
            super().showtraceback()


def _names(desk: Desk, source: Path | None, init: Path | None) -> dict[str, Any]:
    """What a line finds: ``net``, and all that the init file and ``source`` leave behind."""
    names: dict[str, Any] = {"net": Net(desk, say)}
    for file in (init_file(init), source):
        if file is not None:
            try:
                names = runpy.run_path(str(file), init_globals=names, run_name="__main__")
            except Exception as error:
                _told(error, file)
                raise
    return names


def _told(error: Exception, file: Path) -> None:
    """What ended a script as Python tells it, from the script on: the frames that started it are not the person's.
    Of an error of ours the words come later; here is where.
    """
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != str(file):
        frames = frames.tb_next
    if isinstance(error, AstroLabNetError):
        own = [frame for frame in traceback.extract_tb(frames) if frame.filename == str(file)]
        say("".join(traceback.format_list(own)).rstrip("\n"), sys.stderr)
        return
    trace = frames if frames is not None or isinstance(error, SyntaxError) else error.__traceback__
    say("".join(traceback.format_exception(error.with_traceback(trace))).rstrip("\n"), sys.stderr)
    raise SystemExit(1) from None
