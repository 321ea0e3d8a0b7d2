"""A java that is a script: it says which version it is, and serves in place of an unpacked Livy."""

from __future__ import annotations

import sys
from pathlib import Path

# A shell in between: a path with a blank can not stand after #!.
_SCRIPT = """#!/bin/sh
'''exec' "{python}" -S "$0" "$@"
' '''
import http.server, json, os, sys
if "-version" in sys.argv:
    sys.stderr.write("Property settings:\\n    java.home = {home}\\n    java.version = {version}\\n")
    raise SystemExit({code})
folder = sys.argv[sys.argv.index("-cp") + 1].split(os.pathsep)[0]
lines = open(os.path.join(folder, "livy.conf")).read().splitlines()
conf = dict(line.split(" = ") for line in lines)
if os.path.exists(os.path.join(os.environ["LIVY_HOME"], "broken")):
    raise SystemExit("no")


class Livy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        names = ("LIVY_HOME", "SPARK_HOME", "PYSPARK_PYTHON", "JAVA_HOME")
        env = {{name: os.environ.get(name) for name in names}}
        about = {{"version": "0.9.0", "argv": sys.argv[1:], "conf": conf, "env": env}}
        body = json.dumps(about).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.HTTPServer((conf["livy.server.host"], int(conf["livy.server.port"])), Livy).serve_forever()
"""


def fake_java(home: Path, version: str, code: int = 0) -> Path:
    """Make ``home/bin/java``; the answer is ``home``."""
    java = home / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(_SCRIPT.format(python=sys.executable, home=home, version=version, code=code))
    java.chmod(0o755)
    return home
