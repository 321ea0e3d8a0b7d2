"""A Kerberos realm of its own on loopback: a real KDC of the system, no file of the system touched."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.faultserver import Conversation, closed_port

_CONF = """[libdefaults]
 default_realm = TEST.LOCAL
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 TEST.LOCAL = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 localhost = TEST.LOCAL
"""
_KDC = """[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 TEST.LOCAL = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  acl_file = {folder}/kadm5.acl
  max_life = 1h
 }}
[logging]
 kdc = FILE:{folder}/kdc.log
"""


def tool(name: str) -> str | None:
    """Program of Kerberos, also where only root has it in its path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


class Realm:
    """TEST.LOCAL with ``alice``, ``bob`` and the service HTTP/localhost."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, closed_port()
        self.keytab = folder / "http.keytab"
        self.environment = {
            "KRB5_CONFIG": str(folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
            "KRB5CCNAME": f"FILE:{folder}/tickets",
            "KRB5_KTNAME": str(self.keytab),
        }

    def run(self, *words: str, said: str = "") -> None:
        """Run a tool of Kerberos in this realm."""
        program = tool(words[0])
        assert program is not None, words[0]
        environment = {**os.environ, **self.environment}
        subprocess.run([program, *words[1:]], input=said, text=True, env=environment, check=True, capture_output=True)

    def kinit(self, who: str = "alice") -> None:
        """Get a ticket."""
        self.run("kinit", who, said=f"{who}-pw\n")

    def tickets(self) -> int:
        """How many service tickets the KDC gave."""
        return (self.folder / "kdc.log").read_text().count("TGS_REQ")


@contextlib.contextmanager
def realm(folder: Path) -> Iterator[Realm]:
    """The realm, its KDC running, until the end of the block."""
    made = Realm(folder)
    (folder / "krb5.conf").write_text(_CONF.format(port=made.port))
    (folder / "kdc.conf").write_text(_KDC.format(port=made.port, folder=folder))
    made.run("kdb5_util", "create", "-s", "-P", "master-pw", "-r", "TEST.LOCAL")
    for query in ("addprinc -pw alice-pw alice", "addprinc -pw bob-pw bob", "addprinc -randkey HTTP/localhost",
                  f"ktadd -k {made.keytab} HTTP/localhost"):  # fmt: skip
        made.run("kadmin.local", "-r", "TEST.LOCAL", "-q", query)
    kdc = subprocess.Popen(
        [str(tool("krb5kdc")), "-n"], env={**os.environ, **made.environment}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", made.port), 1):
                break
            assert time.monotonic() < deadline, "the KDC does not start"
            assert kdc.poll() is None, "the KDC ended"
        yield made
    finally:
        kdc.terminate()
        kdc.wait(10)


class Filter:
    """What Hadoop's authentication filter does: Negotiate once, then a signed cookie. A script of ``FaultServer``.

    Attributes:
        cookies: those that are good; clear it and they have run out.
        heard: (how it was proven, name) of all requests: "ticket", "cookie" or "nothing".
        refuses: names that are known but not let in.
    """

    def __init__(self, keytab: Path, *, gives_cookie: bool = True, proves: bool = True) -> None:
        self.keytab, self.gives_cookie, self.proves = keytab, gives_cookie, proves
        self.cookies: dict[str, str] = {}
        self.heard: list[tuple[str, str]] = []
        self.refuses: set[str] = set()
        self.body = b'{"version":"0.9.0-incubating"}'

    async def __call__(self, talk: Conversation) -> None:
        while await talk.request():
            cookie = talk.headers.get("cookie", "")
            if cookie in self.cookies:
                self.heard.append(("cookie", self.cookies[cookie]))
                await talk.answer(self.body)
            elif talk.headers.get("authorization", "").startswith("Negotiate "):
                await self._negotiate(talk)
            else:
                self.heard.append(("nothing", ""))
                await talk.answer(b"{}", status=401, headers="WWW-Authenticate: Negotiate\r\n")

    async def _negotiate(self, talk: Conversation) -> None:
        name, proof = self._accept(base64.b64decode(talk.headers["authorization"][10:]))
        self.heard.append(("ticket", name))
        if name in self.refuses:
            await talk.answer(b"no", status=403, kind="text/plain")
            return
        lines = f"WWW-Authenticate: Negotiate {proof}\r\n" if self.proves else ""
        if self.gives_cookie:
            cookie = f'hadoop.auth="u={name}&s={len(self.heard)}"'
            self.cookies[cookie] = name
            lines += f"Set-Cookie: {cookie}; Path=/; HttpOnly\r\n"
        await talk.answer(self.body, headers=lines)

    def _accept(self, token: bytes) -> tuple[str, str]:
        import gssapi

        keys: Any = {"keytab": str(self.keytab)}
        context = gssapi.SecurityContext(creds=gssapi.Credentials(usage="accept", store=keys), usage="accept")
        proof = context.step(token)
        return str(context.initiator_name), base64.b64encode(proof or b"").decode()
