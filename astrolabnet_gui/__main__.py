"""Picks the face: the window (default), a command, a script."""

from __future__ import annotations


def main() -> int:
    """Entry point of ``astrolabnet``; the answer is the exit code."""
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
