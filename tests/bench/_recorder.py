"""Runs a channel's program as it is, and keeps what Spark told it of its batches: PROGRAM FILE ARGUMENT."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """One line for each batch: when it began, offsets of before, after and there."""
    program, file, argument = sys.argv[1:]
    scope: dict[str, Any] = {"__name__": "recorded", "__file__": program}
    exec(compile(Path(program).read_text("utf-8"), program, "exec"), scope)
    channel, sys.argv = scope["Channel"], [program, argument]
    heard, kept = channel.heard, 0

    def hears(self: Any) -> None:
        nonlocal kept
        heard(self)
        with Path(file).open("a") as out:
            for one in self.arrived:
                if one[0] > kept:
                    kept = one[0]
                    print(json.dumps(one), file=out)

    channel.heard = hears
    scope["main"]()


if __name__ == "__main__":
    main()
