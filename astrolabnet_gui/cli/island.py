"""island: hands its words to the island's own program; no other room imports the island."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence


def island(words: Sequence[str]) -> int:
    """Run ``python -m astrolabnet_gui.island`` with these words; its exit code."""
    process = subprocess.Popen([sys.executable, "-P", "-m", "astrolabnet_gui.island", *words])
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the terminal sent it to the island's program too: let it end in its own way


def is_plain_start(words: Sequence[str]) -> bool:
    """True if these words start this user's own island, the one the workspace shows."""
    return words[:1] == ["start"] and not any(w.startswith(("--state", "--no-token", "-h", "--help")) for w in words)
