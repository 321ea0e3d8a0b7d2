"""Marker and guard: who sent this code, as a comment in it, and a line that stops the same sending from running twice.

A lost reply leaves open whether the server has the code. The marker finds it again by its text; the guard, where the
language can hold one, makes a late second copy fail instead of running. Positions are not a matter of taste: a comment
after ``%table x`` erases the table (Python), becomes part of ``SET k=v`` (SQL), and before ``%magic`` is glued to it
(Scala). Source: reference reliability, section 2.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PREFIX = "aln"
_ULID = r"[0-9A-HJKMNP-TV-Z]{26}"
_MARKER = rf"{_PREFIX}:(?P<ws>[0-9a-z]{{8}})\.(?P<key>{_ULID}):(?P<slug>[a-z0-9-]{{0,40}})"
_SLUG_DROPS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Marker:
    """One sending.

    Attributes:
        workspace: first eight letters of the workspace's uuid.
        key: task key, a ULID.
        slug: name of what was sent, for people who read the server's list.
    """

    workspace: str
    key: str
    slug: str = ""

    def __str__(self) -> str:
        return f"{_PREFIX}:{self.workspace}.{self.key}:{self.slug}"


@dataclass(frozen=True, slots=True)
class Marked:
    """Code with its marker; ``line_shift`` lines stand before the user's first."""

    code: str
    line_shift: int


@dataclass(frozen=True, slots=True)
class Stripped:
    """What the user wrote, and what was around it; ``kind`` is "" if the code carries no marker."""

    code: str
    marker: Marker | None = None
    kind: str = ""
    line_shift: int = 0


def slug(name: str) -> str:
    """``name`` as it may stand in a marker."""
    return _SLUG_DROPS.sub("-", name.lower()).strip("-")[:40].rstrip("-")


def normal(code: str) -> str:
    """Code with the line ends a server gives back."""
    return code.replace("\r\n", "\n").replace("\r", "\n")


def duplicate_error(key: str) -> str:
    """What the guard's error says."""
    return f"{_PREFIX}-duplicate {key}"


def _head(kind: str, marker: Marker) -> list[str]:
    key, error = marker.key, duplicate_error(marker.key)
    match kind:
        case "pyspark":
            return [
                f"# {marker}",
                f'if "{key}" in globals().setdefault("_aln_seen", set()): raise RuntimeError("{error}")',
                f'_aln_seen.add("{key}")',
            ]
        case "spark":
            guard = f'System.getProperties.putIfAbsent("aln.{key}", "1") != null'
            return [f'if ({guard}) throw new RuntimeException("{error}")']
        case "sparkr":
            return [
                f"# {marker}",
                f'if (!is.null(getOption("aln.{key}"))) stop("{error}")',
                f"options(aln.{key} = TRUE)",
            ]
        case "sql":
            return [f"-- {marker}"]
    return []


def guarded(kind: str) -> bool:
    """Whether a second copy of the same sending would stop itself in this language."""
    return kind in ("pyspark", "spark", "sparkr")


def mark(code: str, kind: str, marker: Marker) -> Marked:
    """``code`` with marker and guard for a language; a language we do not know is sent as it is."""
    head = _head(kind, marker)
    tail = [f"// {marker}"] if kind == "spark" else []
    return Marked("\n".join([*head, normal(code), *tail]), len(head))


_FIRST = {
    "pyspark": re.compile(rf"# {_MARKER}\nif \"(?P=key)\" in "),
    "sparkr": re.compile(rf"# {_MARKER}\nif \(!is\.null\("),
    "sql": re.compile(rf"-- {_MARKER}\n"),
}
_LAST = re.compile(rf"\n// {_MARKER}\Z")


def strip(code: str) -> Stripped:
    """The user's code again, if ``code`` was made by ``mark``; else ``code`` as it is."""
    code = normal(code)
    for kind, first in _FIRST.items():
        found = first.match(code)
        if found is not None:
            return _without(code, kind, found, tail=0)
    found = _LAST.search(code)
    if found is not None:
        return _without(code, "spark", found, tail=len(found[0]))
    return Stripped(code)


def _without(code: str, kind: str, found: re.Match[str], tail: int) -> Stripped:
    marker = Marker(found["ws"], found["key"], found["slug"])
    head = "\n".join(_head(kind, marker)) + "\n"
    if not code.startswith(head):
        return Stripped(code)
    body = code[len(head) : len(code) - tail] if len(code) - tail >= len(head) else ""
    return Stripped(body, marker, kind, head.count("\n"))
