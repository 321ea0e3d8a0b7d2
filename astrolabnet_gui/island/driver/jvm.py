"""The Java process of a session: Spark's own gateway, launched directly (bin/spark-submit costs two seconds more)."""

from __future__ import annotations

import os
import shlex
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from astrolabnet_gui.errors import Missing
from astrolabnet_gui.island.driver import r_home
from astrolabnet_gui.island.protocol import Start

_PATIENCE_S = 120.0
_OPENED = (
    *("java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util"),
    *("java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs"),
    *("sun.security.action", "sun.util.calendar"),
)
_SYSTEM_TRUST = Path("/etc/ssl/certs/java/cacerts")
NOT_READY = (
    "Java ended (exit code {code}) before Spark was ready. "
    "The session's log says why: often an unknown setting, or too little memory."
)
_LOG_SETTINGS = Path(__file__).with_name("log4j2.properties")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running Java process and how Python speaks to it."""

    process: subprocess.Popen[bytes]
    port: int
    secret: str


def spark_home() -> Path:
    """The folder of the installed pyspark, found without importing it.

    Raises:
        Missing: pyspark is not installed.
    """
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise Missing(
            "Spark is not installed here.", remedy="Install the extra: pip install 'astrolabnet-gui[island]'."
        )
    return Path(spec.origin).parent


def defaults(start: Start) -> dict[str, str]:
    """Spark's settings where the session does not say otherwise."""
    work = Path(start.work_dir)
    return {
        "spark.master": "local[*]",
        "spark.app.name": start.name or "island session",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.port": "0",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        # There is no Hive here: CREATE TABLE without USING makes a table of Spark's own.
        "spark.sql.legacy.createHiveTableByDefault": "false",
        **r_home.find(start.r).settings,
    }


def settings(start: Start) -> dict[str, str]:
    """All that Spark is told; Livy's own settings (livy.*) are none of its business.

    The UI is looked at, not acted on: its kill links stay off whatever is asked.
    """
    fixed = {"spark.ui.killEnabled": "false", "spark.repl.class.outputDir": str(Path(start.work_dir) / "repl")}
    return defaults(start) | {k: v for k, v in start.conf.items() if k.startswith("spark.")} | fixed


def command(start: Start, properties: Path, application: Sequence[str] = ("pyspark-shell",)) -> list[str]:
    """The java command line. The class path is jars only, sorted: class data archives need it so.

    ``application`` is what follows Spark's settings: the gateway of a session, or the program of a batch.
    """
    conf = settings(start)
    jars = sorted(str(p) for p in (spark_home() / "jars").glob("*.jar"))
    more = [p for p in conf.get("spark.driver.extraClassPath", "").split(os.pathsep) if p]
    tmp = Path(start.work_dir) / "tmp"
    flags = [
        f"-Xmx{start.driver_memory}",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        # The quick compiler only: a start takes 4 s of CPU in place of 7. A session that computes for hours can ask for
        # the other one by spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=4.
        "-XX:TieredStopAtLevel=1",
        "-XX:+IgnoreUnrecognizedVMOptions",
        "-Xss4m",
        "-Djdk.reflect.useDirectMethodHandle=false",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Djava.awt.headless=true",
        "-Dfile.encoding=UTF-8",
        f"-Djava.io.tmpdir={tmp}",
        f"-Dlog4j2.configurationFile={_LOG_SETTINGS.as_uri()}",
        *(f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in _OPENED),
        "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    ]
    if _SYSTEM_TRUST.is_file():
        flags.append(f"-Djavax.net.ssl.trustStore={_SYSTEM_TRUST}")
    return [
        str(Path(start.java_home) / "bin" / "java"),
        "-cp",
        os.pathsep.join(jars + more),
        *flags,
        *start.java_args,
        *shlex.split(conf.get("spark.driver.extraJavaOptions", "")),
        "org.apache.spark.deploy.SparkSubmit",
        "--properties-file",
        str(properties),
        *application,
    ]


def launch(start: Start) -> subprocess.Popen[bytes]:
    """Start Java; it ends when its standard input closes, so at the latest with this process.

    Raises:
        Missing: there is no java at ``java_home``.
        OSError: the work folder can not be written.
    """
    work = Path(start.work_dir)
    for name in ("tmp", "repl"):
        (work / name).mkdir(exist_ok=True)
    properties, answer = work / "spark.properties", work / "gateway"
    answer.unlink(missing_ok=True)
    # Settings may hold passwords: in a file of ours they are not seen in the list of processes.
    with os.fdopen(os.open(properties, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(properties_text(settings(start)))
    env = dict(os.environ) | {
        "_PYSPARK_DRIVER_CONN_INFO_PATH": str(answer),
        "SPARK_HOME": str(r_home.find(start.r).spark_home(spark_home(), work)),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JAVA_HOME": start.java_home,
        "PYSPARK_PYTHON": sys.executable,
    }
    try:
        return subprocess.Popen(command(start, properties), stdin=subprocess.PIPE, stdout=2, env=env, cwd=work)
    except FileNotFoundError as e:
        raise Missing(
            f"There is no Java at {start.java_home}.", remedy="Install Java 17, or the extra: astrolabnet-gui[island]."
        ) from e


def connect(process: subprocess.Popen[bytes], work_dir: str) -> Gateway:
    """Wait until Spark's gateway listens.

    Raises:
        Missing: Java ended first, or took more than two minutes.
    """
    answer = Path(work_dir) / "gateway"
    end = time.monotonic() + _PATIENCE_S
    while not answer.exists():
        if process.poll() is not None:
            raise Missing(NOT_READY.format(code=process.returncode))
        if time.monotonic() > end:
            raise Missing("Java did not start Spark within two minutes.", remedy="Look at the session's log.")
        time.sleep(0.005)
    with open(answer, "rb") as f:
        port, length = struct.unpack("!ii", f.read(8))
        secret = f.read(length).decode()
    answer.unlink()
    return Gateway(process=process, port=port, secret=secret)


def properties_text(values: Mapping[str, str]) -> str:
    """Java's properties format: everything but letters, digits and a few signs is escaped."""
    return "".join(f"{_escaped(k)}={_escaped(str(v))}\n" for k, v in sorted(values.items()))


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2)]
    return "".join(
        chr(c) if chr(c).isascii() and (chr(c).isalnum() or chr(c) in "._-/") else f"\\u{c:04x}" for c in codes
    )
