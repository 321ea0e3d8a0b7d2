"""Stopping: an interrupt is never lost, not even one that comes before the first line of a cell runs.

ipykernel 7.4 ignores SIGINT until it handles a message, although it has told that it is busy; IPython 9 swallows one
that falls into what it does before a cell (events). So it is kept here, and raised where the cell begins.
"""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import Type


class StoppingShell(ZMQInteractiveShell):
    """Tells its kernel when the lines of a person run."""

    async def run_code(self, *args: Any, **options: Any) -> Any:
        """One statement of a cell; KeyboardInterrupt if it was stopped before."""
        kernel: StoppingKernel = self.kernel
        was = kernel.inside
        kernel.inside = True
        try:
            if kernel.stopped:
                raise KeyboardInterrupt
            return await super().run_code(*args, **options)  # type: ignore[no-untyped-call]
        finally:
            kernel.inside = was


class StoppingKernel(IPythonKernel):
    """Raises in the lines of a person only; between them it notes that it was stopped.

    Attributes:
        inside: lines of a person run, or what is asked beside them (a completion).
        stopped: an interrupt came since the message that is handled now was taken.
    """

    shell_class = Type(StoppingShell)
    inside = stopped = False

    def listen(self) -> None:
        """From now on. Main thread only: Python hands signals over there."""
        signal.signal(signal.SIGINT, self._stop)

    def set_parent(self, ident: Any, parent: Any, channel: str = "shell") -> None:
        """A message is taken; after this the kernel says that it is busy."""
        if channel == "shell":
            self.stopped, self._asked = False, parent["header"]["msg_type"]
        super().set_parent(ident, parent, channel)  # type: ignore[no-untyped-call]

    def pre_handler_hook(self) -> None:
        """In place of switching signals on."""
        self.inside = self._asked != "execute_request"

    def post_handler_hook(self) -> None:
        """In place of switching signals off."""
        self.inside = False

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopped = True
        if self.inside:
            raise KeyboardInterrupt
