"""A folder of plug-ins on the path of this process, as if they were installed; nothing of them stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins import workshop


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty one."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    with workshop.nothing_stays():
        yield folder


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's plug-in, packed, installed and on the path of this process."""
    folder = workshop.install_page(tmp_path)
    monkeypatch.syspath_prepend(str(folder))
    with workshop.nothing_stays():
        yield folder
