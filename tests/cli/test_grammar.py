"""The words are made from the table: every verb in its group, with help and an example that can be typed."""

from __future__ import annotations

import shlex

import pytest

from astrolabnet_gui.cli import app, grammar
from astrolabnet_gui.cli.words import params_of
from astrolabnet_gui.command.example import cli_example, read_line
from astrolabnet_gui.command.registry import COMMANDS, Command, Nothing, Params, Result


@pytest.mark.parametrize("verb", list(COMMANDS.values()), ids=lambda verb: verb.name)
def test_the_example_in_the_help_of_a_verb_can_be_typed(verb: Command, capsys: pytest.CaptureFixture[str]) -> None:
    line = cli_example(verb)
    noun, _, name = verb.name.partition(".")
    args = app.parse(shlex.split(line)[1:])
    read = read_line(verb.example, verb)
    assert read is not None
    alias, key, given = read
    assert verb.params.model_validate(params_of(args, verb.params)) == verb.params.model_validate(given)
    assert getattr(args, "address", None) == (None if key is None else key.address(alias))
    with pytest.raises(SystemExit) as end:
        app.parse(grammar.unfolded([noun, name, "--help"]))
    said = capsys.readouterr().out
    assert end.value.code == 0
    assert f"example: {line}" in said
    assert f"in Python: {verb.example}" in said


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("session new lal", "sessions new lal"),
        ("session.new lal", "sessions new lal"),
        ("batch.kill lal/batches/0", "batches kill lal/batches/0"),
        ("sessions", "sessions list"),
        ("session", "sessions list"),
        ("sessions lal --json", "sessions list lal --json"),
        ("tasks --watch", "tasks list --watch"),
        ("data find --text x", "data find --text x"),
        ("sessions --help", "sessions --help"),
        ("show lal", "show lal"),
        ("data", "data --help"),
        ("sessions clsoe lal/sessions/3", "sessions clsoe lal/sessions/3"),
    ],
)
def test_short_ways_to_say_it(typed: str, plain: str) -> None:
    assert grammar.unfolded(typed.split()) == plain.split()


def test_the_groups_of_the_issue_are_there_and_each_names_its_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ["servers", "sessions", "tasks", "batches", "data", "sources", "channels", "actions", "journal", "island"]
    assert set(wanted) <= grammar.nouns().keys()
    for word in wanted[:-1]:
        with pytest.raises(SystemExit) as end:
            app.parse([word, "--help"])
        said = capsys.readouterr().out
        assert end.value.code == 0
        assert all(f"    {verb}" in said for verb in grammar.verbs(word)), word
        assert grammar.CODES in said


def test_a_new_command_is_a_word_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wink(ctx: object, key: object, params: Params) -> Result:
        """Wink at a session, so that it feels seen."""
        return Result()

    example = 'net["lal"].sessions[3].wink()'
    verb = Command("session.wink", "Wink", wink, on=("sessions",), params=Nothing, example=example)
    monkeypatch.setitem(COMMANDS, verb.name, verb)
    assert app.parse(["sessions", "wink", "lal/sessions/3"]).address == "lal/sessions/3"
    assert cli_example(verb) == "astrolabnet sessions wink lal/sessions/3"
