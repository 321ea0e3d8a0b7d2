"""A driver without Spark, for faults: its statements are orders to itself.

``sleep`` never ends; ``exit N`` ends the process; ``hang`` ignores the end of its input; ``big N`` prints N
characters; ``half`` ends in the middle of a line; ``noise`` writes what is no event; anything else is echoed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time

ran: dict[int, threading.Event] = {}


def say(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def done(number: int, text: str, state: str = "available") -> None:
    output = {"status": "ok", "execution_count": number, "data": {"text/plain": text}}
    say(ev="done", id=number, state=state, output=output, completed=int(time.time() * 1000))


def run(number: int, code: str) -> None:
    say(ev="running", id=number, started=int(time.time() * 1000))
    word, _, rest = code.partition(" ")
    if word == "sleep":
        return
    if word == "exit":
        os._exit(int(rest))
    if word == "half":
        sys.stdout.write('{"ev":"done","id":')
        sys.stdout.flush()
        os._exit(1)
    if word == "noise":
        sys.stdout.write("this is no event\n")
    if word == "progress":
        say(ev="progress", id=number, value=0.5)
        return
    done(number, "x" * int(rest) if word == "big" else code)


def main() -> None:
    start = json.loads(sys.stdin.readline())
    if start["conf"].get("spark.fake") == "fails":
        say(ev="fatal", message="The session could not start: as ordered.")
        os._exit(1)
    print("a line of the log", file=sys.stderr, flush=True)
    say(ev="up", py_pid=os.getpid(), jvm_pid=os.getpid())
    if start["conf"].get("spark.fake") != "slow":
        idle()
    for line in sys.stdin:
        message = json.loads(line)
        match message["op"]:
            case "run":
                if message["code"] == "hang":
                    while True:
                        time.sleep(60)
                run(message["id"], message["code"])
            case "cancel":
                done(message["id"], "", state="cancelled")
            case "complete":
                say(ev="candidates", rid=message["rid"], candidates=[message["code"] + "!"])
            case "add":
                wrong = "no such file" if "missing" in message["path"] else ""
                say(ev="added", rid=message["rid"], error=wrong)
            case "adopt":
                say(ev="adopted", error="")
            case "stop":
                os._exit(0)


def idle() -> None:
    versions = {"spark_version": "3.5.9", "java_version": "17", "python_version": "3.11", "r": "none: fake"}
    say(ev="idle", app_id="local-1", ui_url="http://127.0.0.1:4040", **versions)


main()
