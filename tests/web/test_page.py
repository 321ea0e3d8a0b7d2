"""The page: its colours are the theme's, server text never becomes markup, and all it asks for is its own."""

from __future__ import annotations

import re
import tomllib

import pytest

from astrolabnet_gui.resources import resource

SCRIPTS = sorted(resource("web").glob("*.js"))
PAGES = sorted(resource("web").glob("*.html"))


@pytest.mark.parametrize(("theme", "part"), [("dark", 0), ("light", 1)])
def test_colours_are_those_of_the_theme(theme: str, part: int) -> None:
    css = resource("web", "page.css").read_text(encoding="utf-8")
    tokens = tomllib.loads(resource("themes", "tokens.toml").read_text(encoding="utf-8"))[theme]
    told = dict(re.findall(r"--([\w-]+): (#\w+);", css.split(":root {")[1 + part]))
    assert told == {name.replace("_", "-"): value for name, value in tokens.items() if isinstance(value, str)}
    assert "#" not in re.sub(r"#[a-z-]+", "", css.split("* { box-sizing")[1]), "no other colour"


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_server_text_is_text(file: str) -> None:
    code = file.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert len(code.splitlines()) <= 300
    for way in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "javascript:"):
        assert way not in code
    for wanted in re.findall(r'from "\./(.+?)"', code):
        assert resource("web", wanted).is_file()


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_a_page_asks_for_its_own_files_only(file: str) -> None:
    page = file.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|//", page)
    wanted = re.findall(r'(?:src|href)="/page/(.+?)"', page)
    assert len(wanted) == 3
    for name in wanted:
        assert resource("icons" if name.endswith(".svg") else "web", name).is_file()
