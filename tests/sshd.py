"""A real sshd on a loopback port, with keys and settings of its own; ``ssh`` in the path knows it as ``far``."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faultserver import closed_port

_SSHD = """Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding yes
LogLevel ERROR
"""
_SSH = """Host far
  HostName 127.0.0.1
  Port {port}
Host jumped
  HostName 127.0.0.1
  Port {port}
  ProxyCommand {ssh} -F {folder}/config -W %h:%p far
Host stranger
  HostName 127.0.0.1
  Port {port}
  UserKnownHostsFile {folder}/nobody
  StrictHostKeyChecking yes
Host *
  User {user}
  IdentityFile {folder}/mine
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known
  LogLevel ERROR
"""


class Sshd:
    """The server; ``cut`` ends it and all its connections, ``start`` brings it back on its port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, closed_port()
        self.path = folder / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        self._program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin") or ""

    def start(self) -> None:
        """Listen."""
        said = (self.folder / "sshd.log").open("ab")
        with said:
            self._process = subprocess.Popen(
                [self._program, "-D", "-e", "-f", str(self.folder / "sshd_config")], stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert time.monotonic() < deadline, "sshd does not start"
            assert self._process.poll() is None, (self.folder / "sshd.log").read_text()

    def cut(self) -> None:
        """End it with all that it carries."""
        import psutil

        if self._process is None:
            return
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
        self._process.kill()
        self._process.wait(10)
        self._process = None


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """It listens, until the end of the block. Put ``path`` first in PATH."""
    made = Sshd(folder)
    real = shutil.which("ssh")
    assert real is not None
    for name in ("host", "mine"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "mine.pub", folder / "authorized")
    host = " ".join((folder / "host.pub").read_text().split()[:2])
    (folder / "known").write_text(f"[127.0.0.1]:{made.port} {host}\n")
    (folder / "sshd_config").write_text(_SSHD.format(port=made.port, folder=folder))
    (folder / "config").write_text(_SSH.format(port=made.port, folder=folder, user=getpass.getuser(), ssh=real))
    made.path.mkdir()
    # ssh finds its settings by the user's entry in the password file, whatever HOME says.
    script = made.path / "ssh"
    script.write_text(f'#!/bin/sh\nexec {real} -F {folder}/config "$@"\n')
    script.chmod(0o755)
    if sys.platform.startswith("linux") and os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    made.start()
    try:
        yield made
    finally:
        made.cut()
