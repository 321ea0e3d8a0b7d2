"""Bench of the journal: 200 writers killed with -9; prints what was lost, which must be nothing.

python -m tests.bench.bench_kills [kills]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.journal.killing import kill_writers


def main(argv: list[str]) -> int:
    """Kill, count, print."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        toll = kill_writers(Path(folder), int(argv[0]) if argv else 200)
    print(json.dumps(asdict(toll) | {"seconds": round(time.monotonic() - began, 1)}))
    return int(toll.lost > 0 or toll.damage != "ok")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
