"""A process as ``network.apart`` starts them, whose engine breaks after a word to the log and one to the terminal."""

from __future__ import annotations

import logging

from astrolabnet_gui.network.apart import serve
from astrolabnet_gui.network.engine import Engine


class Broken(Engine):
    """Ends at once."""

    async def main(self) -> None:
        """Say something, and break."""
        print("printed")
        logging.getLogger("there").info("heard there")
        logging.getLogger("there").warning("heard there")
        raise ValueError("no engine today")


async def _execute(*_: object) -> object:
    raise AssertionError


if __name__ == "__main__":
    engine = Broken((), execute=_execute, connect=lambda _: None)  # type: ignore[arg-type,return-value]
    serve(lambda: (engine, (), lambda: None))
