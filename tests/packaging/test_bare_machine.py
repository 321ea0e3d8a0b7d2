"""What is said, and done, where something is missing: Python, its module venv, Qt's libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import PACKAGING

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="platform: needs a POSIX shell")

OLD = "#!/bin/sh\nexit 1\n"
# A Python that has all but ensurepip, as Debian's without python3-venv.
NO_VENV = f"""#!/bin/sh
case "$2" in
*ensurepip*) exit 1 ;;
*) exec "{sys.executable}" "$@" ;;
esac
"""
APT = '#!/bin/sh\necho "apt-get $*" >> "$APT_LOG"\n'


def program(folder: Path, name: str, text: str) -> None:
    """Put a program on the PATH of a test."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    (folder / name).chmod(0o755)


def find(path: Path, user: int) -> subprocess.CompletedProcess[str]:
    """Look for a Python with only ``path`` on the PATH, as ``user``."""
    program(path, "id", f"#!/bin/sh\necho {user}\n")
    script = f'. "{PACKAGING}/python.sh"; find_python && echo "found $PY"'
    return subprocess.run(
        ["/bin/sh", "-c", script, "run"], env={"PATH": str(path), "APT_LOG": str(path / "apt.log")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_no_python_names_the_line(tmp_path: Path) -> None:
    said = find(tmp_path / "bin", user=1000)
    assert said.returncode != 0
    assert "needs Python 3.11" in said.stderr
    assert "apt-get install python3 python3-venv" in said.stderr


def test_old_python_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3.11", OLD)
    program(tmp_path / "bin", "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    assert find(tmp_path / "bin", user=1000).stdout == "found python3\n"


def test_python_without_venv_names_the_line(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3", NO_VENV)
    said = find(tmp_path / "bin", user=1000)
    assert said.returncode != 0
    assert f"sudo apt-get install python3.{sys.version_info.minor}-venv" in said.stderr


def test_root_installs_venv(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3", NO_VENV)
    program(tmp_path / "bin", "apt-get", APT)
    find(tmp_path / "bin", user=0)
    log = (tmp_path / "bin" / "apt.log").read_text(encoding="utf-8")
    assert f"python3.{sys.version_info.minor}-venv" in log


@pytest.fixture
def qtlibs(load: Any) -> Any:
    return load("qtlibs")


MISSING = "#!/bin/sh\necho 'ImportError: libEGL.so.1: cannot open shared object file' >&2\nexit 1\n"


def test_qt_is_whole_here(qtlibs: Any) -> None:
    assert qtlibs.ensure(Path(sys.executable), x11=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="platform: Qt brings all elsewhere")
def test_missing_library_is_named_with_the_line(
    qtlibs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path, "python", MISSING)
    monkeypatch.setattr(qtlibs.os, "geteuid", lambda: 1000)
    assert not qtlibs.ensure(tmp_path / "python", x11=True)
    said = capsys.readouterr()
    assert "libEGL.so.1" in said.out
    assert "sudo apt-get install libegl1" in said.err
    assert "libxcb-cursor0" in said.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="platform: Qt brings all elsewhere")
def test_root_installs_the_libraries(qtlibs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "apt-get", f'#!/bin/sh\n: > "{tmp_path}/mended"\n')
    mended = f'#!/bin/sh\n[ -e "{tmp_path}/mended" ] && exit 0\necho "ImportError: libEGL.so.1" >&2\nexit 1\n'
    program(tmp_path, "python", mended)
    monkeypatch.setattr(qtlibs.os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert qtlibs.ensure(tmp_path / "python", x11=False)
