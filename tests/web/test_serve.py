"""The real program: a link and a token file, acts written into the journal, an end that leaves no token behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx


def test_it_serves_acts_and_ends(tmp_home: Path) -> None:
    words = [sys.executable, "-m", "astrolabnet_gui", "web", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            link = program.stdout.readline().strip()
            file = Path(program.stdout.readline().strip().partition("programs: ")[2])
            secrets = json.loads(file.read_text(encoding="utf-8"))
            assert link.startswith(secrets["url"] + "#")
            assert secrets["run"] not in link
            headers = {"Authorization": f"Bearer {secrets['run']}"}
            with httpx.Client(base_url=secrets["url"], headers=headers, trust_env=False, timeout=30) as client:
                body = {"params": {"alias": "lal", "url": "http://127.0.0.1:9"}}
                assert client.post("api/commands/server.add", json=body).json()["focus"] == "lal"
                asked = client.post("api/commands/server.remove", json={"on": "lal"})
                answers = {asked.json()["problem"]["question"]["text"]: "yes"}
                gone = client.post("api/commands/server.remove", json={"on": "lal", "answers": answers})
                assert (asked.status_code, gone.status_code) == (409, 200)
                action = client.get("api/things//actions/pi").json()
                assert (action["address"], action["kind"]) == ("/actions/pi", "Action")
                rows = client.get("api/journal").json()["rows"]
                told = [(row["command"], row["state"]) for row in reversed(rows)]
                acts = ("server.add", "server.remove")
                assert told == [(act, state) for act in acts for state in ("INTENT", "DONE")]
                with client.stream("GET", "api/events") as events:
                    lines = events.iter_lines()
                    assert next(lines) == "event: reset"
                    program.send_signal(signal.SIGTERM)
                    assert "" in list(lines), "the first event was whole, and the stream was ended"
            assert program.wait(30) == 0
            assert not file.exists()
        finally:
            program.kill()


SLOW = """
import sys, time
from astrolabnet_gui.network.outbox import Outbox
from astrolabnet_gui.web.serve import main
told = Outbox.subscribe
Outbox.subscribe = lambda *words: (time.sleep(1.5), told(*words))
sys.exit(main(["--port", "0"]))
"""


def test_the_link_is_not_told_before_the_engines_first_word(tmp_home: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            program.stdout.readline()
            file = Path(program.stdout.readline().strip().partition("programs: ")[2])
            secrets = json.loads(file.read_text(encoding="utf-8"))
            headers = {"Authorization": f"Bearer {secrets['read']}"}
            known = httpx.get(secrets["url"] + "api/things", headers=headers, trust_env=False, timeout=30).json()
            assert known["things"], "what was set up is told at once"
        finally:
            program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 0
