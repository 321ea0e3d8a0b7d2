"""The line protocol: every message survives the way, whatever text is in it; what is no message is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.island import protocol as p

TEXT = st.text(alphabet=st.characters(exclude_categories=()))  # lone surrogates and NUL included
MESSAGES: list[p.Request | p.Event] = [
    p.Start(
        java_home="/j", work_dir="/w", conf={"a": "b"}, java_args=("-X", "-Y"), warm=("spark",), r={"command": "R"}
    ),
    p.Run(id=1, kind="sql", code="select 1"),
    p.Cancel(id=1),
    p.Complete(rid=2, kind="pyspark", code="sp", cursor=2),
    p.Add(rid=3, what="jar", path="/x.jar"),
    p.Adopt(name="n", kind="shared", conf={"spark.sql.x": "1"}),
    p.Stop(),
    p.Up(py_pid=1, jvm_pid=2),
    p.Idle(app_id="a", ui_url="u", spark_version="3", java_version="17", python_version="3", r="bridge"),
    p.Running(id=1, started=5),
    p.Progress(id=1, value=0.5),
    p.Done(id=1, state="available", output={"data": [1, [2]]}, completed=6),
    p.Candidates(rid=2, candidates=("a", "b")),
    p.Added(rid=3, error=""),
    p.Adopted(error=""),
    p.Fatal(message="m"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_every_message_survives_the_way(message: p.Request | p.Event) -> None:
    load = p.load_request if isinstance(message, p.Request) else p.load_event
    assert load(p.dump(message)) == message


@given(TEXT)
def test_any_text_is_one_line_of_ascii(text: str) -> None:
    line = p.dump(p.Run(id=0, kind="pyspark", code=text))
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert p.load_request(line) == p.Run(id=0, kind="pyspark", code=text)


def test_unknown_fields_are_ignored() -> None:
    assert p.load_event('{"ev":"added","rid":1,"error":"","new":2}') == p.Added(rid=1, error="")


@pytest.mark.parametrize("line", ["", "[]", "7", "{}", '{"op":"run"}', '{"op":"nonsense"}', '{"ev":"idle"}', "\x00"])
def test_what_is_no_message_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a line of the session protocol"):
        p.load_request(line)


def test_numbers_json_has_not_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        p.dump(p.Done(id=0, state="available", output={"x": float("nan")}, completed=0))
