"""Whether two outputs of a statement say the same: a recorded one of Apache Livy, and ours.

What no two runs share is masked: paths, addresses, times, the numbers of REPL results.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

NEAR = 8  # frames
RECORDINGS = Path(__file__).resolve().parents[1] / "data" / "livy"


def recorded(topic: str) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """(request, final output) of each statement Livy accepted; None where it never had one."""
    pairs = json.loads((RECORDINGS / f"{topic}.json").read_text("utf-8"))
    finals: dict[tuple[str, int], dict[str, Any]] = {}
    for pair in pairs:
        found = re.match(r"/sessions/(\d+)/statements/(\d+)$", pair["request"]["path"])
        body = pair["response"]["body"]
        if found and pair["request"]["method"] == "GET" and isinstance(body, dict):
            finals[found[1], int(found[2])] = body["output"]
    statements = []
    for pair in pairs:
        request, response = pair["request"], pair["response"]
        if request["method"] == "POST" and request["path"].endswith("/statements") and response["status"] == 201:
            session = request["path"].split("/")[2]
            statements.append((request["body"], finals.get((session, response["body"]["id"]))))
    return statements


def difference(theirs: dict[str, Any], ours: dict[str, Any]) -> str:
    """What differs, the part that does first; "" if nothing does."""
    if theirs["status"] != ours["status"]:
        return f"status {ours['status']}: {ours.get('evalue')}"
    if theirs["status"] == "error":
        if theirs["ename"] != ours["ename"]:
            return f"ename {ours['ename']} for {theirs['ename']}"
        x, y = _masked(theirs["evalue"]), _masked(ours["evalue"])
        if x != y:
            return f"evalue {y!r} for {x!r}"
        x, y = _trace(theirs["traceback"]), _trace(ours["traceback"])
        return "" if x == y else f"traceback {y!r} for {x!r}"
    if set(theirs["data"]) != set(ours["data"]):
        return f"types {sorted(ours['data'])} for {sorted(theirs['data'])}"
    for mime, value in theirs["data"].items():
        x, y = _masked(_text(value)), _masked(_text(ours["data"][mime]))
        if x != y and not mime.startswith("image/"):
            return f"{mime}: {y[:80]!r} for {x[:80]!r}"
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _trace(lines: list[Any]) -> str:
    """Of Python's and Scala's words all; of Java's frames those nearest to the fault.

    Further out each tells by which way Spark was called: Livy's own classes, or py4j.
    """
    text = "\n".join(map(str, lines))
    if all(re.search(r"\(([\w$]+\.(java|scala):\d+|Unknown Source|Native Method)\)\s*$", str(line)) for line in lines):
        text = "\n".join(map(str, lines[:NEAR]))
    return _masked(text)


def _masked(text: str) -> str:
    text = re.sub(r"<path>|/[\w./-]{6,}", "<p>", text)
    text = re.sub(r"\bres\d+", "res", text)
    text = re.sub(r"<console>:\d+", "<console>", text)
    text = re.sub(r"\d+ elided", "elided", text)
    text = re.sub(r"\b(Task|stage|Job|group|TID) \d+(\.\d+)?", r"\1", text)
    # Java's frames in the middle of words, and what frames tell of their file: releases differ by a line.
    text = re.sub(r"\n\t(at|\.\.\.) [^\n]*", "", text)
    text = re.sub(r"(\.(scala|java)):\d+", r"\1", text)
    text = re.sub(r'(File "<p>"), line \d+', r"\1", text)
    text = re.sub(r"\((localhost|[\d.]{7,}) executor", "(host executor", text)
    return re.sub(r"0x[0-9a-f]+|@[0-9a-f]{5,}", "#", text).strip().replace("unnamed module #", "unnamed module")
