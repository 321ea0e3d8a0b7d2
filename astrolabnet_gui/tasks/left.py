"""Left: results that tasks leave on the server themselves, for the time when nobody of ours is there to fetch them.

The sent code is wrapped: it runs as before, and before it ends writes ``<folder of results>/<task key>.json`` with its
code, output, error and times. The folder is the server's (``Server.results``), else ``spark.astrolabnet.results`` of
its Spark settings, else ``.astrolabnet/results`` in the home folder of its file system. Code travels as base64.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..errors import Malformed
from ..model.record import Record, moment
from ..resources import resource
from .marker import Marker, mark

TASK_KEY = "@the-task-key-of-this-sending@"
"""Stands in wrapped code for the key, which is made when it is sent."""
MOST_BYTES = 8_000_000
_SPARKR = re.compile(r"^[^#\n]*\b(?:library|require|requireNamespace)\s*\(\s*['\"]?SparkR\b|^[^#\n]*\bSparkR::", re.M)
_MAGIC = re.compile(r"^%[a-z]+\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Left:
    """One result that was left; ``record`` lacks what only this side knows (server, session)."""

    record: Record
    code: str
    output: dict[str, Any] | None


def why_not(kind: str, code: str) -> str:
    """Why code can not leave its result on the server; "" if it can."""
    if kind == "sql":
        return "SQL can not write its result beside the data: send it as Python, spark.sql(…).show()."
    if kind == "pyspark" and _MAGIC.search(code):
        return "a line that begins with % shows something only the session can make: print it instead."
    return (
        "" if kind in ("pyspark", "spark", "sparkr") else f"there is no way to keep a result of {kind or 'this kind'}."
    )


def wrapped(sent: str, kind: str, code: str, name: str, workspace: str, results: str) -> tuple[str, int]:
    """Code that runs ``sent`` and leaves its result, and the lines that errors count before the first of ``sent``.

    Args:
        sent: what runs, its values in it; ``code``: what the person wrote, as it is kept.
    """
    head = {"name": name, "language": kind, "workspace": workspace, "code": code, "results": results}
    match kind:
        case "pyspark":
            definition = _base64(resource("code", "keep_result.py").read_text("utf-8"))
            blob = _base64(json.dumps(head | {"code": sent, "kept_code": code}))
            first = f'exec(__import__("base64").b64decode("{definition}").decode("utf-8"))'
            # It is compiled by itself: its lines are counted without marker and guard.
            return f'{first}\nkeep_result("{blob}", "{TASK_KEY}")', -mark("", kind, Marker("", "")).line_shift
        case "spark":
            definition = resource("code", "keep_result.scala").read_text("utf-8").rstrip("\n")
            blob = _chunks(_base64(json.dumps(head)))
            opening = f'AlnKeep({blob}, "{_base64(results)}", "{TASK_KEY}") {{'
            return f"{definition}\n{opening}\n{sent}\n}}", definition.count("\n") + 2
    definition = resource("code", "keep_result.r").read_text("utf-8").rstrip("\n")
    words = f'{_points(sent)}, {_points(json.dumps(head))}, {_points(results)}, "{TASK_KEY}"'
    return f"{definition}\nkeep_result({words})", 0


def why_program_not(file: str) -> str:
    """Why a batch's program can not leave its result on the server; "" if it can.

    Args:
        file: as the server sees it, or ``here:/path``: an R script is read here, for R runs no other that lies there.
    """
    name = file.lower()
    if name.endswith(".py") or (name.endswith(".r") and name.startswith("here:")):
        return ""
    if name.endswith(".r"):
        return "An R script that lies on the server can not leave its result: give it as a file of this computer."
    return "A JAR is compiled, nothing can be put around it: its result is not kept on the server, only what it writes."


def program_in_r(code: str, name: str, workspace: str, results: str) -> str:
    """A whole R script that runs ``code`` with its arguments and leaves its result; its first argument is the task key.

    R has no way to run a program that lies elsewhere in the cluster, so its code is inside.
    """
    kept, _ = wrapped(code, "sparkr", code, name, workspace, results)
    # A server that knows it has no SparkR says so before it starts the script.
    needs = 'requireNamespace("SparkR")\n' if _SPARKR.search(code) else ""
    before = resource("code", "keep_batch.r").read_text("utf-8")
    return f"{needs}{before}{kept.replace(f'{chr(34)}{TASK_KEY}{chr(34)}', 'keep_key')}\n"


def program_words(key: str, program: str, name: str, workspace: str, results: str) -> str:
    """What ``keep_batch.py`` is given as its first argument; the program's own follow.

    Args:
        program: as the server sees it; it must be among the batch's Python files.
    """
    given = {"task_key": key, "program": program, "name": name, "workspace": workspace, "results": results}
    return _base64(json.dumps(given | {"language": "pyspark"}))


def reader(results: str, have: Iterable[str], wanted: Iterable[str] = ()) -> str:
    """Python that prints the results that were left and are not had yet; ``wanted``: only these, if any are named."""
    given = {"results": results, "have": sorted(have), "wanted": sorted(wanted), "most": MOST_BYTES}
    definition = resource("code", "read_results.py").read_text("utf-8")
    return f'{definition}\nread_results("{_base64(json.dumps(given))}")'


def found(said: str) -> tuple[tuple[Left, ...], int, tuple[str, ...]]:
    """What ``reader`` printed: results, how many more there are, and words on those that can not be used.

    Raises:
        Malformed: it printed something else.
    """
    line = next((line for line in said.splitlines() if line.startswith("ALN ")), "")
    try:
        told = json.loads(line.removeprefix("ALN "))
        files, left = dict(told["files"]), int(told["left"])
    except (ValueError, KeyError, TypeError) as exc:
        raise Malformed("the server did not say which results it holds.", remedy="Try again in a new session.") from exc
    good, bad = [], []
    for key, blob in files.items():
        try:
            good.append(read(str(key), base64.b64decode(str(blob), validate=True)))
        except (Malformed, binascii.Error) as exc:
            bad.append(f"{key}: {exc}")
    return tuple(good), left, tuple(bad)


def read(key: str, document: bytes) -> Left:
    """One file.

    Raises:
        Malformed: it is not the result of that task.
    """
    try:
        told = json.loads(document)
        if told.get("astrolabnet") != "result" or told.get("task_key") != key:
            raise ValueError("it is not the result of this task")
        if told.get("state") not in ("done", "failed"):
            raise ValueError("it does not say how the task ended")
        code, output = str(told.get("kept_code") or told.get("code") or ""), told.get("output")
        if output is not None and not isinstance(output, dict):
            raise ValueError("its output is no object")
        wrong = output if isinstance(output, dict) and output.get("status") == "error" else {}
        record = Record(
            task_key=key, name=str(told.get("name") or ""), language=str(told.get("language") or ""),
            state=str(told["state"]), site=str(told.get("workspace") or ""), spark=str(told.get("spark") or ""),
            app_id=str(told.get("app_id") or ""), run="file", started=moment(int(told.get("started") or 0)),
            completed=moment(int(told.get("completed") or 0)), sent=moment(int(told.get("started") or 0)),
            problem=": ".join(str(wrong[part])[:400] for part in ("ename", "evalue") if wrong.get(part)),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as exc:
        raise Malformed(f"a result that was left on the server can not be read: {exc}") from exc
    return Left(record, code, output)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


def _chunks(letters: str) -> str:
    """A text as Scala takes it: at most 64 KB in one literal."""
    parts = [letters[i : i + 48_000] for i in range(0, len(letters), 48_000)] or [""]
    return f'"{parts[0]}"' if len(parts) == 1 else "Seq(" + ", ".join(f'"{p}"' for p in parts) + ").mkString"


def _points(text: str) -> str:
    """A text as R takes it, letter by letter."""
    return f"intToUtf8(c({', '.join(str(ord(c)) for c in text)}))" if text else '""'
