"""What can be done with actions: make, change, copy, take away and bring back, give to a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from ..actions.document import read, write
from ..actions.notation import EXAMPLE, line, parameter
from ..actions.program import outside
from ..errors import BadInput
from ..journal.row import MASK
from ..model.action import LANGUAGES, Action
from ..model.key import Key
from ..model.thing import Thing
from ..network.engine import Engine
from .context import Context
from .house import House
from .line import masked
from .needs import ADVANCED, MEMORY, Needs
from .registry import Params, Result, command
from .undo import way_back

_OF_FILES = {".py": "pyspark", ".r": "sparkr", ".jar": "spark"}


class _Definition(Params):
    kind: Literal["pyspark", "spark", "sql", "sparkr"] = Field(
        default="pyspark", title="Language", json_schema_extra={"widget": "choice"}
    )
    parameters: tuple[str, ...] = Field(
        default=(), title="Parameters",
        description=f"One on a line, as {EXAMPLE}. Types: text, number, integer, choice(a, b), date, dataset. "
        "In Python, Scala and R they are variables of these names, in SQL :name.",
    )  # fmt: skip
    code: str = Field(default="", title="Code", json_schema_extra={"widget": "code"})
    description: str = Field(default="", title="Description", max_length=400)
    folder: str = Field(default="", title="Folder", max_length=120, description="As Photometry/Night.")
    tags: tuple[str, ...] = Field(default=(), title="Tags", json_schema_extra=ADVANCED)
    where: tuple[str, ...] = Field(
        default=(), title="Runs on", json_schema_extra=ADVANCED,
        description="Names of servers, with * if you like, or livy>=0.8. Empty: everywhere.",
    )  # fmt: skip
    file: str = Field(
        default="", title="Program", json_schema_extra=ADVANCED | {"widget": "file"},
        description="In place of code: a script or JAR that runs as a batch; as the servers see it, or here:/path: a "
        "copy of that file is kept with the action, choose it again when it has changed.",
    )  # fmt: skip
    class_name: str = Field(
        default="", title="Main class", json_schema_extra=ADVANCED, description="Of a JAR; empty: the one it names."
    )
    args: tuple[str, ...] = Field(
        default=(), title="Arguments", json_schema_extra=ADVANCED,
        description="Of a program. One that reads {name} becomes the value of that parameter.",
    )  # fmt: skip


class _Whole(Needs, _Definition):
    """All but its name; what it needs is for a program, as of a new batch."""

    driver_memory: str = Field(
        default="", title="Driver memory", pattern=MEMORY, json_schema_extra=ADVANCED,
        description="Of a program, as 2g.",
    )  # fmt: skip
    executor_memory: str = Field(
        default="", title="Executor memory", pattern=MEMORY, json_schema_extra=ADVANCED,
        description="Of a program, as 2g.",
    )  # fmt: skip
    jars: tuple[str, ...] = Field(
        default=(), title="JARs", json_schema_extra=ADVANCED, description="Of a program, as the servers see them."
    )
    py_files: tuple[str, ...] = Field(
        default=(), title="Python files", json_schema_extra=ADVANCED,
        description="Of a program, as the servers see them: modules (.py, .zip, .egg) to import.",
    )  # fmt: skip
    files: tuple[str, ...] = Field(
        default=(), title="Files", json_schema_extra=ADVANCED, description="Of a program, as the servers see them."
    )
    archives: tuple[str, ...] = Field(
        default=(), title="Archives", json_schema_extra=ADVANCED,
        description="Of a program, as the servers see them; as hdfs:///envs/astro.tar.gz#environment.",
    )  # fmt: skip


class _Named(Params):
    title: str = Field(title="Name", min_length=1, max_length=80)


class _Renamed(Params):
    title: str | None = Field(default=None, title="Name", min_length=1, max_length=80)


class EditActionParams(_Whole, _Renamed):
    """What shall be other than it is."""


class ActionParams(_Whole, _Named):
    """A whole action in one language."""

    def action(self, name: str) -> Action:
        """The action.

        Raises:
            BadInput: ``field`` says what can not be used.
        """
        shared = {
            "name": name, "title": self.title, "description": self.description, "folder": self.folder.strip("/ "),
            "tags": self.tags, "where": self.where, "parameters": [parameter(text) for text in self.parameters],
            "own": True,
        }  # fmt: skip
        needs = self.model_dump(mode="json", include=set(Needs.model_fields), exclude_defaults=True)
        if hidden := [name for name, value in masked(self).get("conf", {}).items() if value == MASK]:
            raise BadInput(f"the setting {hidden[0]} is secret: it can not be kept in the workspace.", field="conf")
        try:
            if self.file and not self.code.strip():
                kind = _OF_FILES.get(Path(self.file).suffix.lower(), self.kind)
                program = {"file": self.file, "class_name": self.class_name, "args": self.args, "needs": needs}
                return Action.model_validate({**shared, "kind": kind, "program": program})
            if self.file:
                raise BadInput("give code or a program, not both.", field="file")
            if needs:
                raise BadInput(
                    "memory, cores, settings and files are for a program: code runs in a session that has its own.",
                    field=next(iter(needs)),
                )  # fmt: skip
            return Action.model_validate({**shared, "kind": self.kind, "code": self.code})
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False)[0]
            what = first["msg"].removeprefix("Value error, ")
            raise BadInput(f"{what}.", field=str(first["loc"][0]) if first["loc"] else "code") from exc


def key_of(name: str) -> Key:
    """Key of an action."""
    return Key("", "", ("actions", name))


def things_of(actions: Sequence[Action]) -> list[Thing]:
    """Actions as things, one for each name; the payload holds all its languages."""
    by_name: dict[str, list[Action]] = {}
    for action in actions:
        by_name.setdefault(action.name, []).append(action)
    return [
        Thing(
            key=key_of(name), label=same[0].title, fact=", ".join(LANGUAGES[a.kind] for a in same), state="ready",
            mine=same[0].own, payload=tuple(same),
        )
        for name, same in by_name.items()
    ]  # fmt: skip


def show_actions(engine: Engine, house: House) -> None:
    """Show the library as it is now."""
    now = things_of(house.library.actions())
    shown = {t.key for t in engine.store.children(Key("")) if t.key.kind == "actions"}
    engine.show(now, shown - {t.key for t in now})


def own_files_only(ctx: Context, same: tuple[Action, ...]) -> tuple[Action, ...]:
    """The actions, if they take no file of this computer that does not lie with them: a colleague may have named it.

    Raises:
        BadInput: they do.
    """
    for action in same:
        if action.program is not None and (mine := outside(action.program, ctx.house.workspace.actions)):
            raise BadInput(
                f"{action.title} takes {mine} from this computer, and whoever wrote it may not be you.", field="action",
                remedy="If it shall: edit it and choose the file again, then a copy of it is kept with the action.",
            )  # fmt: skip
    return same


def _own(thing: Thing) -> str:
    if all(isinstance(a, Action) and a.own for a in thing.payload):
        return ""
    return f"{thing.label} is shipped with AstroLabNet: duplicate it, and change the copy."


def _now(thing: Thing, kind: str = "") -> dict[str, Any]:
    """What an action is now, in one of its languages."""
    action: Action = next((a for a in thing.payload if a.kind == kind), thing.payload[0])
    program = action.program
    batch = {} if program is None else {"file": program.file, "class_name": program.class_name, "args": program.args}
    needs = {} if program is None else program.needs
    return {
        "title": action.title, "kind": action.kind, "code": action.code, "description": action.description,
        "folder": action.folder, "tags": action.tags, "where": action.where,
        "parameters": tuple(line(p) for p in action.parameters), **batch, **needs,
    }  # fmt: skip


@command(
    "action.new", "New action…", params=ActionParams, inverse="action.remove", icon="action",
    example='net.action.new(title="Night report", kind="sql", code="SELECT 1")',
)  # fmt: skip
async def new(ctx: Context, _key: Key | None, params: ActionParams) -> Result:
    """Put an action of your own into the workspace.

    Code with named values runs in a session; a script or a JAR runs as a batch, with the memory, settings and files
    given here. Values travel as data: whatever is typed, it can not become code.
    """
    action = params.action(ctx.house.library.free_name(params.title))
    await ctx.blocking(ctx.house.library.save, (action,))
    show_actions(ctx.engine, ctx.house)
    back = way_back(f"add {action.title}", "action.remove", key_of(action.name))
    return Result(text=f"{action.title} is in the library.", focus=key_of(action.name), data=back)


@command(
    "action.edit", "Edit…", on=("actions",), params=EditActionParams, when=_own, starts=lambda t: _now(t),
    icon="settings", inverse="action.restore", group="change",
    example='net.actions["night-report"].edit(code="SELECT 2")',
)  # fmt: skip
async def edit(ctx: Context, key: Key, params: EditActionParams) -> Result:
    """Change an action of the workspace: what is left out stays as it is.

    The language that is named gets the new code; the code in its other languages stays.
    """
    now = _now(ctx.thing(key), params.kind if "kind" in params.model_fields_set else "")
    whole = ActionParams.model_validate(now | params.model_dump(exclude_unset=True, exclude_none=True))
    same = ctx.house.library.of_name(str(key.id))
    changed = whole.action(str(key.id))
    shared = changed.model_dump(include={"title", "description", "tags", "folder", "where"})
    shared["parameters"] = changed.parameters
    others = [a.model_copy(update=shared) for a in same if a.kind != changed.kind and a.program is None]
    await ctx.blocking(ctx.house.library.save, (changed, *(others if changed.program is None else ())))
    show_actions(ctx.engine, ctx.house)
    back = way_back(f"edit {same[0].title}", "action.restore", None, name=str(key.id), text=write(same))
    return Result(text=f"{changed.title} is changed.", focus=key, data=back)


@command(
    "action.duplicate", "Duplicate", on=("actions",), icon="copy", group="copy",
    example='net.actions["pi"].duplicate()',
)  # fmt: skip
async def duplicate(ctx: Context, key: Key, params: Params) -> Result:
    """Make a copy that belongs to the workspace and can be changed, in all its languages."""
    same = own_files_only(ctx, ctx.house.library.of_name(str(key.id)))
    name = ctx.house.library.free_name(same[0].title)
    copies = [a.model_copy(update={"name": name, "title": f"{a.title} (copy)", "own": True}) for a in same]
    await ctx.blocking(ctx.house.library.save, copies)
    show_actions(ctx.engine, ctx.house)
    back = way_back(f"duplicate {same[0].title}", "action.remove", key_of(name))
    return Result(text=f"{copies[0].title} is in the library.", focus=key_of(name), data=back)


@command(
    "action.remove", "Remove from library", on=("actions",), when=_own, inverse="action.restore", icon="close",
    group="remove", example='net.actions["night-report"].remove()',
)  # fmt: skip
async def remove(ctx: Context, key: Key, params: Params) -> Result:
    """Take an action out of the workspace. What it has sent stays; Undo brings it back."""
    title = ctx.thing(key).label
    await ctx.blocking(ctx.house.library.remove, str(key.id))
    show_actions(ctx.engine, ctx.house)
    back = way_back(f"remove {title}", "action.restore", None, name=str(key.id))
    return Result(text=f"{title} is removed.", data={"name": key.id, **back})


class RestoreParams(Params):
    """Which one."""

    name: str = Field(title="Name", min_length=1)
    text: str = Field(
        default="", title="As it was", json_schema_extra=ADVANCED | {"widget": "code"},
        description="Its file before a change. Empty: as it was when it was removed.",
    )  # fmt: skip


@command(
    "action.restore", "Bring back an action…", params=RestoreParams, idempotent=True, inverse="action.restore",
    icon="undo", group="change", example='net.action.restore(name="night-report")',
)  # fmt: skip
async def restore(ctx: Context, _key: Key | None, params: RestoreParams) -> Result:
    """Bring back an action of the workspace: one that was removed, or one that was changed, as it was before."""
    library, key = ctx.house.library, key_of(params.name)
    now = library.of_name(params.name)
    if params.text:
        if any(not a.own for a in now):
            raise BadInput(f"{params.name!r} is shipped with AstroLabNet and can not be changed.", field="name")
        try:
            was = read(params.text, params.name, own=True)
        except BadInput as exc:
            what = "name" if exc.field == "name" else "text"
            raise BadInput(f"it holds no action: {exc.what}.", field=what) from exc
        await ctx.blocking(library.save, was)
    else:
        await ctx.blocking(library.restore, params.name)
    show_actions(ctx.engine, ctx.house)
    title = library.of_name(params.name)[0].title
    if now:
        back = way_back(f"edit {title}", "action.restore", None, name=params.name, text=write(now))
    else:
        back = way_back(f"bring back {title}", "action.remove", key)
    return Result(text=f"{title} is back{' as it was' if now else ''}.", focus=key, data=back)
