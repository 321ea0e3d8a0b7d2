"""Presets: the brokers of the field, as files that anybody may mend; the workspace's own win over the shipped."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, ValidationError

from ..model.source import Origin
from ..model.thing import Value
from ..resources import resource

_MOST_BYTES = 256 * 1024


class Preset(Value):
    """A broker that is known by name.

    Attributes:
        name: of its file; title, about: for a person.
        checked: when somebody last compared it with the broker's own papers.
        topics_are: how its topics are named, in words.
        account: how one gets a login, in words.
        origin: what a new source begins with.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    about: str = ""
    checked: str = ""
    topics_are: str = ""
    account: str = ""
    origin: Origin = Origin()


def presets(own: Path | None = None, lent: Iterable[Path] = ()) -> tuple[tuple[Preset, ...], tuple[str, ...]]:
    """All presets by title, and sentences about files that can not be used.

    Args:
        own: folder of the workspace's presets; it need not exist. lent: folders of plug-ins; the shipped win over them.
    """
    found: dict[str, Preset] = {}
    problems: list[str] = []
    for folder in (*lent, resource("sources"), own):
        for file in _files(folder):
            try:
                found[file.stem] = _read(file)
            except (OSError, ValueError, ValidationError) as exc:
                problems.append(f"The preset {file.name} can not be used: {str(exc).splitlines()[0]}.")
    return tuple(sorted(found.values(), key=lambda preset: preset.title.casefold())), tuple(problems)


def _files(folder: Path | None) -> Iterable[Path]:
    return () if folder is None or not folder.is_dir() else sorted(folder.glob("*.toml"))


def _read(file: Path) -> Preset:
    with file.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError("it is too large")
    told = tomllib.loads(data.decode("utf-8"))
    unknown = sorted(set(told.get("origin", {})) - set(Origin.model_fields))
    if unknown:
        raise ValueError(f"it names {', '.join(unknown)}, which no source has")
    if told.get("origin", {}).get("secret"):
        raise ValueError("a preset holds no secret")
    return Preset.model_validate({**told, "name": file.stem})
