"""Lines for a person, JSON for a program; nothing a server says steers the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from astrolabnet_gui.cli import show
from astrolabnet_gui.cli.listing import print_listing
from astrolabnet_gui.cli.listing import things as listed
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store

from .fakes import LAL, server, session, task


def store(*things: Any) -> Store:
    """A store of these."""
    filled = Store()
    filled.apply(Delta(LAL.server, added=things))
    return filled


def shown(output: dict[str, Any], capsys: pytest.CaptureFixture[str], state: str = "done", **more: Any) -> Any:
    """What is printed of a task's output, and whether it ended well."""
    payload = task(state, output).payload
    assert isinstance(payload, Task)
    good = show.result(payload, state, as_json=more.get("as_json", False))
    said = capsys.readouterr()
    return said.out, said.err, good


def ok(**data: Any) -> dict[str, Any]:
    """A good output of these MIME types."""
    return {"status": "ok", "execution_count": 0, "data": {k.replace("_", "/"): v for k, v in data.items()}}


def test_plain_text_cannot_steer_the_terminal() -> None:
    assert show.plain("a\x1b[31mb\x07\u202ec\td\ne\r") == "a[31mbc\td\ne"
    assert show.plain("Größe ≤ 3 ☆") == "Größe ≤ 3 ☆"


def test_text_and_table_and_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(ok(text_plain="1\x1b[0m"), capsys) == ("1[0m\n", "", True)
    rows = {"schema": {"type": "struct", "fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]},
            "data": [[1, "x y"], [None, "z\nz"]]}  # fmt: skip
    out, _, good = shown(ok(application_json=rows), capsys)
    assert out.splitlines() == ["a  b", "1  x y", "   z z"]
    assert good
    failure = {"status": "error", "ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": ["Tb\n"]}
    out, err, good = shown(failure, capsys, "failed")
    assert (out, good) == ("", False)
    assert err.splitlines() == ["Tb", "ZeroDivisionError: division by zero", "The task ended as: failed."]


def test_picture_and_json_are_named_or_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "a picture, image/png" in shown(ok(image_png="iVBORw0KGgo="), capsys)[0]
    assert json.loads(shown(ok(application_x={"k": [1]}), capsys)[0]) == {"k": [1]}


def test_result_as_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    out, _, good = shown(ok(text_plain="a\nb"), capsys, as_json=True)
    assert json.loads(out)["output"]["data"] == {"text/plain": "a\nb"}
    assert out.count("\n") == 1
    assert good


def test_rows_name_address_state_progress_and_problem(capsys: pytest.CaptureFixture[str]) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    far = server("far away", "no answer", "it does not answer").model_copy(update={"stale_since": long_ago})
    things = store(server("lal"), session("busy"), task("running", progress=0.25), far)
    print_listing(listed(things, things.things.values()), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["ADDRESS", "STATE", "SINCE", "WHAT"]
    assert lines[2].startswith("lal/sessions/3 ")
    assert "running 25%" in lines[3]
    assert "far%20away" in lines[4]
    assert "(no answer, last seen 3 h ago)" in lines[4]
    assert lines[4].endswith("it does not answer")


def test_rows_as_json_are_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    things = store(server("lal"), session("busy"))
    print_listing(listed(things, things.things.values()), as_json=True)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [t["address"] for t in told] == ["lal", "lal/sessions/3"]
    assert told[1]["state"] == "busy"
    assert told[1]["health"] == "busy"


def test_no_rows_print_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_listing(listed(Store(), []), as_json=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "3 s ago"), (120, "2 min ago"), (7200, "2 h ago"), (1e6, "12 d ago")]
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert show.ago(datetime.now(UTC) - timedelta(seconds=seconds)) == words


def test_a_failure_is_told_with_its_cause(capsys: pytest.CaptureFixture[str]) -> None:
    output = {"status": "error", "ename": "ModuleNotFoundError", "evalue": "No module named 'healpy'", "traceback": []}
    bad = task("failed", output)
    here = store(server("lal"), session(), bad)
    cause = show.why(here, bad)
    assert cause is not None
    assert isinstance(bad.payload, Task)
    assert not show.result(bad.payload, "failed", as_json=False, cause=cause)
    assert "Why: The module healpy is not installed where the code ran. Install it" in capsys.readouterr().err
    show.result(bad.payload, "failed", as_json=True, cause=cause)
    assert json.loads(capsys.readouterr().out)["cause"]["code"] == "missing module"
    print_listing(listed(here, [bad]), as_json=False)
    assert "The module healpy is not installed" in capsys.readouterr().out
    print_listing(listed(here, [bad, server("lal")]), as_json=True)
    told = [json.loads(line)["cause"] for line in capsys.readouterr().out.splitlines()]
    assert told[0]["evidence"] == "ModuleNotFoundError: No module named 'healpy'"
    assert told[1] is None


def test_what_a_command_gave_is_rows_and_lines_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {
            "name": "ztf",
            "about": "x" * 90,
            "on": True,
            "of": {"kind": "kafka", "key": ""},
            "tags": ["a", "b"],
            "none": "",
        }
    ]
    show.told({"presets": rows, "count": 1, "words": "1 preset", "undo": {}, "deep": {"a": [1]}}, "1 preset.")
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["count: 1", '{"deep": {"a": [1]}}']
    assert said[2].split() == ["NAME", "ABOUT", "ON", "OF", "TAGS"]
    assert said[3].split() == ["ztf", "x" * 47 + "…", "yes", "kind:", "kafka;", "key", "a,", "b"]
    show.told({"plugins": []})
    show.told([1, 2])
    show.told({"text": "\x1b[2Jevil"})
    assert capsys.readouterr().out.splitlines() == ["[1, 2]", "text: [2Jevil"]
