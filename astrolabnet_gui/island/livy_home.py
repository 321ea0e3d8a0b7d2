"""An unpacked Apache Livy in the island's place: its settings, class path and flags for a laptop.

Livy knows no token: it listens on the loopback only, and wants ``X-Requested-By``, which no web page can send unasked.
"""

from __future__ import annotations

import os
import platform as python_platform
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import NoReturn

from astrolabnet_gui.errors import BadInput, Unreachable
from astrolabnet_gui.island import jre, platform, record, submit
from astrolabnet_gui.island.driver import jvm
from astrolabnet_gui.island.options import Options
from astrolabnet_gui.island.serve import HOST, bind, prepare, unwritable
from astrolabnet_gui.island.undertaker import Undertaker

MAIN = "org.apache.livy.server.LivyServer"
_OPENS = (
    "java.lang.invoke", "java.lang", "java.nio", "java.util.concurrent.atomic", "sun.nio.ch", "java.net", "java.io",
    "sun.util.calendar",
)  # fmt: skip
_EXPORTS = ("sun.net.dns", "sun.net.util", "sun.security.x509", "sun.security.util")
_UP_S = 60.0
_LOG_SETTINGS = """\
log4j.rootCategory=INFO, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{yyyy-MM-dd HH:mm:ss} %p %c{1}: %m%n
log4j.logger.org.eclipse.jetty=WARN
"""


def version_of(home: Path) -> str:
    """The version of an unpacked Livy, by the name of its server's jar.

    Raises:
        BadInput: the folder holds none.
    """
    jars = sorted(home.glob("jars/livy-server-*.jar"))
    if not jars or not (home / "rsc-jars").is_dir():
        raise BadInput(
            f"{home} holds no unpacked Apache Livy (jars/livy-server-*.jar and rsc-jars/).",
            field="livy_home",
            remedy="Unpack apache-livy-…-bin.zip and give the folder that holds bin/ and jars/.",
        )
    found = re.match(r"livy-server-(.+)\.jar", jars[-1].name)
    return found[1] if found else ""


def settings(home: Path, options: Options, port: int) -> str:
    """Livy's settings file: what its own folder sets, and over it what keeps it on this computer."""
    folders = options.local_dirs or (Path.home(),)
    lines = {
        "livy.server.host": HOST,
        "livy.server.port": str(port),
        "livy.spark.master": "local[*]",
        "livy.file.local-dir-whitelist": ",".join(f"{folder}/" for folder in folders),
        "livy.rsc.rpc.server.address": HOST,
        "livy.rsc.launcher.address": HOST,
        "livy.server.csrf-protection.enabled": "true",
        "livy.server.session.timeout-check.skip-busy": "true",
    }
    own = home / "conf" / "livy.conf"
    # Java's properties: of a key that stands there twice the last one counts.
    before = own.read_text(encoding="utf-8", errors="replace").rstrip() + "\n" if own.is_file() else ""
    return before + "".join(f"{key} = {value}\n" for key, value in lines.items())


def command(home: Path, conf: Path, java: Path) -> list[str]:
    """The java command line: Livy's own jars before Spark's, for some of its libraries are older."""
    class_path = [str(conf), str(home / "conf"), str(home / "jars" / "*"), str(jvm.spark_home() / "jars" / "*")]
    return [
        str(java),
        "-cp",
        os.pathsep.join(class_path),
        *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENS),
        *(f"--add-exports=java.base/{name}=ALL-UNNAMED" for name in _EXPORTS),
        "-XX:+UseSerialGC",
        MAIN,
    ]


def environment(home: Path, conf: Path, java_home: Path, logs: Path) -> dict[str, str]:
    """What Livy and the drivers it starts need to find."""
    return submit.clean_env() | {
        "LIVY_HOME": str(home),
        "LIVY_CONF_DIR": str(conf),
        "LIVY_LOG_DIR": str(logs),
        "SPARK_HOME": str(jvm.spark_home()),
        "SPARK_LOCAL_IP": HOST,
        "JAVA_HOME": str(java_home),
        "PYSPARK_PYTHON": platform.PYTHON,
    }


def run(home: Path, options: Options) -> None:
    """Run it until it ends, or this process is told to end (then it goes with all its drivers).

    Raises:
        BadInput: no Livy there, or the port is taken.
        Missing: no Java, no Spark, the state folder can not be written.
        Unreachable: it ended before it listened.
    """
    livy = version_of(home)
    prepare(options.state)
    signal.signal(signal.SIGTERM, _over)
    spark, java = submit.check_spark(), jre.choose(options.java_home)
    with bind(options.state, options.port) as sock:
        port = sock.getsockname()[1]
    undertaker = Undertaker()
    conf, logs = options.state / "livy-conf", options.state / "livy-logs"
    try:
        for folder in (conf, logs):
            folder.mkdir(exist_ok=True)
        platform.write_private(conf / "livy.conf", settings(home, options, port))
        if not (home / "conf" / "log4j.properties").is_file():  # an unpacked Livy has none, and is silent without
            platform.write_private(conf / "log4j.properties", _LOG_SETTINGS)
        child = subprocess.Popen(
            command(home, conf, java.java),
            stdin=subprocess.DEVNULL,
            env=environment(home, conf, java.home, logs),
            **platform.own_group(),
        )
        undertaker.watch(child.pid)
    except OSError as error:
        raise unwritable(options.state, error) from error
    try:
        _wait_until_up(child, port)
        known = record.Record(
            url=f"http://{HOST}:{port}",
            token_file="",
            pid=os.getpid(),
            born_s=platform.born(os.getpid()) or 0.0,
            spark=f"{spark} under Apache Livy {livy}",
            java=f"{java.version} ({java.origin})",
            python=python_platform.python_version(),
            log=str(options.state / record.LOG),
        )
        record.write(options.state, known)
        _wait_until_over(child, options.exit_with)
    finally:
        platform.kill_all(platform.tree_of(child.pid), patience_s=2.0)
        undertaker.forget(child.pid)
        undertaker.end()
        child.wait()
        record.forget(options.state)


def _over(*_: object) -> NoReturn:
    raise SystemExit(0)


def _wait_until_up(child: subprocess.Popen[bytes], port: int) -> None:

    end = time.monotonic() + _UP_S
    while time.monotonic() < end:
        if child.poll() is not None:
            raise Unreachable(f"Apache Livy ended at once ({platform.end_words(child.returncode)}).")
        with socket.socket() as probe:
            probe.settimeout(1.0)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise Unreachable(f"Apache Livy did not listen within {_UP_S:.0f} s.")


def _wait_until_over(child: subprocess.Popen[bytes], exit_with: int | None) -> None:
    born_s = platform.born(exit_with) if exit_with else None
    while child.poll() is None:
        if exit_with and (born_s is None or not platform.same_process(exit_with, born_s)):
            return
        time.sleep(0.25)
