"""On Spark: acts done through each face on one real island: each ends alike and writes alike into the one journal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.house import House
from astrolabnet_gui.network.carrier import Carrier

from .faces import Meant, Window, command_line, meant, python, rest
from .looked import Left, Looked, difference

TABLE = "CREATE TABLE night AS SELECT id, id * 0.5 AS mag FROM range(50)"
LINES = (
    'net.at("{session}").send(kind="pyspark", code="spark.range(9).count()")',
    'net.at("{session}").send(kind="pyspark", code="1 / 0")',
    'net["local"].look_data()',
    'net["local"].table("default.night").look()',
    'net["local"].table("default.night").count()',
    'net["local"].table("default.night").profile()',
    'net["local"].table("default.night").fingerprint()',
    'net.at("{session}").log()',
    'net["local"].test()',
)


def same_through_all(session: str, home: Path, parent: QWidget) -> None:
    """Do the acts on the session of that address, by each face in turn.

    Raises:
        AssertionError: one differs; it is named.
    """
    with ExitStack() as stack:
        house = House()
        stack.callback(house.close)
        carrier = stack.enter_context(Carrier(make_engine(house)))
        here = Looked(house, carrier.engine, home)
        window = Window(here, parent)
        faces: dict[str, Callable[[Meant], None]] = {
            "python": lambda act: python(act, here), "command line": lambda act: command_line(act, here),
            "REST": lambda act: rest(act, here, here.questions), "window": window.act,
        }  # fmt: skip
        stack.callback(here.close)
        stack.callback(window.close)
        here.desk.settle(30.0)
        here.net.at(session).run(TABLE, kind="sql")
        for line in LINES:
            act = meant(line.replace("{session}", session), here)
            told = {}
            for face, does in faces.items():
                here.forget()
                does(act)
                told[face] = _told(here.left(act.name))
            for face in ("command line", "REST", "window"):
                assert told[face] == told["python"], f"{line}\n{face} {difference(told['python'], told[face])}"
            assert told["python"]["end"]["state"] == "done", told["python"]["end"]


def _told(left: Left) -> dict[str, Any]:
    """What must be equal: tasks are numbered on, and each has its own times."""
    end = {name: value for name, value in left.end.items() if name != "focus"}
    journal = [{n: row[n] for n in ("command", "key", "params", "state", "line")} for row in left.journal]
    return {"end": end, "asked": left.asked, "journal": journal}
