"""What can be done with the table a task gave."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ..errors import NotApplicable
from ..model.key import Key
from ..model.output import Table, parse
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.spool import output_of
from ..tasks.table_file import write_table
from .context import Context
from .finding import TASKS
from .registry import Params, Result, command


class SaveParams(Params):
    """Where to."""

    file: str = Field(
        min_length=1, max_length=4096, title="File",
        description="A new file; its ending says as what: .csv, .parquet, .vot or .fits.",
    )  # fmt: skip


def _no_output(thing: Thing) -> str:
    task = thing.payload
    if isinstance(task, Task) and (task.archived or task.gave):
        return ""
    return f"{thing.label} has no result here."


@command(
    "task.save", "Save table…", on=TASKS, params=SaveParams, when=_no_output, idempotent=True, icon="table",
    group="copy", example='net["lal"].sessions[3].tasks[7].save(file="sky.vot")',
)  # fmt: skip
async def save(ctx: Context, key: Key, params: SaveParams) -> Result:
    """Write all rows of the table a task gave: CSV, Parquet, VOTable or FITS, by the ending of the name.

    In CSV, text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    task, house = ctx.thing(key).payload, ctx.house
    if not isinstance(task, Task):
        raise NotApplicable("this is no task.")
    file = Path(params.file).expanduser()

    def write() -> tuple[int, int]:
        output = output_of(task)
        if output is None and task.task_key:
            output = house.archive.output(house.archive.get(task.task_key))
        table = next((part for part in parse(output) if isinstance(part, Table)), None)
        if table is None:
            raise NotApplicable("the result holds no table.", server=ctx.alias(key))
        return len(table.rows), write_table(table, file)

    rows, size = await house.keep(write)
    return Result(text=f"{rows} rows are in {file.name}.", data={"file": str(file), "rows": rows, "bytes": size})
