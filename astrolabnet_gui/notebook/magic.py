"""Magic: ``%%aln lal/sessions/3`` sends the cell there and shows what it gave."""

from __future__ import annotations

import argparse
import shlex
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class

from ..model.action import LANGUAGES
from ..net.connect import connect
from ..net.world import Net, Node


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%%aln: {message}\n{self.format_usage()}")


_WORDS = _Parser("%%aln", add_help=False)
_WORDS.add_argument("address")
_WORDS.add_argument("--kind", default="", choices=tuple(LANGUAGES))
_WORDS.add_argument("--to", default="", metavar="NAME")


@magics_class
class Cells(Magics):
    """The cell magic; ``net`` of the notebook is taken if there is one, else made."""

    shell: Any

    @cell_magic
    def aln(self, line: str, cell: str) -> Node | None:
        """``%%aln lal/sessions/3 [--kind sql] [--to df]``: send the cell to a server or session, wait, show the result.

        With ``--to`` the table it gave becomes a pandas DataFrame of that name.
        """
        try:
            asked = _WORDS.parse_args(shlex.split(line))
        except ValueError as exc:
            raise UsageError(f"%%aln: {exc}") from exc
        more: dict[str, Any] = {"kind": asked.kind} if asked.kind else {}
        task: Node = self._net().at(asked.address).run(cell, **more)
        if not asked.to:
            return task
        self.shell.push({asked.to: task.to_pandas()})
        return None

    def _net(self) -> Net:
        found = self.shell.user_ns.get("net")
        if isinstance(found, Net):
            return found
        made = connect()
        from . import prepare

        prepare(made)
        self.shell.push({"net": made})
        return made
