"""The table of verbs is whole, and each verb can be read, shown and written as Python."""

from __future__ import annotations

import ast

import pytest

import astrolabnet_gui.command  # noqa: F401  (fills the table)
from astrolabnet_gui.command.line import masked, python_line
from astrolabnet_gui.command.registry import COMMANDS, Command, Nothing
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import KINDS
from astrolabnet_gui.resources import resource

NAMES = {
    "workspace.share", "workspace.open", "workspace.merge", "workspace.use", "workspace.connect", "server.connect",
    "server.add", "server.test", "server.trust", "server.edit", "server.remove", "server.send", "server.collect",
    "server.tint", "server.move", "server.restore", "server.probe", "server.offers", "preferences.set",
    "plugin.list", "plugin.trust", "plugin.distrust",
    "island.start", "island.stop", "island.log", "island.status",
    "session.new", "session.close", "session.send", "session.log", "session.complete",
    "task.cancel", "task.again", "task.reconcile", "task.find", "task.result", "task.keep", "task.delete",
    "task.export", "task.save", "task.compare", "task.forward", "task.log",
    "action.new", "action.edit", "action.duplicate", "action.remove", "action.restore", "action.load", "action.export",
    "session.keep", "session.attach", "session.adopt", "session.orphans", "session.clean", "session.closeall",
    "session.forget", "session.options", "journal.begin", "journal.moments", "journal.past", "journal.since",
    "journal.script",
    "group.send", "group.retry", "group.leave", "group.cancel", "group.result", "group.save", "group.remove",
    "batch.new", "batch.again", "batch.forward", "batch.kill", "batch.log", "sky.load",
    "source.add", "source.edit", "source.remove", "source.restore", "source.presets", "source.test", "source.topics",
    "source.tail", "source.look", "source.query", "source.tables",
    "data.look", "data.more", "data.find", "table.look", "table.count", "table.fingerprint", "table.compare",
    "table.histogram", "table.density", "table.series", "table.sky", "table.lightcurve", "table.stamps", "table.packet",
    "table.facts", "table.schema", "table.measure", "table.profile", "session.lend",
    "file.open", "file.summary", "file.table",
    "tap.query", "tap.fetch", "table.samp", "samp.point", "samp.receive",
    "table.load", "table.export", "table.cone", "table.match",
    "dataset.new", "dataset.edit", "dataset.drop", "dataset.declare", "dataset.newest", "dataset.ask", "dataset.prove",
    "registry.use", "registry.share", "registry.learn", "job.place",
    "channel.new", "channel.find", "channel.status", "channel.pause", "channel.start", "channel.delete",
    "channel.restore", "channel.subscribe", "channel.check", "channel.edit", "channel.throttle", "channel.rewind",
    "channel.table", "island.kafka", "route.probe", "route.matrix", "route.relay",
    "channel.try", "channel.rehearse", "channel.replay", "channel.prove", "channel.mend", "channel.route",
    "channel.schedule", "channel.watch", "channel.unwatch",
    "channel.times", "channel.serve", "table.refer", "table.unrefer", "table.mend",
}  # fmt: skip
SESSION = Key("u", "e", ("sessions", 3))


def test_the_verbs_are_these() -> None:
    assert set(COMMANDS) == NAMES


@pytest.mark.parametrize("command", [COMMANDS[name] for name in sorted(NAMES)], ids=lambda c: c.name)
def test_a_verb_is_whole(command: Command) -> None:
    assert len(command.help) > 40
    assert set(command.on) <= set(KINDS)
    assert command.icon
    assert resource("icons", f"{command.icon}.svg").is_file()
    assert command.inverse in ("", *COMMANDS)
    asks = any(f.is_required() for f in command.params.model_fields.values())
    assert command.title.endswith("…") or not asks, "a verb that needs an answer says so in the menu"
    ast.parse(command.example, mode="eval")
    for name, field in command.params.model_fields.items():
        extra = field.json_schema_extra
        assert extra is None or (
            isinstance(extra, dict) and set(extra) <= {"widget", "advanced", "remember", "none"}
        ), name
    command.params.model_json_schema()


@pytest.mark.parametrize(
    ("name", "key", "params", "line"),
    [
        ("session.send", SESSION, {"action": "pi", "values": {"darts": 10}},
         "net['lal'].sessions[3].send('pi', darts=10)"),
        ("session.send", SESSION, {"code": "1+1", "kind": "sql"},
         "net['lal'].sessions[3].send(kind='sql', code='1+1')"),
        ("session.send", SESSION, {"action": "a", "kind": "sql", "values": {"kind": 1}},
         "net['lal'].sessions[3].send('a', kind='sql', values={'kind': 1})"),
        ("server.send", Key("u"), {"code": "x = '\"'"}, "net['lal'].send(code='x = \\'\"\\'')"),
        ("session.new", Key("u"), {"kind": "sql"}, "net['lal'].new_session(kind='sql')"),
        ("task.cancel", SESSION.child("statements", 7), {}, "net['lal'].sessions[3].tasks[7].cancel()"),
        ("batch.log", Key("u", "e", ("batches", "b-1")), {}, "net['lal'].batches['b-1'].log()"),
        ("sky.load", Key("u"), {"alerts": 8}, "net['lal'].load_sky(alerts=8)"),
        ("island.start", None, {}, "net.island.start()"),
        ("action.remove", Key("", "", ("actions", "pi")), {}, "net.actions['pi'].remove()"),
        ("server.add", None, {"alias": "a", "url": "http://a", "secret": "hunter2", "headers": {"X": "hunter3"}},
         "net.server.add(alias='a', url='http://a', secret='•••', headers={'X': '•••'})"),
    ],
)  # fmt: skip
def test_the_line_of_python(name: str, key: Key | None, params: dict[str, object], line: str) -> None:
    command = COMMANDS[name]
    given = command.params.model_validate(params)
    assert python_line(command, key, given, "lal") == line
    ast.parse(line, mode="eval")


def test_what_is_not_given_is_not_written() -> None:
    assert masked(Nothing()) == {}
