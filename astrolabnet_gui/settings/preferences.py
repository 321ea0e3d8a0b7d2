"""Preferences: what this user likes on this computer, in TOML; the environment wins over the file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import Missing
from .files import read_capped, set_aside, write_whole

FORMAT = 1


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WindowPreferences(_Group):
    """``[window]``.

    Attributes:
        text: size of all text in percent of what the system says.
    """

    theme: Literal["system", "dark", "light"] = "system"
    contrast: Literal["system", "usual", "high"] = "system"
    motion: Literal["system", "usual", "reduced"] = "system"
    text: int = Field(default=100, ge=100, le=200)


class IslandPreferences(_Group):
    """``[island]``.

    Attributes:
        keep_running: the island outlives the window.
        start_with_window: the window starts it.
        livy_home: folder of an unpacked Apache Livy to start in its place; "" = our own.
    """

    keep_running: bool = False
    start_with_window: bool = True
    livy_home: str = ""


class ChannelPreferences(_Group):
    """``[channels]``.

    Attributes:
        quota_gb: what the channels of a server may hold before a person is asked, GB of 10⁹ bytes.
    """

    quota_gb: int = Field(default=100, ge=0, le=1_000_000_000)


class Preferences(_Group):
    """All of them."""

    window: WindowPreferences = WindowPreferences()
    island: IslandPreferences = IslandPreferences()
    channels: ChannelPreferences = ChannelPreferences()


@dataclass(slots=True)
class PreferencesFile:
    """Preferences and the file they came from.

    Attributes:
        value: what holds now (file, then environment).
        problems: sentences for the person: what was wrong with the file and what was done about it.
        writable: False when a newer program wrote the file; it is then left alone.
    """

    path: Path
    value: Preferences
    problems: tuple[str, ...] = ()
    writable: bool = True
    _document: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, environ: Mapping[str, str] | None = None) -> PreferencesFile:
        """Read the file; never fails: what can not be used is named in ``problems``."""
        document, problems, writable = _read(path)
        value, wrong = _values(document, os.environ if environ is None else environ)
        return cls(path, value, (*problems, *wrong), writable, document)

    def save(self, value: Preferences) -> None:
        """Write what differs from before; keys we do not know stay as they were.

        Raises:
            Missing: the file can not be written, or a newer program owns it.
        """
        if not self.writable:
            raise Missing(
                f"{self.path.name} was written by a newer AstroLabNet and is left alone.", remedy="Update AstroLabNet."
            )
        document = dict(self._document)
        before = self.value.model_dump()
        for group, values in value.model_dump().items():
            changed = {name: v for name, v in values.items() if v != before[group][name]}
            if changed:
                known = document.get(group)
                document[group] = {**(known if isinstance(known, dict) else {}), **changed}
        document["format"] = FORMAT
        write_whole(self.path, tomli_w.dumps(document).encode())
        self._document, self.value = document, value


def _read(path: Path) -> tuple[dict[str, Any], tuple[str, ...], bool]:
    try:
        document = tomllib.loads(read_capped(path).decode("utf-8-sig"))
    except FileNotFoundError:
        return {}, (), True
    except OSError as exc:
        return {}, (f"{path.name} can not be read ({exc.strerror or exc}): the defaults hold.",), True
    except (ValueError, RecursionError) as exc:
        aside = set_aside(path)
        kept = f"it is kept as {aside.name}" if aside else "it could not be moved aside and stays"
        return {}, (f"{path.name} can not be understood ({exc}): {kept}, the defaults hold.",), aside is not None
    version = document.get("format", FORMAT)
    if isinstance(version, int) and version > FORMAT:
        return document, (f"{path.name} was written by a newer AstroLabNet: it is read but not changed.",), False
    return document, (), True


def _values(document: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[Preferences, tuple[str, ...]]:
    """Each value by itself, so that one wrong value costs one default."""
    groups: dict[str, Any] = {}
    problems: list[str] = []
    for group, default in Preferences():
        model = type(default)
        table = document.get(group, {})
        good: dict[str, Any] = {}
        for name in model.model_fields:
            variable = f"ASTROLABNET_{group}_{name}".upper()
            if variable in environ:
                value, source = environ[variable], variable
            elif isinstance(table, dict) and name in table:
                value, source = table[name], f"[{group}] {name}"
            else:
                continue
            try:
                good[name] = getattr(model(**{name: value}), name)
            except ValidationError as exc:
                problems.append(f"{source} = {value!r} can not be used ({exc.errors()[0]['msg']}): the default holds.")
        groups[group] = model(**good)
    return Preferences(**groups), tuple(problems)
