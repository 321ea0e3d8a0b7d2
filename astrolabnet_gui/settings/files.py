"""Files that survive a crash: whole or not at all, and damaged ones kept aside rather than overwritten."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import Missing

MAX_BYTES = 10_000_000


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file so that a reader sees the old or the new one, also after a crash. Mode 0600.

    Raises:
        Missing: the place can not be written (full, read-only, no rights); the old file is as it was.
    """
    temp = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temp.replace(path)
        _sync_folder(path.parent)
    except OSError as exc:
        with contextlib.suppress(OSError):
            temp.unlink(missing_ok=True)
        raise Missing(
            f"{path.name} could not be saved: {exc.strerror or exc}.",
            remedy=f"Make room or give yourself the right to write in {path.parent}.",
        ) from exc


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; only POSIX lets a folder be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_capped(path: Path, most_bytes: int = MAX_BYTES) -> bytes:
    """Bytes of a file of ours.

    Raises:
        OSError: it can not be read.
        ValueError: it is far larger than any such file can be.
    """
    with path.open("rb") as src:
        data = src.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise ValueError(f"it is larger than {most_bytes // 1_000_000} MB")
    return data


def read_object(path: Path, what: str, problems: list[str], is_one: Callable[[Any], bool] = lambda _: True) -> Any:
    """A JSON object of a file of ours; {} if there is none or it can not be used, which ``problems`` then tells.

    A file that can not be used is kept aside.

    Args:
        what: what it should hold, as in "it holds no presets".
        is_one: whether the object is what it should be.
    """
    try:
        told = json.loads(read_capped(path).decode("utf-8-sig"))
        if not isinstance(told, dict) or not is_one(told):
            raise ValueError(f"it holds no {what}")
    except FileNotFoundError:
        return {}
    except OSError as exc:
        problems.append(f"{path.name} can not be read: {exc.strerror or exc}.")
        return {}
    except (ValueError, RecursionError) as exc:
        aside = set_aside(path)
        kept = f"It is kept as {aside.name}." if aside else "It could not be moved aside."
        problems.append(f"{path.name} can not be used ({exc}). {kept}")
        return {}
    return told


def set_aside(path: Path) -> Path | None:
    """Rename a file that can not be used, so that nothing overwrites it; None if even that is not possible."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for suffix in ("", *(f"-{n}" for n in range(1, 100))):
        aside = path.with_name(f"{path.name}.damaged-{stamp}{suffix}")
        if aside.exists():
            continue
        try:
            return path.rename(aside)
        except OSError:
            return None
    return None
