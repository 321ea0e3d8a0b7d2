"""What can be done with actions and files: take one a colleague wrote, write one for a colleague."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ..actions.document import HERE, read, text_of, write
from ..actions.program import carried, others_of_mine
from ..errors import BadInput, Missing
from ..model.action import Action, Program
from ..model.key import Key
from ..settings.files import write_whole
from .action import key_of, own_files_only, show_actions
from .context import Context
from .registry import Params, Result, command
from .undo import way_back


class FileParams(Params):
    """A file on this computer."""

    file: str = Field(title="File", min_length=1, json_schema_extra={"widget": "file"})


@command(
    "action.load", "Import action…", params=FileParams, inverse="action.remove", icon="file",
    example='net.action.load(file="night-report.toml")',
)  # fmt: skip
async def load(ctx: Context, _key: Key | None, params: FileParams) -> Result:
    """Take an action from a file that somebody exported. Nothing of it runs by that.

    The file is read as data: an action that names other files on this computer is refused.
    """
    file = Path(params.file).expanduser()
    try:
        text = await ctx.blocking(text_of, file)
    except (OSError, ValueError) as exc:
        raise BadInput(f"{file.name} can not be read: {exc}.", field="file") from exc
    try:
        found = read(text, "imported", own=True)
    except BadInput as exc:
        raise BadInput(f"{file.name} holds no action: {exc.what}.", field="file") from exc
    for program in (a.program for a in found if a.program is not None):
        _must_hold_all(file.name, program)
    wanted = file.stem if not ctx.house.library.of_name(file.stem) else found[0].title
    name = ctx.house.library.free_name(wanted)
    await ctx.blocking(ctx.house.library.save, [a.model_copy(update={"name": name}) for a in found])
    show_actions(ctx.engine, ctx.house)
    back = way_back(f"import {found[0].title}", "action.remove", key_of(name))
    return Result(text=f"{found[0].title} is in the library.", focus=key_of(name), data=back)


class ExportParams(FileParams):
    """Where to."""

    overwrite: bool = Field(default=False, title="Overwrite", description="A file that is there already.")


@command(
    "action.export", "Export…", on=("actions",), params=ExportParams, icon="file", group="copy",
    example='net.actions["pi"].export(file="pi.toml")',
)  # fmt: skip
async def export(ctx: Context, key: Key, params: ExportParams) -> Result:
    """Write an action, with all its languages or its script or JAR, into one plain file that a colleague can import."""
    file = Path(params.file).expanduser()
    if file.is_dir():
        file = file / f"{key.id}.toml"
    if file.exists() and not params.overwrite:
        raise BadInput(f"{file.name} is there already.", field="file", remedy="Choose another name, or overwrite it.")
    if not file.parent.is_dir():
        raise Missing(f"there is no folder {file.parent}.")
    same = own_files_only(ctx, ctx.house.library.of_name(str(key.id)))
    await ctx.blocking(write_whole, file, (await ctx.blocking(_whole, same)).encode())
    return Result(text=f"{ctx.thing(key).label} is written to {file}.", data={"file": str(file)})


def _must_hold_all(name: str, program: Program) -> None:
    """Nothing that somebody wrote takes a file of this computer to a server.

    Raises:
        BadInput: it would.
    """
    plain = Path(program.file).name == program.file and ":" not in program.file
    there = ":" in program.file.lstrip("/") and not program.file.startswith(HERE)
    if not (plain if program.text or program.base64 else there):
        raise BadInput(f"{name} names a program that is not in it.", field="file")
    if others_of_mine(program):
        raise BadInput(f"{name} names files of this computer that are not in it.", field="file")


def _whole(same: tuple[Action, ...]) -> str:
    return write(a if a.program is None else a.model_copy(update={"program": carried(a.program)}) for a in same)
