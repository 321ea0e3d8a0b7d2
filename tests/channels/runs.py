"""Channels run on a Spark without Livy: one that stays for what ends by itself, one of its own for what is killed."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from astrolabnet_gui.channels.folder import code
from astrolabnet_gui.channels.spec import Spec, approval, runner
from astrolabnet_gui.island.jre import choose
from astrolabnet_gui.model.thing import Value
from tests.island_fixture import ROOT

SCHEMA = "id BIGINT, mag DOUBLE"
_SETTINGS = (
    "--master local[2] --driver-memory 1g --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2 "
    "--conf spark.ui.showConsoleProgress=false --conf spark.driver.host=127.0.0.1 "
    "--conf spark.sql.session.timeZone=UTC --driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'"
)


def environment(work: Path, packages: str = "", ivy: str = "", jars: Sequence[Path] = ()) -> dict[str, str]:
    """What a Spark of these tests is started with."""
    given = f" --jars {','.join(map(str, jars))}" if jars else ""
    more = f" --packages {packages} --conf spark.jars.ivy={ivy}" if packages else ""
    warehouse = f" --conf spark.sql.warehouse.dir={(work / 'warehouse').as_uri()}"
    return {
        **os.environ,
        "JAVA_HOME": str(choose().home),
        "PYSPARK_SUBMIT_ARGS": f"{_SETTINGS}{more}{given}{warehouse} pyspark-shell",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


class Staged(Value):
    """A channel whose folder is there: where it lies and what its program is told."""

    folder: Path
    to: Path
    program: Path

    def argument(self, *, over_gap: bool = False, mend: tuple[str, ...] = ()) -> str:
        """Its one argument."""
        approved = approval((self.folder / "channel.json").read_text("utf-8"), self.program.read_text("utf-8"))
        return packed(self.folder, approved, over_gap, mend)

    def said(self, name: str = "status") -> dict[str, Any]:
        """A file of its folder; {} while there is none. A local disk has none for an instant while it is said anew."""
        for _ in range(5):
            try:
                found: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
                return found
            except (FileNotFoundError, ValueError):
                time.sleep(0.02)
        return {}


def packed(folder: Path, approved: str, over_gap: bool = False, mend: tuple[str, ...] = ()) -> str:
    """What a program is told, as its one argument."""
    given = {"folder": folder.as_uri(), "approved": approved, "over_gap": over_gap, "mend": mend}
    return base64.b64encode(json.dumps(given).encode("utf-8")).decode("ascii")


def stage(work: Path, **what: Any) -> Staged:
    """Write down a channel as the product does: spec and program in its folder."""
    folder, to = work / "channel", work / "to"
    folder.mkdir(parents=True, exist_ok=True)
    spec = Spec.model_validate({"id": "night-1f", "title": "Night", "to": to.as_uri(), "every_s": 0, **what})
    (folder / "channel.json").write_bytes(spec.text().encode("utf-8"))
    (folder / "runner.py").write_bytes(runner().encode("utf-8"))
    return Staged(folder=folder, to=to, program=folder / "runner.py")


def looks_while_it_says(folder: Path, times: int) -> str:
    """Code that looks so often at a channel, while a thread says without pause how it stands."""
    definition, _, call = code("look", folder.parents[1].as_uri(), id=folder.name).rpartition("\n")
    return f"""
{(ROOT / "resources" / "code" / "channel" / "1_folder.py").read_text("utf-8")}
{definition}
import threading
folder, saying = Folder(spark, {folder.as_uri()!r}), True
def say():
    n = 0
    while saying:
        n += 1
        folder.write("status.json", {{"n": n, "words": "x" * (n % 5000)}})
folder.write("status.json", {{"n": 0}})
speaker = threading.Thread(target=say)
speaker.start()
try:
    for _ in range({times}):
        {call}
finally:
    saying = False
    speaker.join()
"""


class Bench:
    """One Spark that stays."""

    def __init__(self, work: Path, packages: str = "", ivy: str = "") -> None:
        with (work / "stderr").open("w") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.channels.spark_bench"], cwd=ROOT, text=True,
                env=environment(work, packages, ivy), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
            )  # fmt: skip
        self._until("READY")

    def run(self, channel: Staged, *, over_gap: bool = False, argument: str = "") -> str:
        """Run it to its end; "" or the words of its error."""
        return self._asked(program=str(channel.program), argument=argument or channel.argument(over_gap=over_gap))[1]

    def start(self, channel: Staged) -> None:
        """Begin a run; ``ended`` waits for it."""
        self._send(program=str(channel.program), argument=channel.argument())

    def ended(self) -> str:
        """Wait for what was started; "" or the words of its error."""
        return self._until("DONE", "RAISED")[1]

    def rows(self, sql: str) -> list[list[Any]]:
        """Rows of a query."""
        found, why = self._asked(sql=sql)
        assert not why, why
        answer: list[list[Any]] = json.loads(next(line[5:] for line in found if line.startswith("ROWS ")))
        return answer

    def printed(self, code: str) -> str:
        """What Python code prints."""
        found, why = self._asked(code=code)
        assert not why, why
        return "\n".join(found)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _asked(self, **what: str) -> tuple[list[str], str]:
        self._send(**what)
        return self._until("DONE", "RAISED")

    def _send(self, **what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _until(self, *words: str) -> tuple[list[str], str]:
        assert self._process.stdout is not None
        lines: list[str] = []
        for line in self._process.stdout:
            first, _, rest = line.strip().partition(" ")
            if first in words:
                return lines, rest if first == "RAISED" else ""
            lines.append(line.rstrip("\n"))
        raise AssertionError(f"Spark ended: {lines[-5:]}")


def alone(work: Path, channel: Staged) -> subprocess.Popen[str]:
    """The same as a process of its own, to be killed; its words go to a file."""
    with (work / "stdout").open("a") as stdout:
        return subprocess.Popen(
            [sys.executable, str(channel.program), channel.argument()], cwd=work, env=environment(work), text=True,
            stdout=stdout, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


def drop(folder: Path, number: int, rows: int = 10) -> None:
    """One more file in the drop folder, whole at once."""
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps({"id": number * rows + n, "mag": 14.0 + n}) + "\n" for n in range(rows))
    coming = folder / f".{number}.coming"
    coming.write_text(lines)
    coming.rename(folder / f"{number:04}.json")


def ids(bench: Bench, channel: Staged) -> list[int]:
    return sorted(row[0] for row in bench.rows(f"SELECT id FROM parquet.`{channel.to.as_uri()}`"))


def night(work: Path, **more: Any) -> Staged:
    return stage(
        work, **{"mode": "stream", "format": "json", "place": (work / "drop").as_uri(), "schema": SCHEMA, **more}
    )
