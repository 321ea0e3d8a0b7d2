"""Action: something that can be sent: code, its language and typed parameters."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from .thing import Value

Language = Literal["pyspark", "spark", "sql", "sparkr"]
LANGUAGES: dict[str, str] = {"pyspark": "Python", "spark": "Scala", "sql": "SQL", "sparkr": "R"}


class Parameter(Value):
    """One value the user is asked for; it travels as data, never pasted into code."""

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
    type: Literal["text", "number", "integer", "choice", "date"] = "text"
    label: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()


class Action(Value):
    """A definition (code); sending it once makes a Task.

    Attributes:
        name: unique in its library, lower-case with dashes.
        title: what the menu says.
        kind: language, in Livy's word.
        code: text to run; parameters are there as variables (Python, Scala, R).
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    title: str
    kind: Language
    code: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    tags: tuple[str, ...] = ()
