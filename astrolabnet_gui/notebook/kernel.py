"""Kernel: the program of the window's console: Python in a process of its own, with ``net`` over the window's engine.

It prints where it listens as one line of JSON, and ends when the engine it was lent has gone, however that ended.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from ipykernel.kernelapp import IPKernelApp
from IPython.core.display_functions import display
from IPython.core.guarded_eval import EVALUATION_POLICIES, SelectivePolicy
from tornado.ioloop import PeriodicCallback
from traitlets.config import Config

from ..errors import AstroLabNetError
from ..model.told import key_text
from ..net.desk import Desk
from ..net.opened import ask, init_file
from ..net.play import Stage
from ..net.world import Net
from ..network.borrowed import Borrowed
from ..network.carrier import carry_guest
from ..network.link import RunEvent, RunState
from .stopping import StoppingKernel

#: Where the engine is: its port and the secret, ``40123:c0ffee…``.
LENT = "ASTROLABNET_LENT"
#: The first cell: what a person's init.py does, once somebody hears what it says.
FIRST = "_astrolabnet_begin()"
#: What is meant for the window comes as data of this type: a line that is played, or the key of a thing to look at.
SHOWN = "application/vnd.astrolabnet+json"
# While nobody runs a cell the news are taken in so often; and so many may wait while one runs.
TAKE_MS = 300
MOST_WAITING = 5_000


class WindowStage(Stage):
    """A script is seen in the window: its lines in the prompt, what it acts on in tree and graph."""

    def __init__(self) -> None:
        self._on = False

    def line(self, code: str) -> None:
        """This statement comes now."""
        self._on = True
        _show("line", code)

    def over(self) -> None:
        """The window follows no more."""
        self._on = False

    def tell(self, event: RunEvent) -> None:
        """News of a run of this kernel."""
        key = event.focus if event.state is RunState.DONE else event.key
        if self._on and key is not None:
            _show("look", key_text(key))


def _show(what: str, words: str) -> None:
    display({SHOWN: {what: words}}, raw=True)  # type: ignore[no-untyped-call]


def main(arguments: list[str]) -> int:
    """Serve until the window ends it; the answer is the exit code."""
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no line of ours
    port, _, secret = os.environ.pop(LENT, "0:").partition(":")
    try:
        guest = Borrowed(int(port), secret)
    except AstroLabNetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    stage = WindowStage()
    desk = Desk(guest, ask, stage.tell, waits_on_a_loop=True)
    app: Any = IPKernelApp.instance(config=_config(), kernel_class=StoppingKernel)
    carry_guest(guest, lambda: desk.backlog > MOST_WAITING, lambda: _gone(app))
    app.initialize(arguments)
    app.kernel.listen()
    _furnish(app.shell, desk, stage)
    PeriodicCallback(desk.take, TAKE_MS).start()
    names = ("ip", "transport", "shell_port", "iopub_port", "stdin_port", "control_port")
    told.write(json.dumps({**{n: getattr(app, n) for n in names}, "key": app.session.key.decode()}) + "\n")
    told.close()
    app.start()
    return 0


def _config() -> Config:
    """The working folder is never looked into: it may be somebody else's."""
    made = Config()
    made.InteractiveShellApp.ignore_cwd = True
    # It knows nothing of what our objects hold, and what it does not know it hides.
    made.IPCompleter.use_jedi = False
    return made


def _furnish(shell: Any, desk: Desk, stage: WindowStage) -> None:
    """What a cell finds."""
    net = Net(desk, lambda text: print(text) if text else None)  # noqa: T201
    net.stage = stage
    shell.push({"net": net})
    shell.push({FIRST.removesuffix("()"): lambda: _begin(shell)}, interactive=False)
    # Tab may look through these: their attributes and items do nothing.
    for policy in EVALUATION_POLICIES.values():
        if isinstance(policy, SelectivePolicy):
            for name in ("Net", "Node", "Nodes"):
                policy.allowed_getitem_external.add(("astrolabnet_gui.net.world", name))
                policy.allowed_getattr_external.add(("astrolabnet_gui.net.world", name))


def _begin(shell: Any) -> None:
    own = init_file(None)
    if own is not None:
        shell.safe_execfile(str(own), shell.user_ns)


def _gone(app: IPKernelApp) -> NoReturn:
    """The window has ended, perhaps without a word, and perhaps a cell runs for ever."""
    Path(app.abs_connection_file).unlink(missing_ok=True)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
