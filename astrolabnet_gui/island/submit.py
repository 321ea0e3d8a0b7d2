"""The command of a batch: the same Java, class path and flags as a session's, with Spark's SparkSubmit as main."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from astrolabnet_gui.errors import Missing
from astrolabnet_gui.island import platform
from astrolabnet_gui.island.driver import jvm, r_home
from astrolabnet_gui.island.protocol import Start
from astrolabnet_gui.island.request import NewBatch, Rejected

# What a shell may have set for another Spark or Java; it would win over ours.
_FOREIGN = (
    "SPARK_HOME", "SPARK_CONF_DIR", "SPARK_DIST_CLASSPATH", "SPARK_EXTRA_CLASSPATH", "SPARK_SUBMIT_OPTS",
    "SPARK_DAEMON_JAVA_OPTS", "HADOOP_CONF_DIR", "YARN_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT",
    "PYSPARK_GATEWAY_SECRET", "PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON", "PYTHONSTARTUP", "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH",
)  # fmt: skip

_LOADS_SPARKR = re.compile(
    rb"^[^#\n]*\b(?:library|require|requireNamespace)\s*\(\s*['\"]?SparkR\b|^[^#\n]*\bSparkR::", re.M
)
_MOST_READ = 1_000_000


def clean_env(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without what belongs to other Sparks, so that an island is the same in every shell.

    From a checkout the package is not installed where a child with another working folder would find it.
    """
    clean = {key: value for key, value in env.items() if key not in _FOREIGN}
    root = str(Path(__file__).resolve().parents[2])
    others = [folder for folder in clean.get("PYTHONPATH", "").split(os.pathsep) if folder and folder != root]
    return clean | {"PYTHONPATH": os.pathsep.join([root, *others])}


def batch_command(batch: NewBatch, start: Start) -> tuple[list[str], dict[str, str]]:
    """Command line and environment that run a batch.

    Args:
        batch: its ``file`` is given and checked.
        start: conf, memory, Java and work folder, as for a session.

    Raises:
        OSError: the work folder can not be written.
    """
    work = Path(start.work_dir)
    home = r_home.find(start.r)
    (work / "tmp").mkdir(exist_ok=True)
    settings = work / "spark.properties"
    platform.write_private(settings, jvm.properties_text(jvm.settings(start)))
    application = ["--class", batch.className] if batch.className else []
    application += [batch.file or "", *batch.args]
    env = clean_env() | {
        # Below it Spark looks for SparkR.
        "SPARK_HOME": str(home.spark_home(jvm.spark_home(), work)),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JAVA_HOME": start.java_home,
        "PYSPARK_PYTHON": platform.PYTHON,
        "PYSPARK_DRIVER_PYTHON": platform.PYTHON,
        "PYTHONUNBUFFERED": "1",
    }
    if home.library:  # also where links to it can not be made
        env["R_LIBS"] = os.pathsep.join(filter(None, (home.library, env.get("R_LIBS", ""))))
    return jvm.command(start, settings, application), env


def check_r(file: str) -> None:
    """Look whether a program can find the R it needs, before anything is started.

    Args:
        file: address of the program, checked; what is not R is fine.

    Raises:
        Rejected: it is R, and there is none, or it loads SparkR, and that is not installed; with the remedy.
    """
    if not file.lower().endswith(".r"):
        return
    home = r_home.find({})
    if home.why:
        raise Rejected(f"{home.why}. Then start the batch again.")
    parts = urlsplit(file)
    if home.library or parts.scheme != "file":
        return
    try:
        with Path(unquote(parts.path)).open("rb") as script:
            loads = _LOADS_SPARKR.search(script.read(_MOST_READ))
    except OSError:
        return  # Spark says best what is wrong with the file
    if loads:
        raise Rejected(
            "the script loads SparkR, which is not installed on this computer: unpack R/lib/SparkR of Spark's download "
            "into a library of R, or send the code as an R task: a session's R has sql() and createDataFrame()."
        )


def check_spark() -> str:
    """The version of Spark that is installed here.

    Raises:
        Missing: it is not, or not one we know.
    """
    jvm.spark_home()
    from importlib.metadata import version

    found = version("pyspark")
    if not found.startswith("3.5."):
        raise Missing(
            f"Spark {found} is installed; the island needs 3.5.", remedy="Run: pip install 'pyspark>=3.5.6,<3.6'."
        )
    return found
