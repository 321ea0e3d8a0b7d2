"""The environment is made once, mended when the list of packages changes, and by one process at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
import venv
from pathlib import Path
from typing import Any

import pytest

from .conftest import PACKAGING

PYPROJECT = """
[build-system]
requires = ["hatchling"]
[project]
name = "x"
dependencies = ["a"]
[project.optional-dependencies]
island = ["b"]
"""


@pytest.fixture
def install(load: Any) -> Any:
    return load("install")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout, in a folder with a blank in its name, with an environment that works."""
    root = tmp_path / "my checkout"
    root.mkdir()
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    venv.create(root / ".venv", with_pip=False)
    return root


@pytest.fixture
def done(install: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Extras of each installation that would have been made."""
    extras: list[tuple[str, ...]] = []
    monkeypatch.setattr(install, "_install", lambda root, folder, asked: extras.append(asked))
    return extras


def test_installs_once_and_again_only_when_the_list_changes(install: Any, checkout: Path, done: list[Any]) -> None:
    python = install.ensure(checkout, ("island",))
    assert python.is_file()
    assert done == [("island",)]
    install.ensure(checkout, ("island",))
    assert len(done) == 1
    listed = checkout / "pyproject.toml"
    listed.write_text(listed.read_text(encoding="utf-8").replace('["a"]', '["a", "c"]'), encoding="utf-8")
    install.ensure(checkout, ("island",))
    assert len(done) == 2
    listed.write_text(listed.read_text(encoding="utf-8") + "[tool.ruff]\n", encoding="utf-8")
    install.ensure(checkout, ("island",))
    assert len(done) == 2, "a tool's setting is no reason to install"


def test_extras_add_up(install: Any, checkout: Path, done: list[Any]) -> None:
    install.ensure(checkout, ("island",))
    install.ensure(checkout, ("dev",))
    install.ensure(checkout, ("island", "dev"))
    assert done == [("island",), ("dev", "island")]


def test_moved_checkout_is_installed_anew(install: Any, checkout: Path, done: list[Any]) -> None:
    install.ensure(checkout, ("island",))
    moved = checkout.with_name("elsewhere")
    checkout.rename(moved)
    install.ensure(moved, ("island",))
    assert len(done) == 2


def test_half_written_stamp_is_no_stamp(install: Any, checkout: Path, done: list[Any]) -> None:
    install.ensure(checkout, ("island",))
    stamp = checkout / ".venv" / "astrolabnet-installed.json"
    stamp.write_text(stamp.read_text(encoding="utf-8")[:20], encoding="utf-8")
    install.ensure(checkout, ("island",))
    assert len(done) == 2


def test_failed_installation_leaves_no_stamp_and_says_so(
    install: Any, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "_works", lambda python: True)
    monkeypatch.setattr(install.subprocess, "call", lambda command: 1)
    with pytest.raises(install.Failed, match="lines above say which"):
        install.ensure(checkout, ("island",))
    assert not (checkout / ".venv" / "astrolabnet-installed.json").exists()


def test_environment_without_its_python_is_made_anew(
    install: Any, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install.python_of(checkout / ".venv").unlink()
    made: list[Path] = []
    monkeypatch.setattr(install.subprocess, "call", lambda command: 0)
    create = venv.create

    def without_pip(folder: Path, with_pip: bool) -> None:
        made.append(folder)
        create(folder, with_pip=False)

    monkeypatch.setattr(install.venv, "create", without_pip)
    install.ensure(checkout, ("island",))
    assert made == [checkout / ".venv"]
    said = capsys.readouterr().out
    assert "does not work" in said
    assert "MB to download" in said


@pytest.fixture
def called(install: Any, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pip was told to do."""
    calls: list[list[str]] = []

    def call(command: list[str]) -> int:
        calls.append(command[1:])
        return 0

    monkeypatch.setattr(install.subprocess, "call", call)
    monkeypatch.setattr(install, "_works", lambda _: True)
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    return calls


def test_in_ci_each_file_is_installed_by_its_hash(
    install: Any, checkout: Path, called: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("a==1 --hash=sha256:0\n")
    monkeypatch.setattr(install, "lock_file", lambda name="": lock if not name else tmp_path / "none.txt")
    monkeypatch.delenv("CI", raising=False)
    install.ensure(checkout, ("island",))
    assert "--require-hashes" not in called[0], "elsewhere by the ranges of pyproject.toml"
    monkeypatch.setenv("CI", "true")
    install.ensure(checkout, ("island",))
    assert len(called) == 1, "what is there is not installed again"
    install.ensure(checkout, ("island", "dev"))
    files, itself, look = called[1:]
    assert {"--require-hashes", "--no-deps", str(lock)} <= set(files)
    assert {"--no-deps", "--editable"} <= set(itself)
    assert look == ["-m", "pip", "check"]
    lock.write_text("a==2 --hash=sha256:0\n")
    install.ensure(checkout, ("island",))
    assert len(called) == 7, "another lock is another installation"
    monkeypatch.delenv("CI")
    install.ensure(checkout, ("island",))
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert install.locks(("island",)) == []
    assert len(called) == 7


def test_a_lock_that_can_not_be_had_says_how_to_renew_it(
    install: Any, checkout: Path, called: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("")
    monkeypatch.setattr(install, "lock_file", lambda name="": lock)
    monkeypatch.setattr(install.subprocess, "call", lambda command: 1)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(install.Failed, match=r"supply\.py lock"):
        install.ensure(checkout, ("island",))


@pytest.mark.skipif(sys.platform == "win32", reason="platform: there the lock is another")
def test_two_commands_install_one_after_the_other(checkout: Path) -> None:
    code = textwrap.dedent(f"""
        import sys, pathlib
        sys.path.insert(0, {str(PACKAGING)!r})
        import install
        def slow(root, folder, extras):
            print("installing", flush=True)
            sys.stdin.readline()
        install._install = slow
        install.ensure(pathlib.Path({str(checkout)!r}), ("island",))
        print("done", flush=True)
    """)
    command = [sys.executable, "-c", code]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as first:
        assert first.stdout
        assert first.stdout.readline() == "installing\n"
        with subprocess.Popen(command, **pipes) as second:
            assert second.stdout
            assert "waiting" in second.stdout.readline()
            first.communicate("go\n", timeout=20)
            out, _ = second.communicate(timeout=20)
    assert (first.returncode, second.returncode) == (0, 0)
    assert out == "done\n", "the second found it installed"


@pytest.mark.skipif(sys.platform == "win32", reason="platform: needs a POSIX shell")
def test_scripts_work_from_another_folder_and_with_blanks_in_the_path(
    install: Any, checkout: Path, done: list[Any], tmp_path: Path
) -> None:
    shutil.copytree(PACKAGING, checkout / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    install.ensure(checkout, ("dev", "island"))
    said = subprocess.run(
        [str(checkout / "packaging" / "bench"), "nothing"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert "no such bench" in said.stdout, said.stderr
    assert said.returncode == 2
