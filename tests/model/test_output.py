"""What a finished statement says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.model.output import TABLE_MIME, Failure, Image, Json, Table, Text, is_large, parse, shortened
from tests.model.test_livy import JSON

MIMES = st.sampled_from(["text/plain", "application/json", TABLE_MIME, "image/png", "msg_type", "content", "x/y"])
KEYS = st.sampled_from(
    ["status", "data", "ename", "evalue", "traceback", "headers", "schema", "fields", "name", "type"]
)
SHAPED = st.recursive(
    JSON | st.sampled_from(["error", "ok", "execute_reply"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MIMES | KEYS, inner, max_size=5),
    max_leaves=15,
)


@given(st.none() | st.dictionaries(KEYS, st.dictionaries(MIMES, SHAPED, max_size=4) | SHAPED, max_size=5))
def test_never_raises(output: dict[str, Any] | None) -> None:
    parts = parse(output)
    assert all(isinstance(p, (Text, Table, Json, Image, Failure)) for p in parts)
    if output and output.get("status") == "error":
        assert isinstance(parts[0], Failure)


def ok(**data: Any) -> dict[str, Any]:
    return {"status": "ok", "execution_count": 0, "data": {k.replace("_", "/"): v for k, v in data.items()}}


def test_text_is_there_unless_empty() -> None:
    assert parse(ok(text_plain="2")) == (Text(text="2"),)
    assert parse(ok(text_plain="")) == ()


def test_a_table_comes_before_text() -> None:
    data = {"text/plain": "x", TABLE_MIME: {"headers": [{"name": "a", "type": "INT_TYPE"}], "data": [[1], [None]]}}
    table, text = parse({"status": "ok", "data": data})
    assert isinstance(table, Table)
    assert table.rows == ((1,), (None,))
    assert text == Text(text="x")


def test_sql_structs_get_their_names() -> None:
    struct = {"schema": [{"name": "a"}, {"name": "b"}], "values": [1, [{"schema": [{"name": "c"}], "values": [2]}]]}
    fields = [{"name": "s", "type": {"type": "struct", "fields": []}}]
    (table,) = parse(ok(application_json={"schema": {"fields": fields}, "data": [[struct], [None]]}))
    assert isinstance(table, Table)
    assert table.rows == (({"a": 1, "b": [{"c": 2}]},), (None,))
    assert table.columns[0].type == '{"type": "struct", "fields": []}'


def test_an_error_that_livy_calls_ok_is_a_failure() -> None:
    content = {"ename": "KeyError", "evalue": "'nope'", "traceback": ["KeyError: 'nope'\n"], "status": "error"}
    (failure,) = parse({"status": "ok", "data": {"msg_type": "execute_reply", "content": content}})
    assert failure == Failure(name="KeyError", message="'nope'", traceback=("KeyError: 'nope'\n",))


@pytest.mark.parametrize("value", ["ab", [["x"]], {"schema": {"fields": [1]}, "data": []}, {"schema": 1}, None])
def test_json_that_is_no_table_stays_json(value: Any) -> None:
    expected = Text(text="ab") if value == "ab" else Json(value=value)
    assert parse(ok(application_json=value)) in ((expected,), (Json(value=value),))


def test_rows_of_text_are_no_rows() -> None:
    (part,) = parse({"status": "ok", "data": {TABLE_MIME: {"headers": [{"name": "a"}], "data": ["abc"]}}})
    assert isinstance(part, Json)


def test_pictures_stay_encoded() -> None:
    assert parse(ok(image_png="aGk=")) == (Image(mime="image/png", base64="aGk="),)


def test_large_is_over_a_megabyte_as_json() -> None:
    assert not is_large(None)
    assert not is_large({"data": "x" * 900_000})
    assert is_large({"data": "x" * 1_100_000})
    assert is_large({"data": [[n, n] for n in range(130_000)]})
    assert not is_large(object()), "no plain data: nobody can tell"


@given(st.none() | st.dictionaries(KEYS, st.dictionaries(MIMES, SHAPED, max_size=4) | SHAPED, max_size=5))
def test_what_stays_of_a_large_one_tells_as_well_whether_it_failed(output: dict[str, Any] | None) -> None:
    if output is not None:
        left = shortened(output)
        failed = any(isinstance(part, Failure) for part in parse(output))
        assert failed == (left is not None)
        assert left is None or isinstance(parse(left)[0], Failure)
