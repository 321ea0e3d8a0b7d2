"""An unpacked Apache Livy in the island's place: found, set up, started, ended; with a Java that is a script."""

from __future__ import annotations

import json
from pathlib import Path

import psutil

from astrolabnet_gui.island import platform
from tests.island.fake_java import fake_java
from tests.island_fixture import island_command, start_island, stop_island


def unpacked(home: Path) -> Path:
    for jar in ("jars/livy-server-0.9.0-incubating.jar", "rsc-jars/livy-rsc-0.9.0-incubating.jar"):
        (home / jar).parent.mkdir(parents=True, exist_ok=True)
        (home / jar).write_text("")
    return home


def test_it_runs_with_its_settings_class_path_and_flags(tmp_path: Path) -> None:
    livy, java = unpacked(tmp_path / "livy"), fake_java(tmp_path / "java", "17.0.1")
    running = start_island(tmp_path, f"--livy-home={livy}", f"--java-home={java}")
    try:
        assert running.about["spark"].endswith("under Apache Livy 0.9.0-incubating")
        assert running.about["token_file"] == ""
        said = running.get("/version")
        assert said["conf"]["livy.server.host"] == "127.0.0.1"
        assert said["conf"]["livy.server.csrf-protection.enabled"] == "true"
        assert said["env"]["LIVY_HOME"] == str(livy)
        assert said["env"]["JAVA_HOME"] == str(java)
        assert (Path(said["env"]["SPARK_HOME"]) / "jars").is_dir()
        argv = said["argv"]
        conf, own, jars, spark = argv[argv.index("-cp") + 1].split(":")
        assert (Path(conf) / "livy.conf").is_file()
        assert "appender.console" in (Path(conf) / "log4j.properties").read_text()
        assert own == f"{livy}/conf"
        assert jars == f"{livy}/jars/*"
        assert spark.endswith("/pyspark/jars/*")
        assert "--add-opens=java.base/java.lang=ALL-UNNAMED" in argv
        assert "--add-exports=java.base/sun.net.dns=ALL-UNNAMED" in argv
        assert argv[-1] == "org.apache.livy.server.LivyServer"
        status = json.loads(island_command("start", "--json", state=running.state, home=tmp_path).stdout)
        assert status["pid"] == running.pid
    finally:
        stop_island(running, tmp_path)
    assert not platform.is_alive(running.pid)
    assert [pid for pid in psutil.pids() if str(livy) in _command(pid)] == []


def test_what_its_own_folder_sets_holds_but_it_stays_on_this_computer(tmp_path: Path) -> None:
    livy, java = unpacked(tmp_path / "livy"), fake_java(tmp_path / "java", "17.0.1")
    (livy / "conf").mkdir()
    (livy / "conf" / "log4j.properties").write_text("log4j.rootCategory = WARN, file")
    (livy / "conf" / "livy.conf").write_text("livy.server.session.timeout = 4h\nlivy.server.host = 0.0.0.0")
    running = start_island(tmp_path, f"--livy-home={livy}", f"--java-home={java}")
    try:
        said = running.get("/version")
        assert said["conf"]["livy.server.session.timeout"] == "4h"
        assert said["conf"]["livy.server.host"] == "127.0.0.1"
        ours = Path(said["argv"][said["argv"].index("-cp") + 1].split(":")[0])
        assert not (ours / "log4j.properties").exists()
    finally:
        stop_island(running, tmp_path)


def test_a_folder_without_livy_is_one_clear_line(tmp_path: Path) -> None:
    told = island_command("start", f"--livy-home={tmp_path}", state=tmp_path / "island", home=tmp_path)
    assert told.returncode == 2
    assert told.stderr.startswith(f"{tmp_path} holds no unpacked Apache Livy")
    assert told.stderr.count("\n") == 1


def test_a_livy_that_ends_at_once_is_said(tmp_path: Path) -> None:
    livy, java = unpacked(tmp_path / "livy"), fake_java(tmp_path / "java", "17.0.1")
    (livy / "broken").write_text("")
    told = island_command(
        "start", f"--livy-home={livy}", f"--java-home={java}", state=tmp_path / "island", home=tmp_path
    )
    assert told.returncode == 1
    assert told.stderr.startswith("Apache Livy ended at once (exit code 1)")


def _command(pid: int) -> str:
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""
