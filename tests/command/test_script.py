"""What was done is given as a program; the program, run and recorded, is the same program."""

from __future__ import annotations

from pathlib import Path

import pytest

import astrolabnet_gui
from astrolabnet_gui.cli.prompt import script
from astrolabnet_gui.command.script import Done, script_of
from astrolabnet_gui.model.key import Key

from ..faultlivy import FaultLivy, faultlivy

SESSION = Key("u", "e", ("sessions", 3))
TASK = SESSION.child("statements", 7)


def recorded() -> str:
    """All that this home's journal holds, as a script."""
    with astrolabnet_gui.connect() as net:
        said: list[str] = []
        net._say = said.append
        net.journal.script(time="0")
    return said[0]


def test_servers_are_parameters_and_what_was_made_has_a_name() -> None:
    made = script_of(
        [
            Done("net['my lal'].new_session(kind='sql')", Key("u"), SESSION),
            Done("net['my lal'].sessions[3].send(code=\"net['my lal']\")", SESSION, TASK),
            Done("net['my lal'].sessions[3].tasks[7].cancel()", TASK),
            Done("net['cern'].sessions[3].close()", Key("v", "e", ("sessions", 3))),
            Done("net['my lal'].edit_server(secret='•••')", Key("u")),
        ]
    )
    assert made.splitlines()[2:] == [
        "my_lal = 'my lal'", "cern = 'cern'", "",
        "session = net[my_lal].new_session(kind='sql')",
        "task = session.send(code=\"net['my lal']\")",
        "task.cancel()",
        "net[cern].sessions[3].close()",
        "net[my_lal].edit_server(secret='•••')  # put the secret here",
    ]  # fmt: skip


def test_a_script_run_and_recorded_is_the_same_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with faultlivy(FaultLivy(starts_s=0, lasts_s=0)) as lal:
        first = (
            "# recorded by AstroLabNet; run it with: astrolabnet -s FILE\n\nlal = 'lal'\n\n"
            f"net.server.add(alias='lal', url={lal.url!r})\n"
            "session = net[lal].new_session(driver_memory='2g')\n"
            "session.send(code='1+1', wait=True)\n"
            "session.close()\n"
        )
        for home in ("one", "two"):
            monkeypatch.setenv("ASTROLABNET_HOME", str(tmp_path / home))
            file = tmp_path / f"{home}.py"
            file.write_text(first, encoding="utf-8")
            script(file)
            assert recorded() == first
