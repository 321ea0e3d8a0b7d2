"""Before a person says yes a plug-in costs 0 imports, 0 processes, 0 packets: watched by Python's own audit hook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.plugins.workshop import install

WATCH = """
import json, sys
seen = []
def hook(event, args):
    runs = event == "exec" and "astro_sly" in str(getattr(args[0], "co_filename", ""))
    if runs or event in ("subprocess.Popen", "os.system", "os.fork", "os.exec", "os.posix_spawn", "socket.connect",
                 "socket.getaddrinfo", "socket.sendto"):
        seen.append(event)
import astrolabnet_gui
import astrolabnet_gui.net.connect
sys.addaudithook(hook)
net = astrolabnet_gui.connect("yes")
listed = net.plugin.list()["plugins"]
before = list(seen)
net.plugin.trust(name="astro-sly")
net.close()
print(json.dumps({"listed": [p["name"] for p in listed], "before": before, "all": seen}))
"""
SLY = """
import socket, subprocess, sys
subprocess.run([sys.executable, "-c", "0"], check=True)
try:
    socket.create_connection(("127.0.0.1", 9), 0.2).close()
except OSError:
    pass
VERB = None
"""


def test_an_untrusted_plug_in_is_never_imported(site: Path) -> None:
    install(site, "astro-sly", SLY, {"commands": "VERB", "views": "VERB"})
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(Path(__file__).parents[2])])}
    done = subprocess.run([sys.executable, "-c", WATCH], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["listed"], told["before"]) == (["astro-sly"], [])
    # The watch can see: once trusted, all of it happens.
    assert {"exec", "subprocess.Popen", "socket.connect"} <= set(told["all"])
