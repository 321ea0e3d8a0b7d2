"""An act as a line of the shell and as curl: it says the same, and never a secret."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.cli.app import parse
from astrolabnet_gui.cli.words import params_of
from astrolabnet_gui.command.copied import cli_line, cli_read, curl_line, curl_read
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Auth, AuthKind, Server

SERVER = Key("u")
SESSION = Key("u", "e", ("sessions", 3))
LAL = Server(uuid="u", alias="lal", url="https://lal.example:8998/livy")


@pytest.mark.parametrize(
    ("name", "key", "values"),
    [
        ("session.send", SESSION, {"code": "print('it\\'s $HOME')\n1", "kind": "pyspark"}),
        ("session.send", SESSION, {"action": "pi", "values": {"darts": 1000}, "wait": True}),
        ("session.new", SERVER, {"driver_memory": "2g", "conf": {"spark.a": "b c"}, "jars": ["a.jar", "b.jar"]}),
        ("batch.kill", Key("u", "e", ("batches", 4)), {}),
        ("island.start", None, {}),
    ],
)
def test_the_shells_line_is_read_back_as_the_same_act(name: str, key: Key | None, values: dict[str, Any]) -> None:
    words = shlex.split(cli_line(name, key, values, "lal"))
    assert words[0] == "astrolabnet"
    args = parse(words[1:])
    model = COMMANDS[name].params
    assert model.model_validate(params_of(args, model)) == model.model_validate(values)
    assert getattr(args, "address", "lal") == ("lal" if key is None else key.address("lal"))


def body_of(line: str) -> Any:
    words = shlex.split(line)
    return json.loads(words[words.index("--data-raw") + 1])


def test_curl_posts_what_was_posted() -> None:
    line = curl_line("session.send", SESSION, {"code": "it's 1", "kind": "pyspark"}, LAL)
    assert body_of(line) == {"code": "it's 1", "kind": "pyspark"}
    assert shlex.split(line)[-1] == "https://lal.example:8998/livy/sessions/3/statements"
    pi = curl_line("session.send", SESSION, {"action": "pi", "kind": "pyspark"}, LAL, Library.with_shipped().actions())
    assert "darts" in body_of(pi)["code"]
    opened = curl_line("session.new", SERVER, {"kind": "pyspark", "driver_memory": "2g"}, LAL)
    assert body_of(opened) == {"kind": "pyspark", "driverMemory": "2g"}
    ended = curl_line("session.close", SESSION, {}, LAL)
    assert shlex.split(ended)[:4] == ["curl", "-sS", "-X", "DELETE"]
    assert curl_line("server.add", None, {}, None) == ""
    assert curl_line("session.send", SESSION, {"action": "nowhere"}, LAL) == ""


@pytest.mark.parametrize(
    ("auth", "shown"),
    [
        (Auth(kind=AuthKind.BEARER, secret="env:MINE"), '"Authorization: Bearer $TOKEN"'),
        (Auth(kind=AuthKind.BASIC, user="max p", secret="keyring"), "-u 'max p':\"$TOKEN\""),
        (Auth(kind=AuthKind.HEADERS, headers={"X-Key": "hidden-name"}), '"X-Key: $TOKEN"'),
        (Auth(kind=AuthKind.SPNEGO), "--negotiate -u :"),
    ],
)
def test_no_secret_is_in_a_line(auth: Auth, shown: str) -> None:
    server = LAL.model_copy(update={"auth": auth})
    line = curl_line("session.close", SESSION, {}, server)
    assert shown in line
    assert not any(word in line for word in ("MINE", "keyring", "hidden-name"))
    conf = {"spark.hadoop.fs.s3a.secret.key": "s3cr3t"}
    for copied in (
        cli_line("session.new", SERVER, {"conf": conf}, "lal"),
        curl_line("session.new", SERVER, {"conf": conf}, server),
    ):  # fmt: skip
        assert copied
        assert "s3cr3t" not in copied


def test_a_thing_is_copied_as_its_reading() -> None:
    task = SESSION.child("statements", 7)
    assert cli_read(task, "my lal") == "astrolabnet show my%20lal/sessions/3/statements/7"
    args = parse(shlex.split(cli_read(task, "it's"))[1:])
    assert args.address == task.address("it's")
    assert curl_read(task, LAL) == "curl -sS https://lal.example:8998/livy/sessions/3/statements/7"
    assert curl_read(SERVER, LAL) == "curl -sS https://lal.example:8998/livy/sessions"
    guarded = LAL.model_copy(update={"auth": Auth(kind=AuthKind.BEARER, secret="env:MINE")})
    assert '"Authorization: Bearer $TOKEN"' in curl_read(SESSION, guarded)
    assert "MINE" not in curl_read(SESSION, guarded)
    assert curl_read(Key("", "", ("actions", "pi")), None) == ""
    assert curl_read(Key("u", "", ("catalogs", "spark_catalog")), LAL) == ""
