"""A real kernel of Jupyter that the tests give cells to."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

PATIENCE_S = 100.0


@dataclass
class Cell:
    """What a cell gave: mime bundles shown, in their order; streamed text; the error's name and words."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    streamed: str = ""
    error: str = ""

    @property
    def page(self) -> str:
        """The last HTML that was shown."""
        return str(self.shown[-1]["text/html"])


class Kernel:
    """Cells go in, what they show comes out."""

    def __init__(self, client: AsyncKernelClient, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def run(self, code: str) -> Cell:
        """Run a cell to its end."""
        cell = Cell()

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            match message["msg_type"]:
                case "execute_result" | "display_data":
                    cell.shown.append(content["data"])
                case "update_display_data":
                    cell.updates.append(content["data"])
                case "stream":
                    cell.streamed += content["text"]
                case "error":
                    cell.error = f"{content['ename']}: {content['evalue']}"

        self._runner.run(
            self._client.execute_interactive(code, timeout=PATIENCE_S, output_hook=hear, store_history=False)
        )
        return cell

    def well(self, code: str) -> Cell:
        """The same, seen to have gone well."""
        cell = self.run(code)
        assert not cell.error, cell.error
        return cell


@contextmanager
def kernel() -> Iterator[Kernel]:
    """A kernel of this Python in this test's home; no display is there."""
    manager = AsyncKernelManager(kernel_name="python3")
    manager.kernel_spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    with asyncio.Runner() as runner:

        async def begin() -> AsyncKernelClient:
            await manager.start_kernel(env=environment)
            client = manager.client()
            client.start_channels()
            await client.wait_for_ready(timeout=PATIENCE_S)
            return client

        client = runner.run(begin())
        try:
            yield Kernel(client, runner)
        finally:
            client.stop_channels()
            runner.run(manager.shutdown_kernel(now=True))
            manager.context.destroy()
