"""Acts that sent code become one action with their values as parameters, or it is said why they can not."""

from __future__ import annotations

import pytest

from astrolabnet_gui import command
from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.actions.notation import parameter
from astrolabnet_gui.command.action import ActionParams
from astrolabnet_gui.command.distilled import distilled
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.action import Action

assert command.__all__
SESSION = 'net["lal"].sessions[3]'
LIBRARY = Library.with_shipped().actions()
PROGRAM = Action.model_validate({"name": "jar", "title": "Jar", "kind": "spark", "program": {"file": "a.jar"}})


def sent(arguments: str) -> tuple[str, str]:
    return "session.send", f"{SESSION}.send({arguments})"


def test_code_and_actions_become_one_action() -> None:
    acts = [
        ("server.test", 'net["lal"].test()'), sent("code='n = 2', kind='pyspark'"),
        sent("'pi', kind='pyspark', darts=77"), ("server.send", 'net["lal"].send(code="print(n)")'),
    ]  # fmt: skip
    fields = distilled(acts, LIBRARY)
    made = ActionParams(title="Night", **fields).action("night")
    assert made.kind == "pyspark"
    assert made.code.startswith("n = 2\n\n")
    assert made.code.endswith("\n\nprint(n)\n")
    darts = next(p for p in made.parameters if p.name == "darts")
    assert (darts.default, darts.type) == (77, "integer")
    assert parameter(fields["parameters"][0]) == made.parameters[0]


@pytest.mark.parametrize(
    ("acts", "why"),
    [
        ([], "has sent code"),
        ([("server.test", 'net["lal"].test()')], "has sent code"),
        ([sent("code='1', kind='pyspark'"), sent("code='1', kind='sql'")], "several languages: pyspark, sql"),
        ([sent("code='select 1', kind='sql'"), sent("code='select 2', kind='sql'")], "one statement"),
        ([sent("'pi', kind='pyspark', darts=1"), sent("'pi', kind='pyspark', darts=2")], "another value: 1 and 2"),
        ([sent("'gone', darts=1")], "no longer in the library"),
        ([sent("'pi', darts=1")], "exists in several languages"),
        ([sent("'jar'")], "is a program"),
    ],
)
def test_what_can_be_no_action_is_said(acts: list[tuple[str, str]], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        distilled(acts, (*LIBRARY, PROGRAM))
