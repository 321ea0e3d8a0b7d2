"""The Scala of a session: Spark's own REPL in the session's Java process, fed line by line as Livy feeds it."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

from astrolabnet_gui.island.driver import scala_table
from astrolabnet_gui.island.driver.context import Context
from astrolabnet_gui.island.driver.files import uri
from astrolabnet_gui.island.driver.printed import LIMIT, cut
from astrolabnet_gui.island.driver.reply import JSON, TABLE, TEXT, Interpreter, Reply, error, ok
from astrolabnet_gui.island.driver.wire import log
from astrolabnet_gui.island.protocol import Start

_MAGIC = re.compile(r"%(\w+)\W*(.*)")
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_RDD_ROWS = 10
_IMPORTS = (
    "import org.apache.spark.SparkContext._",
    "import spark.implicits._",
    "import spark.sql",
    "import org.apache.spark.sql.functions._",
)
_COMPLETE_S = 1.0
# The compiler breaks off without a word when its thread is interrupted; what it refuses, it explains.
_SILENT = "cancelled while Scala compiled it: the code did not run"
_BROKE_DOWN = "the Scala compiler broke down twice over this code: it did not run; a new session may compile it"


def _broke_down(words: str) -> bool:
    """Whether this is a failed assertion of the compiler; one in the user's code is printed, never thrown to here."""
    return "java.lang.AssertionError" in words and "while compiling" in words


class ScalaRepl(Interpreter):
    """Wraps SparkILoop of Spark 3.5. Making it takes seconds; it may be made in any thread, then is run in main.

    Raises:
        RuntimeError: the REPL could not import Spark's names.
    """

    def __init__(self, context: Context, start: Start) -> None:
        self._context = context
        self._lock = threading.Lock()
        jvm = self._jvm = context.jvm
        self._bytes = jvm.java.io.ByteArrayOutputStream()
        self._stream = jvm.java.io.PrintStream(self._bytes, True, "UTF-8")
        writer = jvm.java.io.OutputStreamWriter(self._bytes, "UTF-8")
        self._writer = jvm.java.io.PrintWriter(writer, True)
        thread = jvm.java.lang.Thread.currentThread()
        before = thread.getContextClassLoader()
        thread.setContextClassLoader(context.loader)
        settings = jvm.scala.tools.nsc.Settings()
        settings.processArguments(
            self._list("-Yrepl-class-based", "-Yrepl-outdir", str(Path(start.work_dir) / "repl")), True
        )
        getattr(settings.usejavacp(), "value_$eq")(True)
        settings.embeddedDefaults(context.loader)
        for jar in filter(None, (context.sc._conf.get("spark.repl.local.jars") or "").split(",")):
            settings.classpath().append(jar.removeprefix("file://").removeprefix("file:"))
        loop = jvm.org.apache.spark.repl.SparkILoop(jvm.scala.Option.empty(), self._writer)
        getattr(loop, "settings_$eq")(settings)
        loop.createInterpreter()
        self._repl = loop.intp()
        self._repl.initializeSynchronous()
        for jar in context.sc._jsc.sc().listJars().mkString("\n").split("\n"):
            if jar.startswith("file:"):
                self.add_jar(jar)
        self._enter()
        transient = self._list("@transient")
        spark = context.spark
        self._repl.bind("spark", "org.apache.spark.sql.SparkSession", spark._jsparkSession, transient)
        self._repl.bind("sc", "org.apache.spark.SparkContext", spark.sparkContext._jsc.sc(), transient)
        for line in _IMPORTS:
            if self._interpret(line) != "Success":
                raise RuntimeError(f"{line}: {self._printed()}")
        self._printed()
        # The REPL's loader looks names up in the compiler and leaves it in a late phase meanwhile: a thread that warms
        # other things with it breaks the compiling of the first statement.
        thread.setContextClassLoader(before)
        self._completer: Any = None

    def run(self, code: str) -> Reply:
        """The reply to one statement: each line as soon as it is complete, echoes and prints in order."""
        try:
            code.encode("utf-8")
        except UnicodeEncodeError as e:
            return error("Error", f"the code holds half of a character pair, Java can not take it: {e}")
        with self._lock:
            self._enter()
            self._printed()
            return self._lines(code.strip().split("\n"))

    def complete(self, code: str, cursor: int) -> list[str]:
        """Scala's own candidates; none while a statement runs, for the compiler serves one at a time."""
        if not self._lock.acquire(timeout=_COMPLETE_S):
            return []
        try:
            if self._completer is None:
                nsc = self._jvm.scala.tools.nsc.interpreter
                self._completer = nsc.PresentationCompilerCompleter(self._repl)
            found: str = self._completer.complete(code, cursor).candidates().mkString("\n")
            return [name for name in found.split("\n") if name]
        finally:
            self._lock.release()

    def add_jar(self, path: str) -> None:
        """Let code that comes use the classes of a jar."""
        urls = self._jvm.java.util.ArrayList()
        urls.add(self._jvm.java.net.URL(uri(path)))
        self._repl.addUrlsToClassPath(self._jvm.org.apache.spark.api.python.PythonUtils.toSeq(urls))

    def _list(self, *items: Any) -> Any:
        """A Scala List."""
        array = self._jvm.java.util.ArrayList()
        for item in items:
            array.add(item)
        return self._jvm.org.apache.spark.api.python.PythonUtils.toSeq(array).toList()

    def _enter(self) -> None:
        """Make this Java thread the REPL's: its classes and its output."""
        self._jvm.java.lang.Thread.currentThread().setContextClassLoader(self._repl.classLoader())
        self._jvm.scala.Console.setOut(self._stream)

    def _interpret(self, code: str) -> str:
        """Compile and run; once more where the compiler broke down, which it does rarely and before any code runs."""
        from py4j.protocol import Py4JJavaError

        try:
            return str(self._repl.interpret(code).toString())
        except Py4JJavaError as e:
            if not _broke_down(str(e)):
                raise
            log(f"the Scala compiler broke down and is asked once more: {str(e).splitlines()[1]}")
            self._printed()
            return str(self._repl.interpret(code).toString())

    def _printed(self) -> str:
        """What was printed since the last call."""
        self._writer.flush()
        text = str(self._bytes.toString("UTF-8"))
        self._bytes.reset()
        return cut(text, len(text), LIMIT)

    def _lines(self, lines: list[str]) -> Reply:
        data: dict[str, Any] = {TEXT: ""}
        chunk = ""
        for i, line in enumerate(lines):
            chunk = f"{chunk}\n{line}" if chunk else line
            reply = self._chunk(chunk)
            if reply is None and i == len(lines) - 1:
                # A comment alone is incomplete too; in braces it is not, and real incomplete code still is.
                result = self._interpret(f"{{\n{chunk}\n}}")
                self._printed()
                if result != "Success":
                    return error("Error", "incomplete statement", printed=data.get(TEXT, ""))
            elif reply is not None:
                chunk = ""
                if reply["status"] == "error":
                    before = data.get(TEXT, "")
                    return reply | {"data": {TEXT: before}} if before else reply
                more = reply["data"]
                data = {TEXT: data[TEXT] + more[TEXT]} if TEXT in data and TEXT in more else more
        return ok(data)

    def _chunk(self, code: str) -> Reply | None:
        """The reply to lines that may be complete; None if they are not."""
        if magic := _MAGIC.fullmatch(code):
            return self._magic(magic[1], magic[2])
        try:
            result = self._interpret(code)
        except Exception as e:
            self._printed()
            if not _broke_down(str(e)):
                raise
            return error("Error", _BROKE_DOWN, str(e).splitlines(keepends=True))
        if result == "Incomplete":
            self._printed()
            return None
        text = self._printed()
        if result == "Success":
            return ok({TEXT: text})
        first, *rest = text.splitlines(keepends=True) or [_SILENT]
        return error("Error", first.strip(), rest)

    def _magic(self, magic: str, name: str) -> Reply:
        if magic not in ("json", "table"):
            return error("UnknownMagic", f"Unknown magic command {magic}")
        if not _NAME.fullmatch(name) or self._interpret(f"val _aln = {name}") != "Success":
            self._printed()
            return error("NameError", f"Value {name} does not exist")
        self._printed()
        try:
            value = json.loads(self._json())
        except Exception:  # noqa: BLE001 - Livy answers whatever goes wrong so
            return error("ValueError", "Failed to convert value into a JSON value")
        if magic == "json":
            return ok({JSON: value})
        try:
            return ok({TABLE: scala_table.table(value)})
        except scala_table.TypesDoNotMatch:
            return error("TypeError", "table rows have different types")

    def _json(self) -> str:
        """The last value as JSON text, by the library Livy uses; ten rows of an RDD."""
        from py4j.java_gateway import is_instance_of

        value = self._repl.lastRequest().lineRep().call("$result", self._list())
        if is_instance_of(self._context.sc._gateway, value, "org.apache.spark.rdd.RDD"):
            value = value.take(_RDD_ROWS)
        json4s = self._jvm.org.json4s
        formats = getattr(getattr(json4s, "DefaultFormats$"), "MODULE$")
        methods = getattr(getattr(json4s.jackson, "JsonMethods$"), "MODULE$")
        tree = json4s.Extraction.decompose(value, formats)
        text: str = methods.compact(methods.render(tree, formats))
        return text
