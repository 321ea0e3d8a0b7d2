"""Ansi: a terminal's colours as runs of our tokens; all its other escapes are dropped and never act. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..safe import HIDDEN, LINE_CHARS

_ESCAPE = re.compile(r"\x1b(?:\[(?P<colour>[0-9;:]*)m|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.|$)")
_STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Of one line so much is read: enough for what is shown of it with all its escapes.
READ_CHARS = 8 * LINE_CHARS
_TAIL_CHARS = 1_000_000
# Black, red, green, yellow, blue, magenta, cyan, white, as inks that can be read on every ground.
INKS = ("text3", "failed_text", "ok_text", "warn_text", "busy_text", "unknown_text", "flow_text", "text")


@dataclass(frozen=True, slots=True)
class Ink:
    """How a piece of text looks; ``token`` "" is the normal colour."""

    token: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line, ``start`` to before ``end``."""

    start: int
    end: int
    ink: Ink


class Ansi:
    """Reads lines one after the other; a colour lasts until it is taken back, also over line ends."""

    def __init__(self) -> None:
        self._ink = Ink()

    def lines(self, text: str, beyond: int = 0) -> tuple[list[str], dict[int, tuple[Run, ...]]]:
        """Lines as they are shown, and the coloured runs of those that have any.

        Lines over 4 000 characters are cut and say so; of the first one ``beyond`` more are not in ``text``.
        """
        found, runs = [], {}
        for number, whole in enumerate(text.split("\n")):
            raw = whole if len(whole) <= READ_CHARS else _last_written(whole)
            more, raw = max(0, len(raw) - READ_CHARS) + (0 if number else beyond), raw[:READ_CHARS]
            line, pieces = self._line(raw) if self._ink != Ink() or _STRANGE.search(raw) else (raw, ())
            line = HIDDEN.sub("\N{REPLACEMENT CHARACTER}", line)
            if more or len(line) > LINE_CHARS:
                line = f"{line[:LINE_CHARS]} … ({len(line) - LINE_CHARS + more} more characters)"
                pieces = tuple(r for r in pieces if r.start < LINE_CHARS)
            found.append(line)
            if pieces:
                runs[number] = pieces
        return found, runs

    def _line(self, raw: str) -> tuple[str, tuple[Run, ...]]:
        # A terminal writes over the line after a lone carriage return; the last writing stays.
        if "\r" in raw:
            raw = _last_written(raw)
        raw = raw.encode("utf-8", "replace").decode("utf-8")
        words, runs, length, at = [], [], 0, 0
        for escape in (*_ESCAPE.finditer(raw), None):
            piece = raw[at : escape.start()] if escape is not None else raw[at:]
            if piece and self._ink != Ink():
                runs.append(Run(length, length + len(piece), self._ink))
            words.append(piece)
            length += len(piece)
            if escape is not None:
                at = escape.end()
                if escape["colour"] is not None:
                    self._ink = _changed(self._ink, escape["colour"])
        return "".join(words), tuple(runs)


def written(text: str, at: int, end: int) -> tuple[int, int]:
    """Where in a line, ``at`` to ``end`` of a text without end, its last writing lies; the line is not copied."""
    while end > at:
        tail = text[max(at, end - _TAIL_CHARS) : end]
        kept = len(tail.rstrip("\r"))
        end -= len(tail) - kept
        if kept:
            return max(at, text.rfind("\r", at, end) + 1), end
    return at, at


def _last_written(raw: str) -> str:
    return raw.rstrip("\r").rpartition("\r")[2]


def _changed(ink: Ink, codes: str) -> Ink:
    """Ink after ``ESC [ codes m``."""
    numbers = [int(n) if n else 0 for n in re.split("[;:]", codes[:60])]
    at = 0
    while at < len(numbers):
        code = numbers[at]
        at += 1
        if code == 0:
            ink = Ink()
        elif code in (1, 22):
            ink = replace(ink, strong=code == 1)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            ink = replace(ink, token=INKS[code % 10])
        elif code == 39:
            ink = replace(ink, token="")
        elif code in (38, 48):
            token, at = _far(numbers, at)
            ink = replace(ink, token=token) if code == 38 and token else ink
    return ink


def _far(numbers: list[int], at: int) -> tuple[str, int]:
    """Nearest ink of the 256 colours (``5;n``) or of red, green and blue (``2;r;g;b``), and where to read on."""
    if numbers[at : at + 1] == [5] and len(numbers) > at + 1:
        n = numbers[at + 1]
        if n < 16:
            return INKS[n % 8], at + 2
        if n < 232:
            cube = n - 16
            return INKS[
                sum(bit for bit, step in ((1, cube // 36), (2, cube // 6 % 6), (4, cube % 6)) if step > 2)
            ], at + 2
        return INKS[7 if n > 243 else 0], at + 2
    if numbers[at : at + 1] == [2] and len(numbers) > at + 3:
        return INKS[
            sum(bit for bit, part in zip((1, 2, 4), numbers[at + 1 : at + 4], strict=True) if part > 127)
        ], at + 4
    return "", len(numbers)
