"""Where: the line of the user's own code in which it failed, as the server tells it, else as the code lets one see.

Livy takes the outermost frame of a Python error away, and Scala's ``<console>`` lines are rare, so a failure at the top
level has no line. Then the error's own words are looked for in the code: if only one line can have said them, it is it.
No Qt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...model.output import Failure
from ...model.task import Task

_PYTHON = re.compile(r'File "<(?:stdin|string|console|cell|aln[^>]*)>", line (\d+)')
_SCALA = re.compile(r"<console>:(\d+)")
# The parser writes "(line 2, pos 5)", the analyser "; line 2 pos 5;".
_SQL = re.compile(r"\bline (\d+),? pos \d+")
_R = re.compile(r"<text>:(\d+):\d+|<stdin>#(\d+)")
_FRAMES = {"spark": _SCALA, "sql": _SQL, "sparkr": _R}
_QUOTED = re.compile(r"'([^'\n]{1,80})'|\"([^\"\n]{1,80})\"|`([^`\n]{1,80})`|‘([^’\n]{1,80})’")
_R_CALL = re.compile(r"Error in ([A-Za-z.][\w.]*)\(")
_LIBRARY = re.compile(r'File "(?!<stdin>)[^"]*", line \d+, in (\w+)')
_THROW = re.compile(r"\b(?:raise|throw|stop|assert|require|sys\.error)\b")
_DIVISION = re.compile(r"[/%]")
_END_CHARS, _TRACE_LINES = 10_000, 200
_COMMENT = {"pyspark": "#", "sparkr": "#", "spark": "//", "sql": "--"}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the user's code, 1 = first; ``sure``: the server said so."""

    line: int
    sure: bool = True


def failing_place(failure: Failure, task: Task) -> Place | None:
    """Where it failed; None if nobody can tell."""
    failure = _short(failure)
    text = "\n".join((failure.message, *failure.traceback))
    numbers = [int(next(filter(None, hit.groups()))) - task.line_shift for hit in _frames(task).finditer(text)]
    lines = task.code.split("\n")
    inside = [number for number in numbers if 1 <= number <= len(lines)]
    if inside:
        return Place(inside[-1])
    found = _guess(failure, lines, _COMMENT.get(task.language, "#"))
    return None if found is None else Place(found, sure=False)


def _short(failure: Failure) -> Failure:
    """What a place is looked for in: both ends of a message without end, the last lines of a trace without end."""
    ends = [_ends(line) for line in failure.traceback[-_TRACE_LINES:]]
    return Failure(name=failure.name[:_END_CHARS], message=_ends(failure.message), traceback=tuple(ends))


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END_CHARS else f"{text[:_END_CHARS]}\n{text[-_END_CHARS:]}"


def _frames(task: Task) -> re.Pattern[str]:
    return _FRAMES.get(task.language, _PYTHON)


def _guess(failure: Failure, lines: list[str], comment: str) -> int | None:
    """The only line that can have said it."""
    code = {n: line for n, line in enumerate(lines, 1) if line.strip() and not line.strip().startswith(comment)}
    if len(code) == 1:
        return next(iter(code))
    for clue in _clues(failure):
        fitting = [n for n, line in code.items() if clue.search(line)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _clues(failure: Failure) -> list[re.Pattern[str]]:
    """What must stand in the line, the best first: a name or text it complains of, a function it called, its kind."""
    head = f"{failure.name}: {failure.message}".split("\n")[0]
    last = failure.traceback[-1].split("\n")[0] if failure.traceback else ""
    words = [next(filter(None, hit.groups())) for hit in _QUOTED.finditer(f"{head}\n{last}")]
    found = [_word(word) for word in words]
    found += [_word(name, r"\s*\(") for name in _R_CALL.findall("\n".join((head, *failure.traceback)))]
    outermost = _LIBRARY.search("\n".join(failure.traceback))
    if outermost is not None:
        found.append(_word(outermost[1], r"\s*\("))
    if re.search(r"by zero|ZeroDivision", head):
        found.append(_DIVISION)
    message = failure.message.strip().split("\n")[0]
    if message:
        found.append(re.compile(re.escape(message[:80])))
    return [*found, _THROW]


def _word(word: str, after: str = "") -> re.Pattern[str]:
    """A word that is not a part of a longer one."""
    left = r"(?<!\w)" if re.match(r"\w", word) else ""
    right = r"(?!\w)" if re.search(r"\w\Z", word) else ""
    return re.compile(f"{left}{re.escape(word)}{right}{after}")
