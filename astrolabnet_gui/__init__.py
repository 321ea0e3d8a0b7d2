"""AstroLabNet: one desk for an archipelago of Spark servers."""

import builtins
import importlib
from typing import Any

__version__ = "0.1.0"


def connect(answer: str = "", **more: Any) -> Any:
    """This user's servers as objects, for scripts and notebooks: ``net = connect(); net["lal"].run("1+1")``.

    Args:
        answer: what to answer to every question ("yes"); without it a question ends the act that asks.
        more: see ``net.connect.connect``.

    Returns:
        A ``net.world.Net``.
    """
    # By name: a room that asks for the version must not bring this one along.
    net = importlib.import_module("astrolabnet_gui.net.connect").connect(answer, **more)
    if hasattr(builtins, "__IPYTHON__"):
        importlib.import_module("astrolabnet_gui.notebook").prepare(net)
    return net
