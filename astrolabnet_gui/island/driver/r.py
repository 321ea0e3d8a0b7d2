"""The R of a session: one R process, fed by r_bridge.R; Spark is reached through it, or through real SparkR."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from io import BufferedRWPair
from pathlib import Path
from typing import IO, Any

from astrolabnet_gui.errors import Missing
from astrolabnet_gui.island.driver import r_frames
from astrolabnet_gui.island.driver.context import Context
from astrolabnet_gui.island.driver.printed import Printed
from astrolabnet_gui.island.driver.r_home import RHome
from astrolabnet_gui.island.driver.reply import PNG, TEXT, Interpreter, Reply, error, ok
from astrolabnet_gui.island.protocol import Start

_BRIDGE = Path(__file__).with_name("r_bridge.R")
_START_S = 30.0
_SETTLE_S = 5.0


class RInterpreter(Interpreter):
    """Starts R with the first statement, and again after it has died; in the main thread.

    Raises:
        Missing: there is no R here.
    """

    def __init__(self, home: RHome, context: Context, start: Start) -> None:
        if home.why:
            raise Missing(home.why)
        self._home = home
        self._context = context
        self._folder = Path(start.work_dir) / "r"
        self._folder.mkdir(exist_ok=True)
        self._printed = Printed()
        self._process: subprocess.Popen[bytes] | None = None
        self._talk: BufferedRWPair[Any, Any] | None = None
        self._backend: Any = None
        self._mark = f"\x01{secrets.token_hex(8)}\n".encode()
        self._settled = threading.Event()

    def run(self, code: str) -> Reply:
        """The reply to one statement: what R printed, the last value if visible, the last picture drawn."""
        if "\0" in code:
            return error("Error", "R can not read code with a NUL character in it")
        if self._process is None or self._process.poll() is not None:
            self._start_r()
        self._printed.begin()
        self._settled.clear()
        (self._folder / "code").write_text(code, encoding="utf-8", errors="replace")
        try:
            self._say("run", str(self._folder / "code"), *self._context.job_group)
            return self._until_done()
        except (OSError, EOFError):
            self.close()
            return error("Error", f"Interpreter died:\n{self._printed.end().strip()}")

    def interrupt(self, *, hard: bool) -> bool:
        """Break off R's computation; an R that does not listen (``hard``) is ended, and starts afresh."""
        if self._process is not None:
            self._process.kill() if hard else self._process.send_signal(signal.SIGINT)
        return True

    def close(self) -> None:
        """End R; its variables are lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()  # its socket ends before it does: the next code would be given to the dead one

    def _start_r(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(_START_S)
            token = secrets.token_hex(16)
            env = dict(os.environ) | {
                "ALN_PORT": str(server.getsockname()[1]),
                "ALN_TOKEN": token,
                "ALN_MARK": self._mark.decode(),
                "ALN_FOLDER": str(self._folder),
                **self._sparkr(),
            }
            command = [self._home.command, "--no-echo", "--no-save", "--no-restore", f"--file={_BRIDGE}"]
            keeper = shutil.which("setpriv") if sys.platform == "linux" else None
            if keeper:  # the kernel ends R when this process is killed; R alone would notice after its computation
                command = [keeper, "--pdeathsig", "KILL", *command]
            pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            self._process = subprocess.Popen(command, env=env, **pipe)  # type: ignore[call-overload]
            threading.Thread(target=self._pump, args=(self._process.stdout,), name="r output", daemon=True).start()
            try:
                connection, _ = server.accept()
            except TimeoutError as e:
                self.close()
                raise Missing("R did not start within 30 s.", remedy="The session's log has its words.") from e
        connection.settimeout(None)
        self._talk = connection.makefile("rwb")
        connection.close()
        if self._hear() != [token]:
            self.close()
            raise Missing("somebody else answered in place of R")

    def _sparkr(self) -> dict[str, str]:
        """What real SparkR needs to reach this session's Spark; nothing for the bridge."""
        if not self._home.library:
            return {}
        if self._backend is not None:  # it was of an R that has died
            self._backend.close()
        self._backend = self._context.jvm.org.apache.spark.api.r.RBackend()
        answer = self._backend.init()
        threading.Thread(target=self._backend.run, name="sparkr", daemon=True).start()
        return {"ALN_SPARKR": self._home.library, "ALN_BACKEND": f"{answer._1()}", "ALN_SECRET": answer._2().secret()}

    def _pump(self, pipe: IO[bytes]) -> None:
        """Carry R's output over; the mark in it says that a statement's output is complete."""
        rest = b""
        while chunk := os.read(pipe.fileno(), 1 << 16):
            rest += chunk
            while self._mark in rest:
                before, _, rest = rest.partition(self._mark)
                self._printed.write(before)
                self._settled.set()
            keep = len(self._mark)
            # Not in the middle of a character either: R prints UTF-8.
            while keep < len(rest) and rest[-keep] & 0xC0 == 0x80:
                keep += 1
            self._printed.write(rest[:-keep])
            rest = rest[-keep:]
        self._printed.write(rest)
        pipe.close()

    def _say(self, *words: str) -> None:
        assert self._talk is not None
        self._talk.write("\t".join(words).encode() + b"\n")
        self._talk.flush()

    def _hear(self) -> list[str]:
        """R's next line, by its tabs.

        Raises:
            EOFError: R has ended.
        """
        assert self._talk is not None
        line = self._talk.readline()
        if not line:
            raise EOFError
        return line.decode().rstrip("\n").split("\t")

    def _until_done(self) -> Reply:
        """Serve R until the statement is over."""
        while (words := self._hear())[0] != "done":
            try:
                with self._context.called_by("R"):
                    served = self._serve(words)
                self._say("ok", *served)
            except Exception as e:  # noqa: BLE001 - R raises it again, in the user's code
                (self._folder / "error").write_text(str(e), encoding="utf-8", errors="replace")
                self._say("error", str(self._folder / "error"))
        self._settled.wait(_SETTLE_S)
        text = self._printed.end().strip("\n")
        if words[1] == "error":
            message = (self._folder / "error").read_text(encoding="utf-8", errors="replace").strip("\n")
            return error("Error", message, printed=text)
        picture = self._folder / "plot.png"
        data: dict[str, Any] = {TEXT: text}
        if picture.is_file() and picture.stat().st_size:
            data[PNG] = base64.b64encode(picture.read_bytes()).decode("ascii")
        return ok(data)

    def _serve(self, words: list[str]) -> list[str]:
        """Answer one question of the bridge; words are a verb and file names."""
        if words[0] == "sql":
            query = Path(words[1]).read_text(encoding="utf-8")
            Path(words[2]).write_bytes(r_frames.from_spark(self._context.spark.sql(query)))
        elif words[0] == "view":
            frame = r_frames.to_spark(Path(words[1]).read_bytes(), self._context.spark)
            frame.createOrReplaceTempView(Path(words[2]).read_text(encoding="utf-8").strip())
        else:
            raise ValueError(f"the bridge asked for {words[0]}")
        return []
