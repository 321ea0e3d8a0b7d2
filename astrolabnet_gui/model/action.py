"""Action: something that can be sent: code or a program, its language and typed parameters."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from .thing import Value

Language = Literal["pyspark", "spark", "sql", "sparkr"]
LANGUAGES: dict[str, str] = {"pyspark": "Python", "spark": "Scala", "sql": "SQL", "sparkr": "R"}
ParameterType = Literal["text", "number", "integer", "choice", "date", "dataset"]


class Parameter(Value):
    """One value the user is asked for; it travels as data, never pasted into code."""

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
    type: ParameterType = "text"
    label: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _a_choice_has_choices(self) -> Parameter:
        if self.type == "choice" and not self.choices:
            raise ValueError("a choice needs its choices")
        return self


class Program(Value):
    """What a script or JAR action starts; it runs as a batch.

    Attributes:
        file: as the server sees it, or ``here:/path`` on this computer.
        text: what the file holds, a script, or ``base64`` of it, a JAR: only on the way to a colleague, in one file.
        args: an argument ``{name}`` becomes the whole value of that parameter; nothing is pasted into others.
        needs: memory, cores, settings and files, as the fields of a new batch.
    """

    file: str = Field(min_length=1)
    class_name: str = ""
    args: tuple[str, ...] = ()
    needs: dict[str, Any] = Field(default_factory=dict)
    text: str = ""
    base64: str = ""


class Action(Value):
    """A definition (code, script or JAR); sending it once makes a Task or a Batch.

    Attributes:
        name: unique in its library, lower-case with dashes.
        title: what the menu says.
        kind: language, in Livy's word.
        code: text to run; parameters are there as variables (Python, Scala, R) or as ``:name`` (SQL); "" for a program.
        program: in place of code: a script or JAR.
        folder: where it stands in the tree, ``Photometry/Night``; "" = at the top.
        where: servers it may run on: names with ``*``, or ``livy>=0.8``; () = all.
        own: it belongs to the workspace and can be changed; False for shipped ones.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    title: str = Field(min_length=1)
    kind: Language
    code: str = ""
    program: Program | None = None
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    tags: tuple[str, ...] = ()
    folder: str = ""
    where: tuple[str, ...] = ()
    own: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Action:
        if bool(self.code.strip()) == (self.program is not None):
            raise ValueError("an action holds either code or a program")
        names = [p.name for p in self.parameters]
        if len(set(names)) != len(names):
            raise ValueError("two parameters have the same name")
        return self

    @property
    def form(self) -> Literal["code", "script", "jar"]:
        """What it is: code for a session, or a program for a batch."""
        if self.program is None:
            return "code"
        return "jar" if self.program.file.lower().endswith(".jar") else "script"
