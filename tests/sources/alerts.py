"""Alerts in all forms in which brokers send them."""

from __future__ import annotations

import io
import json
from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "record", "name": "alert", "namespace": "test.sky",
    "fields": [
        {"name": "objectId", "type": "string"}, {"name": "candid", "type": "long"},
        {"name": "candidate", "type": {"type": "record", "name": "candidate", "fields": [
            {"name": "jd", "type": "double"}, {"name": "magpsf", "type": "float"}, {"name": "fid", "type": "int"},
            {"name": "ra", "type": "double"}, {"name": "dec", "type": "double"},
            {"name": "isdiffpos", "type": ["null", "string"], "default": None},
        ]}},
        {"name": "prv_candidates", "type": ["null", {"type": "array", "items": "candidate"}], "default": None},
        {"name": "cutoutScience", "type": ["null", "bytes"], "default": None},
    ],
}  # fmt: skip
TEXT = json.dumps(SCHEMA)
DDL_CANDIDATE = "struct<`jd`:double,`magpsf`:float,`fid`:int,`ra`:double,`dec`:double,`isdiffpos`:string>"


def alert(number: int) -> dict[str, Any]:
    """One alert; its magnitude goes from 14.00 to 21.99 over 800 of them."""
    now = {
        "jd": 2460000.5 + number / 1000, "magpsf": 14 + (number % 800) / 100, "fid": 1 + number % 3,
        "ra": (number * 7.31) % 360, "dec": (number * 3.17) % 180 - 90, "isdiffpos": "t" if number % 2 else None,
    }  # fmt: skip
    before = [now | {"jd": now["jd"] - 1}] if number % 3 else None
    return {
        "objectId": f"ZTF{number % 200:07}", "candid": number, "candidate": now, "prv_candidates": before,
        "cutoutScience": bytes([number % 256] * 20),
    }  # fmt: skip


def container(*records: dict[str, Any]) -> bytes:
    """As ZTF, ALeRCE and Babamul send it."""
    import fastavro

    stream = io.BytesIO()
    fastavro.writer(stream, fastavro.parse_schema(SCHEMA), records)
    return stream.getvalue()


def bare(record: dict[str, Any]) -> bytes:
    """As Fink sends it, its schema in the key."""
    import fastavro

    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(SCHEMA), record)
    return stream.getvalue()


def confluent(record: dict[str, Any], ident: int = 1100) -> bytes:
    """As Rubin sends it, the schema in a registry."""
    return b"\x00" + ident.to_bytes(4, "big") + bare(record)


def plain(record: dict[str, Any]) -> bytes:
    """As Lasair sends it."""
    return json.dumps({**record, "cutoutScience": None}).encode("utf-8")


def message(number: int) -> tuple[bytes | None, bytes]:
    """Key and value of alert ``number``: thirds in the three Avro forms."""
    forms = ((None, container), (TEXT.encode(), bare), (None, confluent))
    key, write = forms[number % 3]
    return key, write(alert(number))
