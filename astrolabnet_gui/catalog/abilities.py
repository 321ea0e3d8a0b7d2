"""Abilities: what the Spark of a server can do: languages, sources, file systems, Python modules, cores, room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Malformed
from ..model.thing import Value
from .scala import statement

SOURCES = ("kafka", "avro", "delta", "iceberg", "hudi", "deltaSharing", "jdbc", "xml")
SCHEMES = ("hdfs", "webhdfs", "s3a", "abfss", "gs", "root", "http", "file")
_PROBE = """
val conf = org.apache.spark.sql.internal.SQLConf.get;
def some(name: String, test: String => Boolean) = {
val l = new java.util.ArrayList[Object]; val it = a.get(name).elements;
while (it.hasNext) { val x = it.next.asText; if (scala.util.Try(test(x)).getOrElse(false)) l.add(x) };
out.put(name, l) };
some("sources", x => { org.apache.spark.sql.execution.datasources.DataSource.lookupDataSource(x, conf); true });
some("schemes", x => { org.apache.hadoop.fs.FileSystem.getFileSystemClass(x, sc.hadoopConfiguration); true });
val w = new org.apache.hadoop.fs.Path(spark.conf.get("spark.sql.warehouse.dir"));
out.put("free", scala.util.Try(
Long.box(w.getFileSystem(sc.hadoopConfiguration).getStatus.getRemaining)).getOrElse(null));
out.put("cores", Int.box(sc.defaultParallelism)); out.put("spark", spark.version);
out.put("java", System.getProperty("java.version"));
val py = Option(sc.getConf.get("spark.pyspark.python", System.getenv("PYSPARK_PYTHON"))).getOrElse("python3");
val asked = a.get("modules"); val names = (0 until asked.size).map(i => asked.get(i).asText);
val found = scala.util.Try(scala.sys.process.Process(Seq(py, "-c",
"import importlib.util as u,sys;print(' '.join(m for m in sys.argv[1:] if u.find_spec(m)) + '.')") ++ names).!!.trim);
out.put("python", Boolean.box(found.isSuccess));
val have = new java.util.ArrayList[Object];
found.getOrElse(".").stripSuffix(".").split(' ').filter(_.nonEmpty).foreach(x => have.add(x));
out.put("modules", have)"""


class Found(Value):
    """What was found.

    Attributes:
        python: a Python starts there; modules: those asked for that it has.
        free_bytes: room in the warehouse; None if its file system does not say.
    """

    sources: frozenset[str]
    schemes: frozenset[str]
    modules: frozenset[str]
    python: bool
    cores: int
    free_bytes: int | None = None
    spark: str = ""
    java: str = ""


def probe_statement(modules: Sequence[str] = (), sources: Sequence[str] = (), schemes: Sequence[str] = ()) -> str:
    """Ask for the usual sources and file systems and these too."""
    asked = {"sources": [*dict.fromkeys((*SOURCES, *sources))], "schemes": [*dict.fromkeys((*SCHEMES, *schemes))]}
    return statement(_PROBE, {**asked, "modules": list(modules)})


def probed(answer: Mapping[str, Any]) -> Found:
    """What it said."""
    try:
        return Found(
            sources=frozenset(answer["sources"]), schemes=frozenset(answer["schemes"]),
            modules=frozenset(answer["modules"]), python=bool(answer["python"]), cores=int(answer["cores"]),
            free_bytes=answer.get("free"), spark=str(answer["spark"]), java=str(answer["java"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as exc:
        raise Malformed("the server's abilities are not as asked for") from exc
