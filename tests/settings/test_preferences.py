"""Preferences: whatever the file holds, the program starts, says what is wrong and loses nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from astrolabnet_gui.errors import Missing
from astrolabnet_gui.settings.paths import paths
from astrolabnet_gui.settings.preferences import IslandPreferences, Preferences, PreferencesFile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "preferences.toml"


def test_without_a_file_the_defaults_hold(file: Path) -> None:
    loaded = PreferencesFile.load(file, {})
    assert loaded.value == Preferences()
    assert loaded.problems == ()


def test_what_is_saved_is_read_and_what_is_not_known_stays(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[window]\ntheme = "dark"\nfuture = [1, 2]\n[plugins]\nx = 1\n')
    loaded = PreferencesFile.load(file, {})
    assert loaded.value.window.theme == "dark"
    loaded.save(loaded.value.model_copy(update={"island": IslandPreferences(keep_running=True)}))
    document = tomllib.loads(file.read_text())
    assert document["window"] == {"theme": "dark", "future": [1, 2]}
    assert document["plugins"] == {"x": 1}
    assert document["island"] == {"keep_running": True}
    assert PreferencesFile.load(file, {}).value.island.keep_running


def test_the_environment_wins(file: Path) -> None:
    loaded = PreferencesFile.load(file, {"ASTROLABNET_ISLAND_KEEP_RUNNING": "1", "ASTROLABNET_WINDOW_THEME": "light"})
    assert loaded.value.island.keep_running
    assert loaded.value.window.theme == "light"


def test_one_wrong_value_costs_one_default(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[window]\ntheme = "pink"\n[island]\nkeep_running = true\n')
    loaded = PreferencesFile.load(file, {})
    assert loaded.value == Preferences(island=IslandPreferences(keep_running=True))
    assert len(loaded.problems) == 1
    assert "[window] theme = 'pink'" in loaded.problems[0]


@pytest.mark.parametrize("rubbish", [b"[window\ntheme", b"\x00\xff\xfe" * 50, b"a = 1\na = 2", b"x = " + b"[" * 5000])
def test_a_file_that_can_not_be_understood_is_kept_aside(file: Path, rubbish: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(rubbish)
    loaded = PreferencesFile.load(file, {})
    assert loaded.value == Preferences()
    (aside,) = file.parent.glob("preferences.toml.damaged-*")
    assert aside.read_bytes() == rubbish
    assert aside.name in loaded.problems[0]
    loaded.save(Preferences())
    assert PreferencesFile.load(file, {}).problems == ()


def test_a_newer_file_is_read_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    text = 'format = 2\n[window]\ntheme = "dark"\n'
    file.write_text(text)
    loaded = PreferencesFile.load(file, {})
    assert loaded.value.window.theme == "dark"
    assert "newer" in loaded.problems[0]
    with pytest.raises(Missing, match="newer"):
        loaded.save(Preferences())
    assert file.read_text() == text


def test_a_place_that_can_not_be_written_is_said_and_the_old_file_stays(tmp_path: Path) -> None:
    blocked = tmp_path / "a file, no folder"
    blocked.write_text("x")
    loaded = PreferencesFile.load(blocked / "preferences.toml", {})
    assert "can not be read" in loaded.problems[0]
    with pytest.raises(Missing, match="could not be saved"):
        loaded.save(Preferences())
    assert blocked.read_text() == "x"


def test_all_folders_move_with_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / "h"))
    here = paths()
    for path in (here.preferences, here.workspace, here.journal, here.cache):
        assert path.is_relative_to(tmp_path / "h")
    monkeypatch.delenv("ASTROLABNET_HOME")
    assert "astrolabnet" in str(paths().journal)
