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


# What Windows does not have. What exists there under the same name (os.kill, os.getppid) is not meant.
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES = re.compile(
    r"os\.(WNOHANG|chroot|[fl]?chown|fork|forkpty|get(eu|eg|u|g)id|get(pg|s)id|getpgrp|killpg|mkfifo|nice|openpty|"
    r"posix_spawnp?|register_at_fork|set(u|g|pg|s)id|statvfs|uname|wait[34]?)|"
    r"signal\.(SIG(ALRM|CHLD|CONT|HUP|KILL|PIPE|QUIT|STOP|USR[12])|alarm|pause|pthread_\w+|setitimer|sigwait)|"
    r"socket\.AF_UNIX|asyncio\.(open_unix_connection|start_unix_server)"
)
POSIX_WORDS = {"start_new_session", "preexec_fn", "process_group", "pass_fds"}
# The files that know the difference, and why what they know is not in system.py.
POSIX_FILES = {
    f"{PACKAGE}/system.py": "the one file for all rooms",
    f"{PACKAGE}/island/platform.py": "process trees: it needs psutil, system.py is imported first of all",
    f"{PACKAGE}/client/route.py": "the watch over ssh is a shell script; Windows is told why there is none",
    "packaging/install.py": "runs before anything is installed",
    "packaging/qtlibs.py": "asks whether apt can be used; runs before anything is installed",
}
_GUARD = re.compile(r"sys\.platform|os\.name|hasattr\(os,")


def posix_stays_in_its_files(root: Path) -> Found:
    """What Windows has not is used in the files of the list only, there beside a question for the platform."""
    found = Found()
    for part in (PACKAGE, "packaging"):
        for name, _, tree in modules(root, part):
            found.looked_at += 1
            guarded: set[int] = set()
            for scope in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.If)):
                if name in POSIX_FILES and _GUARD.search(ast.unparse(scope)):
                    guarded |= {id(inner) for inner in ast.walk(scope)}
            docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                said = "" if id(node) in docstrings | guarded else _posix(node)
                if said:
                    found.broken.append(f"{name}:{getattr(node, 'lineno', 0)} {said}: not on Windows, see system.py")
    return found


def _posix(node: ast.AST) -> str:
    """What of this node Windows does not have; "" if nothing."""
    match node:
        case ast.Import():
            return " ".join(a.name for a in node.names if a.name in POSIX_MODULES)
        case ast.ImportFrom(module=str(module), level=0):
            names = [f"{module}.{a.name}" for a in node.names]
            return module if module in POSIX_MODULES else " ".join(filter(POSIX_NAMES.fullmatch, names))
        case ast.Attribute(value=ast.Name(id=owner), attr=attr) if POSIX_NAMES.fullmatch(f"{owner}.{attr}"):
            return f"{owner}.{attr}"
        case ast.keyword(arg=str(arg)) if arg in POSIX_WORDS:
            return arg
        case ast.Constant(value=str(text)) if text in POSIX_WORDS or re.match(r"/(usr/)?s?bin/|/(dev|proc)/", text):
            return repr(text[:40])
    return ""


RULES: tuple[Rule, ...] = (
    small_rooms_with_door_signs,
    plain_names,
    server_text_is_plain,
    colours_come_from_the_theme,
    tests_assert_something,
    every_room_has_tests,
    posix_stays_in_its_files,
)
