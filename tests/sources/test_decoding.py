"""Messages of every broker are read by one decoder; what is broken is said, and costs nothing else."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.errors import Malformed
from astrolabnet_gui.sources.decoding import ddl, decoder, numbers, opened, plain, schema_of
from astrolabnet_gui.sources.packet import Packet
from tests import alerts


def packet(key: bytes | None, value: bytes | None) -> Packet:
    return Packet(topic="t", partition=0, offset=1, key=key, value=value)


@pytest.mark.parametrize("form", alerts.FORMS)
def test_each_form_is_known_and_read(form: str) -> None:
    [alert] = alerts.alerts(1)
    message = packet(*alerts.FORMS[form](alert))
    [found] = opened([message], registry={alerts.NUMBER: alerts.TEXT})
    assert found.form == form
    assert found.tree == plain(alert)
    schema = schema_of(message, registry={alerts.NUMBER: alerts.TEXT})
    assert (schema == "") == (form == "json")


def test_a_schema_that_was_given_reads_bare_data() -> None:
    [alert] = alerts.alerts(1)
    message = packet(b"ZTF24aaa", alerts.bare(alert))
    assert opened([message], given=alerts.TEXT)[0].tree == plain(alert)
    [blind] = opened([message])
    assert blind.form == "unknown"
    assert "give a schema or a registry" in blind.problem


def test_only_the_numbers_that_are_needed_are_asked_for() -> None:
    forms = [packet(*alerts.FORMS[form](alert)) for form in alerts.FORMS for alert in alerts.alerts(2)]
    assert numbers(forms) == {alerts.NUMBER}
    [found] = opened([packet(*alerts.confluent(alerts.alerts(1)[0]))])
    assert found.form == "confluent"
    assert str(alerts.NUMBER) in found.problem


def test_stamps_are_named_not_shown() -> None:
    [alert] = alerts.alerts(1, stamps=True)
    [found] = opened([packet(*alerts.container(alert))])
    size = len(alert["cutoutScience"]["stampData"])
    assert found.tree["cutoutScience"]["stampData"] == f"⟨{size} bytes, gzip⟩"
    assert gzip.decompress(alert["cutoutScience"]["stampData"]).startswith(b"SIMPLE  =")


def test_broken_messages_stay_alone() -> None:
    [alert] = alerts.alerts(1)
    whole = alerts.container(alert)[1]
    bad = [
        (None, whole[:60]), (None, whole[:-30]), (alerts.TEXT.encode(), b"\x02"), (None, b"\0\0\0\0\x2a"),
        (alerts.TEXT.encode(), alerts.bare(alert) + b"more"), (None, b"{not json"), (b'{"type":"record"}', b"x"),
        (None, b"[1, 2]"), (None, b""),
    ]  # fmt: skip
    found = opened([packet(*one) for one in bad] + [packet(None, None), packet(None, whole)])
    assert all(one.problem.endswith(".") and one.tree is None for one in found[:-1]), found
    assert found[-1].tree == plain(alert)


@given(st.binary(max_size=200), st.one_of(st.none(), st.binary(max_size=60)))
def test_no_bytes_whatever_raise(value: bytes, key: bytes | None) -> None:
    [found] = opened([packet(key, value)], given=alerts.TEXT, registry={0: alerts.TEXT})
    assert (found.tree is None) == bool(found.problem)


def test_columns_of_a_schema() -> None:
    assert ddl(alerts.TEXT) == (
        "struct<`objectId`:string,`candid`:bigint,`candidate`:struct<`jd`:double,`fid`:int,`ra`:double,`dec`:double,"
        "`magpsf`:double,`sigmapsf`:double,`rb`:double,`ndethist`:int>,"
        "`prv_candidates`:array<struct<`jd`:double,`fid`:int,`magpsf`:double,`sigmapsf`:double,`isdiffpos`:boolean>>,"
        "`cutoutScience`:struct<`fileName`:string,`stampData`:binary>,"
        "`cutoutTemplate`:struct<`fileName`:string,`stampData`:binary>>"
    )
    odd = {"type": "record", "name": "a", "fields": [
        {"name": "back`tick", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "e", "type": {"type": "enum", "name": "x", "symbols": ["A"]}}, {"name": "again", "type": "x"},
        {"name": "m", "type": {"type": "map", "values": "float"}}]}  # fmt: skip
    assert ddl(json.dumps(odd)) == "struct<`back``tick`:timestamp,`e`:string,`again`:string,`m`:map<string,float>>"


@pytest.mark.parametrize(
    "text", ["", "[]", '"string"', '{"type": "record"}',
             '{"type":"record","name":"a","fields":[{"name":"x","type":["null","a"]}]}',
             '{"type":"record","name":"a","fields":[{"name":"x","type":"nobody"}]}'],
)  # fmt: skip
def test_what_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        ddl(text)
    assert caught.value.field == "avro_schema"


def test_long_and_deep_things_are_cut() -> None:
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    tree = plain({"long": "x" * 9000, "many": list(range(999)), "deep": deep, "nan": float("nan")})
    assert tree["long"].endswith("(9000 characters)")
    assert tree["many"][-1] == "… (999 in all)"
    assert tree["nan"] == "nan"
    assert "…" in json.dumps(tree["deep"], ensure_ascii=False)


def test_the_decoder_needs_nothing_of_ours() -> None:
    """It runs on servers that know only the standard library and fastavro."""
    assert "astrolabnet_gui" not in (decoder().__doc__ or "") + "".join(sorted(vars(decoder())))
