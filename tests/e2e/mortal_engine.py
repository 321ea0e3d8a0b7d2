"""The engine of a mortal window: ``python -m tests.e2e.mortal_engine``."""

from __future__ import annotations

from astrolabnet_gui.network.apart import serve
from astrolabnet_gui.tasks import create, reconcile, send


def main() -> None:
    """What is absent from a server of this computer, with nothing between, need not be waited for two minutes."""
    send.STATEMENT_QUIET_S = create.CREATION_QUIET_S = reconcile.CREATION_QUIET_S = 6.0
    from astrolabnet_gui.command.apart import opened  # it takes these times over

    serve(opened)


if __name__ == "__main__":
    main()
