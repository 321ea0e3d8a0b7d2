"""``packaging/run`` chooses: a window with its island, or the tour where there is no screen for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PYTHON = Path("/env/bin/python")
PROGRAM = [str(PYTHON), "-P", "-m", "astrolabnet_gui"]
XVFB = ["xvfb-run", "-a"]


@dataclass
class Machine:
    """A machine as the launcher sees it, and what was started on it."""

    xvfb: list[str] = field(default_factory=list)
    libraries: bool = True
    code: int = 0
    extras: tuple[str, ...] = ()
    asked_x11: list[bool] = field(default_factory=list)
    started: list[tuple[list[str], str | None]] = field(default_factory=list)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def launch(load: Any, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """``launch("run", …)``: its exit code, on a Linux without a screen but what ``monkeypatch`` sets."""
    module = load("launch")

    def ensure(root: Path, extras: tuple[str, ...]) -> Path:
        assert (root / "pyproject.toml").is_file()
        machine.extras = extras
        return PYTHON

    def qt(python: Path, *, x11: bool) -> bool:
        machine.asked_x11.append(x11)
        return machine.libraries

    def call(command: list[str], env: dict[str, str]) -> int:
        machine.started.append((command, env.get("QT_QPA_PLATFORM")))
        return machine.code

    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module.install, "ensure", ensure)
    monkeypatch.setattr(module.qtlibs, "ensure", qt)
    monkeypatch.setattr(module.qtlibs, "xvfb", lambda python: machine.xvfb)
    monkeypatch.setattr(module.subprocess, "call", call)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: module.main(list(words))


@pytest.mark.parametrize("screen", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_screen_the_window_opens_and_starts_its_island(
    launch: Callable[..., int], machine: Machine, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    monkeypatch.setenv(screen, ":1")
    assert launch("run") == 0
    assert machine.started == [([*PROGRAM, "--start-island"], None)]
    assert machine.extras == ("island",)
    assert machine.asked_x11 == [True]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_have_a_screen(
    launch: Callable[..., int], machine: Machine, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert launch("run") == 0
    assert machine.started == [([*PROGRAM, "--start-island"], None)]


def test_without_a_screen_the_tour_is_taken_in_one_in_memory(
    launch: Callable[..., int], machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.xvfb = XVFB
    assert launch("run") == 0
    assert machine.started == [([*XVFB, *PROGRAM, "--tour", "tour/"], "xcb")]
    assert machine.asked_x11 == [False], "what a real screen needs is no reason to end here"
    assert "There is no display here, so the tour is taken" in capsys.readouterr().out


def test_without_xvfb_the_tour_is_drawn_off_screen(launch: Callable[..., int], machine: Machine) -> None:
    assert launch("run") == 0
    assert machine.started == [([*PROGRAM, "--tour", "tour/"], "offscreen")]


def test_a_tour_that_is_asked_for_takes_the_screen_there_is(
    launch: Callable[..., int], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.xvfb = XVFB
    assert launch("run", "--tour", "there") == 0
    monkeypatch.setenv("DISPLAY", ":1")
    assert launch("run", "--tour", "there") == 0
    told = [*PROGRAM, "--tour", "there"]
    assert machine.started == [([*XVFB, *told], "xcb"), (told, None)]


def test_options_reach_the_program_as_they_are(launch: Callable[..., int], machine: Machine) -> None:
    # Without a screen too: the program itself knows which of its words need one.
    assert launch("run", "servers", "--json") == 0
    assert machine.started == [([*PROGRAM, "servers", "--json"], None)]


def test_the_program_ends_with_its_own_code(launch: Callable[..., int], machine: Machine) -> None:
    machine.code = 4
    assert launch("run", "servers") == 4


def test_without_the_libraries_of_qt_nothing_is_started(launch: Callable[..., int], machine: Machine) -> None:
    machine.libraries = False
    assert launch("run") == 2
    assert machine.started == []


def test_what_can_not_be_installed_is_said(
    load: Any, launch: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install = load("install")

    def fails(*_: object, **__: object) -> Path:
        raise install.Failed("no network")

    monkeypatch.setattr(install, "ensure", fails)
    assert launch("run") == 2
    assert "no network" in capsys.readouterr().err


def test_a_word_it_does_not_know_is_answered_with_those_it_does(
    launch: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert launch() == 2
    assert launch("walk") == 2
    assert capsys.readouterr().out.count("launch.py run|test|bench") == 2
