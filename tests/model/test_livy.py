"""What Livy sends, whatever it sends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from astrolabnet_gui.client.body import json_of
from astrolabnet_gui.model.livy import (
    Batch,
    Batches,
    LogPage,
    NewBatch,
    NewSession,
    NewStatement,
    Session,
    Sessions,
    Statement,
    Statements,
    Version,
)
from astrolabnet_gui.model.spark import Application, Executor, Job, Progress, Stage

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
MODELS = (Session, Batch, Statement, Sessions, Batches, Statements, LogPage, Version, Job, Stage, Executor, Application)
NAMES = sorted({field.alias or name for model in MODELS for name, field in model.model_fields.items()})
OBJECTS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), JSON, max_size=12)


@given(st.sampled_from(MODELS), OBJECTS | JSON)
def test_anything_is_a_value_or_a_validation_error(model: Any, sent: Any) -> None:
    try:
        value = model.model_validate(sent)
    except ValidationError:
        return
    assert isinstance(value, model)


@settings(max_examples=40)
@given(OBJECTS)
def test_unknown_fields_are_ignored(more: dict[str, Any]) -> None:
    extra = {k: v for k, v in more.items() if k not in Session.model_fields}
    assert Session.model_validate({**extra, "id": 1, "state": "idle"}) == Session(id=1, state="idle")


@given(JSON)
def test_a_surprising_output_does_not_lose_the_statement(output: Any) -> None:
    assert Statement.model_validate({"id": 1, "state": "available", "output": output}).id == 1


@given(JSON)
def test_a_surprising_progress_is_a_fraction(progress: Any) -> None:
    value = Statement.model_validate({"id": 1, "state": "running", "progress": progress})
    assert 0.0 <= value.progress <= 1.0


@settings(max_examples=40)
@given(st.lists(JSON | OBJECTS, max_size=8))
def test_a_list_keeps_its_good_rows(rows: list[Any]) -> None:
    good = {"id": "good", "state": "idle"}
    listing = Sessions.model_validate({"sessions": [*rows, good]})
    assert listing.sessions[-1].id == "good" or any(isinstance(r, dict) and r.get("id") == "good" for r in rows)
    assert len(listing.sessions) + len(listing.broken) == len(rows) + 1


@given(st.text(max_size=80).map(lambda s: json.dumps(s).encode()))
def test_json_text_survives(body: bytes) -> None:
    """Lone halves of pairs become U+FFFD; all else is as sent."""
    sent: str = json.loads(body)
    assert json_of(body) == "".join("�" if 0xD800 <= ord(c) < 0xE000 else c for c in sent)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'"a\ud800"', "a�"),
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"\\ud800"', "\\ud800"),
        (rb'"\\\ud800"', "\\�"),
        (rb'"\ud800\ud83d\ude00"', "�😀"),
        (b'"\xed\xa0\x80"', "���"),
        (b"\xef\xbb\xbf{}", {}),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
)
def test_odd_text(body: bytes, value: object) -> None:
    assert json_of(body) == value


@given(st.binary(max_size=200))
def test_bytes_are_json_or_a_value_error(body: bytes) -> None:
    try:
        value = json_of(body)
    except ValueError:
        value = None
    assert json.dumps(json_of(json.dumps(value).encode())) == json.dumps(value)


@pytest.mark.parametrize("id", [-1, 2**63, 1.5, True, "", None, [], "x" * 257])
def test_no_ids(id: object) -> None:
    with pytest.raises(ValidationError):
        Session.model_validate({"id": id, "state": "idle"})


def test_only_what_was_set_travels() -> None:
    assert NewSession(kind="pyspark").body() == {"kind": "pyspark"}
    assert NewStatement(code="").body() == {"code": ""}
    assert NewBatch(file="x.py", args=("a", "b c")).body() == {"file": "x.py", "args": ("a", "b c")}
    with pytest.raises(ValidationError):
        NewSession.model_validate({"kynd": "pyspark"})


def test_a_list_without_its_rows_is_no_list() -> None:
    """An empty object must not look like an empty server: all would seem gone."""
    for model in (Sessions, Batches, Statements):
        with pytest.raises(ValidationError):
            model.model_validate({})


def test_only_a_complete_list_says_what_is_gone() -> None:
    row = {"id": 0, "state": "idle"}
    for model in (Sessions, Batches):
        assert model.model_validate({"total": 1, "sessions": [row]}).complete
        assert not model.model_validate({"total": 2, "sessions": [row]}).complete
        assert not model.model_validate({"from": 1, "total": 1, "sessions": [row]}).complete
        assert not model.model_validate({"sessions": [row, {"id": -1}]}).complete


def test_progress_of_spark() -> None:
    assert Progress().fraction is None
    assert Progress(tasks_total=4, tasks_done=1).fraction == 0.25
    assert Progress(tasks_total=4, tasks_done=5).fraction == 1.0
