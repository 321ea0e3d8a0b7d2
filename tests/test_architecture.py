"""The rules of the house hold, and each is seen to catch its breach."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from astrolabnet_gui import command as table
from astrolabnet_gui.command.registry import COMMANDS, Command, Nothing, Params
from astrolabnet_gui.model.kind import KINDS, Health
from astrolabnet_gui.resources import resource
from tests import rules

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(rule: rules.Rule) -> None:
    found = rule(ROOT)
    assert found.looked_at > 0, "a rule over nothing proves nothing"
    assert not found.broken, "\n".join(found.broken)


BREACHES = [
    (rules.small_rooms_with_door_signs, "astrolabnet_gui/model/quiet.py", "x = 1\n"),
    (rules.small_rooms_with_door_signs, "tests/test_long.py", '"""Long."""\n' * 301),
    (rules.plain_names, "astrolabnet_gui/model/utils.py", '"""Things."""\n'),
    (rules.plain_names, "astrolabnet_gui/model/x.py", '"""X."""\nclass SessionManager:\n    """Manages."""\n'),
    (rules.server_text_is_plain, "astrolabnet_gui/gui/x.py", "QLabel(thing.label)"),
    (rules.server_text_is_plain, "astrolabnet_gui/gui/x.py", "QMessageBox.warning(None, 'x', text)"),
    (rules.server_text_is_plain, "astrolabnet_gui/gui/panels/x.py", "item.setToolTip(thing.problem)"),
    (rules.server_text_is_plain, "astrolabnet_gui/gui/panels/x.py", "item.setToolTip(f'{thing.problem}')"),
    (rules.colours_come_from_the_theme, "astrolabnet_gui/gui/x.py", "pen = '#ff0000'"),
    (rules.colours_come_from_the_theme, "astrolabnet_gui/gui/x.py", "sheet = f'color: rgb({r}, 0, 0)'"),
    (rules.colours_come_from_the_theme, "astrolabnet_gui/gui/x.py", "QColor(255, 0, 0)"),
    (rules.colours_come_from_the_theme, "astrolabnet_gui/gui/x.py", "pen = Qt.GlobalColor.red"),
    (rules.tests_assert_something, "tests/test_x.py", "def test_it():\n    run()\n"),
    (rules.tests_assert_something, "tests/test_x.py", "def test_it():\n    time.sleep(1)\n    assert done\n"),
    (rules.tests_assert_something, "tests/test_x.py", "@pytest.mark.skipif(True)\ndef test_it():\n    assert 1\n"),
    (rules.every_room_has_tests, "astrolabnet_gui/attic/__init__.py", '"""Attic."""\n'),
    (rules.posix_stays_in_its_files, "astrolabnet_gui/model/x.py", "import pwd"),
    (rules.posix_stays_in_its_files, "astrolabnet_gui/model/x.py", "def f():\n    from fcntl import flock\n"),
    (rules.posix_stays_in_its_files, "astrolabnet_gui/model/x.py", "from os import fork, path"),
    (rules.posix_stays_in_its_files, "astrolabnet_gui/model/x.py", "if os.name == 'posix':\n    me = os.getuid()"),
    (rules.posix_stays_in_its_files, "astrolabnet_gui/model/x.py", "process.send_signal(signal.SIGKILL)"),
    (rules.posix_stays_in_its_files, "packaging/x.py", "Popen(words, start_new_session=True)"),
    (rules.posix_stays_in_its_files, "packaging/x.py", "how = {'start_new_session': True}"),
    (rules.posix_stays_in_its_files, "packaging/x.py", "call(['/bin/sh', '-c', words])"),
    (rules.posix_stays_in_its_files, "astrolabnet_gui/system.py", "def f():\n    return os.getuid()\n"),
]


@pytest.mark.parametrize(("rule", "file", "code"), BREACHES, ids=lambda v: getattr(v, "__name__", None))
def test_rule_catches_its_breach(rule: rules.Rule, file: str, code: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(code, encoding="utf-8")
    assert len(rule(tmp_path).broken) == 1


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_rule_over_an_empty_folder_has_looked_at_nothing(rule: rules.Rule, tmp_path: Path) -> None:
    (tmp_path / rules.PACKAGE).mkdir()
    assert rule(tmp_path).looked_at == 0


def test_files_that_know_posix_are_there_and_need_their_place() -> None:
    for file in rules.POSIX_FILES:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert any(rules._posix(node) for node in ast.walk(tree)), f"{file} needs no place in the list"


@pytest.mark.parametrize("name", KINDS)
def test_kind_has_icon_help_and_parent(name: str) -> None:
    kind = KINDS[name]
    assert kind.name == name
    assert resource("icons", f"{kind.icon}.svg").stat().st_size > 0
    assert len(resource("help", f"{name}.md").read_text(encoding="utf-8")) > 200
    assert kind.parent == "" or kind.parent in KINDS
    assert kind.states
    assert kind.terminal <= kind.states.keys()
    assert all(isinstance(health, Health) for health in kind.states.values())


def test_the_table_of_commands_is_filled() -> None:
    assert table.__doc__
    assert COMMANDS, "a rule over nothing proves nothing"


@pytest.mark.parametrize("verb", COMMANDS.values(), ids=lambda verb: verb.name)
def test_command_is_whole(verb: Command) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+", verb.name)
    assert issubclass(verb.params, Params)
    asks = verb.params is not Nothing and bool(verb.params.model_fields)
    assert (
        verb.title.endswith("…") == (asks and any(f.is_required() for f in verb.params.model_fields.values())) or asks
    )
    assert len(verb.help) > 20
    assert verb.example
    assert all(on in KINDS for on in verb.on)
    assert not verb.inverse or verb.inverse in COMMANDS
    assert not verb.icon or resource("icons", f"{verb.icon}.svg").is_file()
    named = (path for path in (ROOT / "tests").rglob("test_*.py") if path.name != Path(__file__).name)
    assert any(f'"{verb.name}"' in path.read_text(encoding="utf-8") for path in named), "no test names it"
