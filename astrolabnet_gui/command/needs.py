"""Needs: what a session or a batch asks of its server; the twelve fields that Livy has for both."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from pydantic.config import JsonDict

from ..actions.document import HERE as HERE
from .registry import Params

MEMORY = r"^(\d+[kmgtKMGT]?)?$"
ADVANCED: JsonDict = {"advanced": True}
_FILES: JsonDict = {"advanced": True, "widget": "files"}

# Livy's word for each of our fields.
WORDS = {
    "driver_memory": "driverMemory", "driver_cores": "driverCores", "executors": "numExecutors",
    "executor_memory": "executorMemory", "executor_cores": "executorCores", "queue": "queue",
    "proxy_user": "proxyUser", "conf": "conf", "jars": "jars", "py_files": "pyFiles", "files": "files",
    "archives": "archives",
}  # fmt: skip


class Needs(Params):
    """Memory, cores, settings and files; "" and 0 leave it to the server."""

    driver_memory: str = Field(default="", title="Driver memory", pattern=MEMORY, description="As 2g or 512m.")
    driver_cores: int = Field(default=0, ge=0, title="Driver cores", json_schema_extra=ADVANCED)
    executors: int = Field(default=0, ge=0, title="Executors", json_schema_extra=ADVANCED)
    executor_memory: str = Field(
        default="", title="Executor memory", pattern=MEMORY, description="As 2g or 512m.", json_schema_extra=ADVANCED
    )
    executor_cores: int = Field(default=0, ge=0, title="Executor cores", json_schema_extra=ADVANCED)
    queue: str = Field(
        default="", title="Queue", json_schema_extra=ADVANCED, description="Of YARN, as your site calls it."
    )
    proxy_user: str = Field(
        default="", title="Act as user", json_schema_extra=ADVANCED,
        description="A Livy that does not allow it may ignore it silently: look at the owner afterwards.",
    )  # fmt: skip
    conf: dict[str, str] = Field(
        default_factory=dict, title="Spark settings", json_schema_extra=ADVANCED,
        description="As spark.sql.shuffle.partitions=40. The server may forbid some.",
    )  # fmt: skip
    jars: tuple[str, ...] = Field(
        default=(), title="JARs", json_schema_extra=_FILES,
        description="As the server sees them, or here:/path for a file on this computer.",
    )  # fmt: skip
    py_files: tuple[str, ...] = Field(
        default=(), title="Python files", json_schema_extra=_FILES, description="Modules (.py, .zip, .egg) to import."
    )
    files: tuple[str, ...] = Field(
        default=(), title="Files", json_schema_extra=_FILES,
        description="Put into the working folder of each executor; SparkFiles.get(name) finds them.",
    )  # fmt: skip
    archives: tuple[str, ...] = Field(
        default=(), title="Archives", json_schema_extra=_FILES,
        description="Unpacked on each executor. A packed environment: hdfs:///envs/astro.tar.gz#environment here, and "
        "in the settings spark.pyspark.python=./environment/bin/python (on YARN also "
        "spark.yarn.appMasterEnv.PYSPARK_PYTHON=./environment/bin/python).",
    )  # fmt: skip

    def body(self) -> dict[str, Any]:
        """What was set, by Livy's words."""
        return {livys: value for ours, livys in WORDS.items() if (value := getattr(self, ours))}
