"""Undo: how a command says what would take back what it did; a face keeps the steps and runs them when asked."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..model.key import Key
from ..model.thing import Value


class Back(Value):
    """One run of a command that undoes another.

    Attributes:
        title: what would be undone, "rename lal".
    """

    command: str
    key: Key | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    title: str = ""


def way_back(title: str, command: str, key: Key | None = None, /, **params: Any) -> dict[str, Any]:
    """Part of a Result's data that tells the way back."""
    return {"undo": Back(command=command, key=key, params=params, title=title).model_dump(mode="json")}


def back_of(data: Any) -> Back | None:
    """The way back that a Result's data tells; None if it tells none."""
    told = data.get("undo") if isinstance(data, dict) else None
    return None if told is None else Back.model_validate(told)
