"""The files of packaging/ as modules: they are no package, for they run before anything is installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """``load("install")``: that file, imported as its neighbours see it."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    return importlib.import_module
