"""The languages of a session, each made when it is first needed."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable
from typing import Any

from astrolabnet_gui.island.driver import r_home
from astrolabnet_gui.island.driver.context import Context
from astrolabnet_gui.island.driver.reply import Interpreter, Reply, error
from astrolabnet_gui.island.driver.wire import log
from astrolabnet_gui.island.protocol import KINDS, Start

_ROWS = 1000  # livy.rsc.sql.num-rows
_OTHER_NAMES = {"python": "pyspark", "scala": "spark", "r": "sparkr"}


class Absent(Interpreter):
    """Stands for a language that could not be started: every statement says so, in Livy's words."""

    def __init__(self, why: str) -> None:
        self._why = why

    def run(self, code: str) -> Reply:
        """Livy's reply; the reason is in the traceback, where Livy has nothing."""
        return error("InterpreterError", "Fail to start interpreter", [self._why])


class Interpreters:
    """Makes interpreters; from any thread."""

    def __init__(self, context: Context, start: Start) -> None:
        self._context = context
        self._start = start
        self._made: dict[str, Interpreter] = {}
        self._locks = {kind: threading.Lock() for kind in KINDS}

    def language(self, kind: str) -> str:
        """The kind by its first name: pyspark for python, spark for scala, sparkr for r."""
        return _OTHER_NAMES.get(kind, kind)

    def get(self, kind: str) -> Interpreter:
        """The interpreter of a kind; waits while it is being made."""
        name = self.language(kind)
        if name not in self._locks:
            return Absent(f"there is no language {kind}")
        with self._locks[name]:
            if name not in self._made:
                try:
                    self._made[name] = self._make(name)
                except Exception as e:  # noqa: BLE001 - a language that fails must not take the others along
                    log(f"the {name} interpreter did not start: {e}")
                    return Absent(str(e))
            return self._made[name]

    def warm(self, kinds: Iterable[str]) -> None:
        """Prepare what first statements would wait for: Spark's SQL, then the languages asked for."""
        try:
            self._context.spark._jsparkSession.sessionState()
        except Exception as e:  # noqa: BLE001 - the first statement will say it to its user
            log(f"warming up: {e}")
        for kind in kinds:
            self.get(kind)

    def complete(self, kind: str, code: str, cursor: int) -> list[str]:
        """Names that could stand at ``cursor``."""
        return self.get(kind).complete(code, cursor)

    def add_jar(self, path: str) -> None:
        """Let Scala compile against a jar; one that is made later finds it by itself."""
        with self._locks["spark"]:
            scala = self._made.get("spark")
        if scala is not None:
            scala.add_jar(path)

    def close(self) -> None:
        """End processes of interpreters; those made of Python and Java end with theirs."""
        for interpreter in list(self._made.values()):
            interpreter.close()

    def _make(self, name: str) -> Interpreter:
        """Each language is imported when it is wanted: the session shall be idle soon."""
        if name == "pyspark":
            from astrolabnet_gui.island.driver.python import PythonRepl

            return PythonRepl(self._names())
        if name == "spark":
            from astrolabnet_gui.island.driver.scala import ScalaRepl

            return ScalaRepl(self._context, self._start)
        if name == "sql":
            from astrolabnet_gui.island.driver.sql import SqlInterpreter

            return SqlInterpreter(self._context, _most_rows(self._start))
        from astrolabnet_gui.island.driver.r import RInterpreter

        return RInterpreter(r_home.find(self._start.r), self._context, self._start)

    def _names(self) -> dict[str, Any]:
        """What Livy puts into Python's hands."""
        from pyspark import cloudpickle
        from pyspark.sql import HiveContext, SQLContext
        from pyspark.streaming import StreamingContext

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLContext is deprecated; old code still asks for it
            old = SQLContext.getOrCreate(self._context.sc)
        return {
            "spark": self._context.spark,
            "sc": self._context.sc,
            "sqlContext": old,
            "HiveContext": HiveContext,
            "StreamingContext": StreamingContext,
            "cloudpickle": cloudpickle,
        }


def _most_rows(start: Start) -> int:
    """Livy's setting for the rows of one SQL answer."""
    asked = start.conf.get("livy.rsc.sql.num-rows") or start.conf.get("spark.livy.rsc.sql.num-rows") or ""
    return int(asked) if asked.isdecimal() else _ROWS
