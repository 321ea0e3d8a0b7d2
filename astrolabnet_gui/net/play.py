"""Play: a script carried out one statement after the other, each shown before, so that a person can follow."""

from __future__ import annotations

import ast
import sys
import time
from pathlib import Path
from typing import Any

from ..errors import BadInput


class Stage:
    """Where a script is seen; this one is a terminal."""

    def line(self, code: str) -> None:
        """This statement comes now."""
        sys.stdout.write("".join(f"{'...' if n else '>>>'} {line}\n" for n, line in enumerate(code.splitlines())))

    def over(self) -> None:
        """The script has ended, or was ended."""


def play(file: Path, names: dict[str, Any], stage: Stage, pause_s: float) -> None:
    """Carry the statements of a file out.

    Args:
        names: what they find; what they make is added.
        pause_s: after each, for the eyes.

    Raises:
        BadInput: the file can not be read, or is no Python.
    """
    try:
        text = file.read_text(encoding="utf-8")
        found = ast.parse(text, str(file)).body
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} can not be read: {error}", field="file") from error
    except (SyntaxError, ValueError) as error:
        raise BadInput(f"{file} is no Python: {error}", field="file") from error
    names |= {"__name__": "__main__", "__file__": str(file)}
    try:
        for statement in found:
            stage.line(ast.get_source_segment(text, statement) or ast.unparse(statement))
            # As at a prompt: what a line gives is shown.
            exec(compile(ast.Interactive([statement]), str(file), "single"), names)
            time.sleep(pause_s)
    finally:
        stage.over()
