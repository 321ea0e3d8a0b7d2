"""The Python of a session, with the manners of Livy's: the last expression is shown, output is merged, no chaining."""

from __future__ import annotations

import ast
import io
import re
import sys
import traceback
import types
from typing import Any

from astrolabnet_gui.island.driver import interrupt, magic, reply
from astrolabnet_gui.island.driver.complete import candidates
from astrolabnet_gui.island.driver.printed import Printed
from astrolabnet_gui.island.driver.reply import TEXT, Interpreter, Reply, error, ok

_FILE = "<stdin>"
_OURS = (__file__, magic.__file__, reply.__file__, ast.__file__)
_TOP_FRAME = re.compile(r'\s*File "<stdin>".*in <module>')


class PythonRepl(Interpreter):
    """User code runs in the module ``__main__``, in the main thread.

    Args:
        names: what the user finds there (spark, sc, …).
    """

    def __init__(self, names: dict[str, Any]) -> None:
        main = types.ModuleType("__main__")
        main.__dict__.update(names)
        sys.modules["__main__"] = main
        self._names = main.__dict__
        self._out, self._err = Printed(), Printed()
        self._install()

    def run(self, code: str) -> Reply:
        """The reply to one statement; KeyboardInterrupt and SystemExit of user code are replies too."""
        self._install()
        self._out.begin()
        self._err.begin()
        data: magic.Data = {}
        failed: BaseException | None = None
        try:
            for part in _parts(code):
                data = magic.run(part, self._names) if isinstance(part, str) else self._module(part)
        except BaseException as e:  # noqa: BLE001 - whatever user code raises is its result
            failed = e
        printed = (self._out.end() + self._err.end()).rstrip()
        if failed is not None:
            return self._failure(failed, printed)
        text = (data.pop(TEXT, "") + printed).rstrip()
        # Text belongs to the reply if there is any, or nothing else.
        return ok(data | {TEXT: text} if text or not data else data)

    def complete(self, code: str, cursor: int) -> list[str]:
        """Names after the dot, or names known here."""
        return candidates(code, cursor, self._names)

    def _install(self) -> None:
        """Put our streams in place again: user code may have replaced them."""
        sys.stdin = io.StringIO()
        sys.stdout, sys.stderr = self._out, self._err

    def _module(self, module: ast.Module) -> magic.Data:
        for node in module.body[:-1]:
            exec(compile(ast.Module([node], []), _FILE, "exec"), self._names)
        for node in module.body[-1:]:
            exec(compile(ast.Interactive([node]), _FILE, "single"), self._names)
        return {}

    @staticmethod
    def _failure(e: BaseException, printed: str) -> Reply:
        """Livy's traceback: without our own frames, and only the last exception of a chain."""
        frames = e.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename in _OURS:
            frames = frames.tb_next
        trace = traceback.format_exception(type(e), e, frames, chain=False)
        trace = [line for line in trace if interrupt.__file__ not in line]
        for i, line in enumerate(trace):
            if _TOP_FRAME.match(line):
                trace = [*trace[:1], *trace[i + 1 :]]
                break
        try:
            value = str(e)
        except Exception as broken:  # noqa: BLE001 - a user class whose __str__ fails
            value = f"<no text: {type(broken).__name__}>"
        return error(type(e).__name__, value, trace, printed=printed)


def _parts(code: str) -> list[ast.Module | str]:
    """Modules to execute and magic lines, in order.

    Lines with ``%`` are magic only where the whole is not Python: a ``%`` inside a string stays what it is.

    Raises:
        SyntaxError: it is not Python without its magic lines either.
    """
    try:
        return [ast.parse(code, _FILE)]
    except SyntaxError:
        if not re.search(r"^%", code, re.MULTILINE):
            raise
    except ValueError as e:
        raise SyntaxError(str(e)) from None
    parts: list[ast.Module | str] = []
    normal: list[str] = []
    for line in [*code.rstrip().split("\n"), "%"]:
        if not line.startswith("%"):
            normal.append(line)
            continue
        if normal:
            parts.append(ast.parse("\n".join(normal), _FILE))
            normal = []
        parts.append(line)
    return parts[:-1]
