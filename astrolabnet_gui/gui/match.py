"""Match: how well typed words fit a title and what stands beside it; which letters to show as found. No Qt."""

from __future__ import annotations

import re
from functools import lru_cache

_BEGIN, _INSIDE, _BESIDE, _FAR, _SCATTERED = 0, 3, 4, 6, 9
MOST_SCATTERED = 40


def typed_words(text: str) -> tuple[str, ...]:
    """Words of what was typed, folded."""
    return tuple(text.casefold().split())


def rank(words: tuple[str, ...], title: str, detail: str) -> int | None:
    """How far off: 0 = each word begins a word of the title; None = a word is not there at all.

    Args:
        title, detail: folded. In the title a word may also be scattered: "sdn" finds "sky-density".
    """
    total = 0
    for word in words:
        cost = _place(word, title, _BEGIN, _INSIDE)
        if cost is None:
            cost = _place(word, detail, _BESIDE, _FAR)
        if cost is None and len(word) > 1 and scattered(word).search(title):
            cost = _SCATTERED
        if cost is None:
            return None
        total += cost
    return total


def spans(words: tuple[str, ...], text: str) -> list[tuple[int, int]]:
    """Begin and end of what the words found in ``text``, in order, without overlap."""
    marked: set[int] = set()
    for word in words:
        found = re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) or re.search(
            re.escape(word), text, re.IGNORECASE
        )
        if found is not None:
            marked.update(range(*found.span()))
    out: list[tuple[int, int]] = []
    for at in sorted(marked):
        if out and out[-1][1] == at:
            out[-1] = (out[-1][0], at + 1)
        else:
            out.append((at, at + 1))
    return out


def _place(word: str, text: str, begin: int, inside: int) -> int | None:
    at = text.find(word)
    if at < 0:
        return None
    while at > 0 and text[at - 1].isalnum():
        at = text.find(word, at + 1)
    return begin if at >= 0 else inside


@lru_cache(maxsize=64)
def scattered(word: str) -> re.Pattern[str]:
    """Letters of a word in their order, the first at the beginning of a word, no great gaps between."""
    return re.compile(r"\b" + "[^\n]{0,12}?".join(re.escape(letter) for letter in word[:MOST_SCATTERED]))
