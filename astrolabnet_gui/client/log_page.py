"""Log page: the lines of an executor's log, as the worker's page shows them (text, or HTML around it)."""

from __future__ import annotations

from html.parser import HTMLParser

from .fetch import Answer


def lines_of(answer: Answer) -> tuple[str, ...]:
    """Lines of the log alone: of a page what stands in its ``pre``; all its words if there is none."""
    text = answer.body.decode("utf-8", "replace")
    if answer.content_type == "text/html":
        page = _Page()
        page.feed(text)
        page.close()
        text = "".join(page.kept) if page.has_log else "\n".join(" ".join(word.split()) for word in page.words)
    return tuple(line for line in text.splitlines() if line.strip())


class _Page(HTMLParser):
    """Splits a page into its log and its other words."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []
        self.words: list[str] = []
        self.has_log = False
        self._silent = self._inside = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        """A log begins, or what is no text."""
        self._silent += tag in ("script", "style")
        self._inside += tag == "pre"
        self.has_log = self.has_log or tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        self._silent = max(0, self._silent - (tag in ("script", "style")))
        self._inside = max(0, self._inside - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        """Words of the log, or others."""
        if self._inside:
            self.kept.append(data)
        elif not self._silent and data.strip():
            self.words.append(data)
