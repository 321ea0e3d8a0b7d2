"""Cause: why a task failed or a session ended, in one line with its remedy and the line that proves it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..model.livy import Batch, Session
from ..model.output import Failure, parse
from ..model.spark import Progress, Spread
from ..model.task import Task
from ..model.thing import Thing, Value
from ..network.things import clean, last_words
from .cause_rules import RULES, Code

# Both ends of a long text: an error stands at the head of a traceback, and at the foot of a log.
_HEAD, _FOOT = 40_000, 60_000
_EVIDENCE = 240
# What wraps an error of the user's code and says nothing by itself.
_WRAPPERS = frozenset({"Py4JJavaError", "SparkException", "PythonException", "RuntimeException", "Error", "Exception"})
_RAISED = re.compile(
    r"^(?:Caused by: )?(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit)): ?(?P<what>.*)$", re.M
)
_LINE = re.compile(r"\bline \d+|:\d+[):]")
UNEVEN, UNEVEN_S, SHORTEST_S = 5.0, 3.0, 0.05
_FAILED, _ENDED = frozenset({"failed", "lost", "refused"}), frozenset({"dead", "error", "killed", "gone"})


class Cause(Value):
    """Why it ended badly.

    Attributes:
        words, remedy: a sentence each.
        evidence: the line that says so, cleaned; "" if the state alone says it.
    """

    code: Code
    words: str
    remedy: str = ""
    evidence: str = ""


def cause_of(thing: Thing, session: Thing | None = None) -> Cause | None:
    """Why a task failed, or a session or batch ended; None if it did not, or nothing tells.

    Args:
        session: of a task: its session, whose log may tell more than the task's own words.
    """
    match thing.payload:
        case Task() as task if thing.state in _FAILED:
            return _of_task(thing, task, session)
        case Session() | Batch() as ended if thing.state in _ENDED:
            return _of_end(thing, ended.log)
    return None


def innermost(failure: Failure) -> str:
    """The line of the error that one of Spark's or Py4J's wraps; "" if it wraps none, or nothing tells."""
    if failure.name.rpartition(".")[2] not in _WRAPPERS:
        return ""
    lines = (line[: _EVIDENCE * 10] for line in failure.traceback[-2000:])  # all of it may be 200 MB
    found = _raised(_ends("\n".join((failure.message[:_HEAD], *lines))))
    return "" if found is None else found.evidence


def slowness_of(thing: Thing) -> Cause | None:
    """Why a task that went well, or still goes, is slow; None if nothing stands out."""
    progress = thing.payload.progress if isinstance(thing.payload, Task) else None
    return None if progress is None or progress.spread is None else _skew(progress.spread)


def find(text: str, *, end: bool = False) -> Cause | None:
    """First rule that fits a text.

    Args:
        end: the text is the log of a session or batch that ended: only rules for ends are tried.
    """
    text = _ends(text)
    for rule in RULES:
        found = rule.pattern.search(text) if rule.at_end or not end else None
        if found is not None:
            name = clean(next((part for part in found.groupdict().values() if part), ""), 80)
            return Cause(
                code=rule.code,
                words=" ".join(rule.words.format(name=name).split()),
                remedy=rule.remedy,
                evidence=_line_at(text, found.start()),
            )
    return None


def _ends(text: str) -> str:
    return text if len(text) <= _HEAD + _FOOT else f"{text[:_HEAD]}\n{text[-_FOOT:]}"


def _of_task(thing: Thing, task: Task, session: Thing | None) -> Cause | None:
    """The session's end first: code that lost its driver says only that nobody answers."""
    over = session is not None and session.state in _ENDED
    if over and session is not None:
        why = cause_of(session)
        if why is not None and why.code is not Code.ENDED:
            return why
    for text in (told := tuple(_told(thing, task))):
        cause = find(text) or _raised(text)
        if cause is not None:
            return cause
    first = next((line for text in told for line in text.splitlines() if line.strip(" :")), "")
    words = "The code ended in an error." if thing.state == "failed" else f"The task is {thing.state}."
    return Cause(code=Code.CODE, words=words, evidence=clean(first, _EVIDENCE)) if first else None


def _told(thing: Thing, task: Task) -> Iterable[str]:
    """Texts about a failure, the nearest first: what a task was tried again for need not be why it failed."""
    for part in parse(None if task.statement is None else task.statement.output):
        if isinstance(part, Failure):
            yield "\n".join((f"{part.name}: {part.message}", *part.traceback))
    progress = task.progress or Progress()
    yield "\n".join(stage.failureReason or "" for stage in progress.stages)
    yield "\n".join(failure.reason for failure in progress.failures)
    yield thing.problem


def _raised(text: str) -> Cause | None:
    """The innermost error of the user's own code."""
    own = [m for m in _RAISED.finditer(text) if m["name"].rpartition(".")[2] not in _WRAPPERS]
    python = [m for m in own if not m[0].startswith("Caused by: ") and "." not in m["name"]]
    if not own:
        return None
    found = (python or own)[-1]
    name = found["name"].rpartition(".")[2]
    what = clean(found["what"], 160)
    return Cause(
        code=Code.CODE,
        words=f"The code raised {name}{f': {what}' if what else ''}",
        remedy="The traceback shows the line." if _LINE.search(text) else "",
        evidence=clean(found[0], _EVIDENCE),
    )


def _of_end(thing: Thing, log: Sequence[str]) -> Cause | None:
    found = find("\n".join((*log, thing.problem)), end=True)
    if found is not None or thing.state == "gone":
        return found
    words = {"killed": f"The {thing.kind.label.lower()} was killed."}.get(
        thing.state, f"The {thing.kind.label.lower()} ended by itself."
    )
    return Cause(code=Code.ENDED, words=words, remedy="Its log may say why.", evidence=last_words(log))


def _skew(spread: Spread) -> Cause | None:
    if spread.longest_s < UNEVEN_S or spread.longest_s < UNEVEN * max(spread.median_s, SHORTEST_S):
        return None
    return Cause(
        code=Code.SKEW,
        words=f"One of the {spread.tasks} tasks of stage {spread.stage} ran {spread.longest_s:.1f} s, "
        f"half of them at most {max(spread.median_s, 0.1):.1f} s: the data is spread unevenly.",
        remedy="Spread it anew before this step (repartition by a finer key), or let Spark split large parts of joins "
        "(spark.sql.adaptive.skewJoin.enabled).",
    )


def _line_at(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : end if end >= 0 else None]
    if len(line) > _EVIDENCE:
        # A long line is shown from a little before what told.
        before = max(0, at - start - 40)
        line = line if not before else "…" + line[before:].partition(" ")[2]
    return clean(line, _EVIDENCE)
