"""The rules of the house that no linter knows: functions of a folder that tell what they saw."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LINES = 300
PACKAGE = "astrolabnet_gui"


@dataclass
class Found:
    """What a rule saw. A rule that looked at nothing proves nothing.

    Attributes:
        looked_at: how many things were looked at.
        broken: "file:line what" of each breach.
    """

    looked_at: int = 0
    broken: list[str] = field(default_factory=list)


Rule = Callable[[Path], Found]


def modules(root: Path, *parts: str) -> Iterator[tuple[str, str, ast.Module]]:
    """Name below ``root``, text and tree of each Python file below ``parts``."""
    for path in sorted(root.joinpath(*parts).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(root).as_posix(), text, ast.parse(text)


def small_rooms_with_door_signs(root: Path) -> Found:
    """Each file says what it is for and has at most 300 lines; tests and packaging too."""
    found = Found()
    for part in (PACKAGE, "tests", "packaging"):
        for name, text, tree in modules(root, part):
            found.looked_at += 1
            if not ast.get_docstring(tree) and text.strip():
                found.broken.append(f"{name} does not say what it is for")
            if text.count("\n") > LINES:
                found.broken.append(f"{name} has {text.count(chr(10))} lines")
    return found


def plain_names(root: Path) -> Found:
    """No Manager, Helper, Util, Base; no drawer called utils, helpers, misc, common."""
    found = Found()
    for name, _, tree in modules(root, PACKAGE):
        found.looked_at += 1
        if Path(name).stem in ("utils", "util", "helpers", "helper", "misc", "common", "base"):
            found.broken.append(f"{name} is a drawer, not a room")
        found.broken += [
            f"{name}:{node.lineno} class {node.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Utils?|Base)$", node.name)
        ]
    return found


# Qt reads a text as HTML where it looks like HTML, loads its pictures and opens its links.
RICH_MAKERS = {"QLabel", "QMessageBox", "QErrorMessage", "QTextBrowser", "QTextEdit", "QToolTip", "QWhatsThis"}
RICH_SETTERS = {
    "setToolTip", "setWhatsThis", "setHtml", "setMarkdown", "appendHtml", "insertHtml", "setTextFormat",
    "setInformativeText", "setDetailedText", "setOpenExternalLinks",
}  # fmt: skip


def server_text_is_plain(root: Path) -> Found:
    """In the window only ``gui/safe.py`` makes what could read a server's text as HTML; our literals are allowed."""
    found = Found()
    for name, _, tree in modules(root, PACKAGE, "gui"):
        found.looked_at += 1
        if name == f"{PACKAGE}/gui/safe.py":
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            said = _called(node)
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            by_owner = owner.id if isinstance(owner, ast.Name) else ""
            if said in RICH_MAKERS or by_owner in RICH_MAKERS:
                found.broken.append(f"{name}:{node.lineno} {by_owner or said}: take the factory in gui/safe.py")
            elif said in RICH_SETTERS and not all(_is_ours(argument) for argument in node.args):
                found.broken.append(f"{name}:{node.lineno} {said}: take the setter in gui/safe.py")
    return found


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_ours(node: ast.expr) -> bool:
    """True for a text that stands in our source."""
    return isinstance(node, ast.Constant)


_COLOUR = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?\b|^#[0-9a-fA-F]{3}$|\b(?:rgba?|hsla?)\(")


def colours_come_from_the_theme(root: Path) -> Found:
    """No colour literal in the window outside ``gui/theme.py``."""
    found = Found()
    for name, _, tree in modules(root, PACKAGE, "gui"):
        found.looked_at += 1
        if name == f"{PACKAGE}/gui/theme.py":
            continue
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                if _COLOUR.search(node.value):
                    found.broken.append(f"{name}:{node.lineno} colour in {node.value[:40]!r}")
            elif isinstance(node, ast.Attribute) and node.attr == "GlobalColor":
                found.broken.append(f"{name}:{node.lineno} Qt.GlobalColor")
            elif (
                isinstance(node, ast.Call)
                and _called(node) == "QColor"
                and any(isinstance(a, ast.Constant) for a in node.args)
            ):
                found.broken.append(f"{name}:{node.lineno} QColor of a literal")
    return found


_ASSERTS = re.compile(r"^(assert|raises|warns|fail|fnmatch|no_fnmatch|wait|expect|check|must)|_(raises|fails|agree)$")


def tests_assert_something(root: Path) -> Found:
    """No test without an assertion; no sleep where a wait or a clock will do; no skip without its reason."""
    found = Found()
    for name, _, tree in modules(root, "tests"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.looked_at += 1
                if not any(_asserts(inner) for inner in ast.walk(node)):
                    found.broken.append(f"{name}:{node.lineno} {node.name} asserts nothing")
                found.broken += [
                    f"{name}:{inner.lineno} sleeps: wait until something is so"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "time.sleep"
                ]
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("mark.skip", "mark.skipif", "pytest.skip")
            ):
                named = {keyword.arg for keyword in node.keywords}
                if "reason" not in named and not (ast.unparse(node.func).endswith(".skip") and node.args):
                    found.broken.append(f"{name}:{node.lineno} a skip without its reason")
    return found


def _asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and bool(_ASSERTS.search(_called(node))))


def every_room_has_tests(root: Path) -> Found:
    """Each room has a folder of tests, or a file ``test_<room>.py``, of its name."""
    found = Found()
    rooms = [path for path in sorted((root / PACKAGE).iterdir()) if (path / "__init__.py").is_file()]
    for room in rooms:
        found.looked_at += 1
        folder = root / "tests" / room.name
        if not list(folder.rglob("test_*.py")) and not (root / "tests" / f"test_{room.name}.py").is_file():
            found.broken.append(f"{room.name} has no tests")
    return found


RULES: tuple[Rule, ...] = (
    small_rooms_with_door_signs,
    plain_names,
    server_text_is_plain,
    colours_come_from_the_theme,
    tests_assert_something,
    every_room_has_tests,
)
