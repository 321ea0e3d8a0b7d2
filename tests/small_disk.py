"""A disk that is really full soon: a folder in memory of so many megabytes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk_at(place: Path, size_mb: int, unless: str = "platform: ") -> Iterator[Path]:
    """A small disk at a folder that is there, until the end of the block.

    Args:
        unless: how the skip begins where nobody may mount; "" = in CI that is a failure (see ``tests.conftest``).
    """
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip(f"{unless}a disk of {size_mb} MB needs root and mount")
    if subprocess.run([mount, "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip(f"{unless}this machine lets nobody mount")
    yield place
    subprocess.run(["umount", "-l", place], check=True)
