"""Alerts for tests: those of the sample sky, in every form in which brokers send them."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import fastavro

from astrolabnet_gui.resources import resource

NUMBER = 42
"""Of the schema, in the registry."""
_PAST = {"type": "record", "name": "prv_candidate", "fields": [
    {"name": "jd", "type": "double"}, {"name": "fid", "type": "int"}, {"name": "magpsf", "type": ["null", "double"]},
    {"name": "sigmapsf", "type": ["null", "double"]}, {"name": "isdiffpos", "type": "boolean"}]}  # fmt: skip
_CUTOUT = {"type": "record", "name": "cutout", "fields": [
    {"name": "fileName", "type": "string"}, {"name": "stampData", "type": "bytes"}]}  # fmt: skip
_CANDIDATE = {"type": "record", "name": "candidate", "fields": [
    {"name": name, "type": kind} for name, kind in (
        ("jd", "double"), ("fid", "int"), ("ra", "double"), ("dec", "double"), ("magpsf", "double"),
        ("sigmapsf", "double"), ("rb", ["null", "double"]), ("ndethist", "int"))]}  # fmt: skip
SCHEMA: dict[str, Any] = {"type": "record", "name": "alert", "namespace": "astrolabnet.sample", "fields": [
    {"name": "objectId", "type": "string"}, {"name": "candid", "type": "long"},
    {"name": "candidate", "type": _CANDIDATE},
    {"name": "prv_candidates", "type": ["null", {"type": "array", "items": _PAST}], "default": None},
    {"name": "cutoutScience", "type": ["null", _CUTOUT], "default": None},
    {"name": "cutoutTemplate", "type": ["null", "cutout"], "default": None}]}  # fmt: skip
TEXT = json.dumps(SCHEMA, separators=(",", ":"))
Message = tuple[bytes | None, bytes]


@cache
def _parsed() -> Any:
    return fastavro.parse_schema(SCHEMA)


def alerts(count: int, first: int = 0, *, stamps: bool = False) -> list[dict[str, Any]]:
    """Alerts number ``first`` and on; each the same in every run."""
    code = resource("actions", "sample-sky.py").read_text("utf-8").partition("\nprint(_load_sample_sky")[0]
    names: dict[str, Any] = {}
    exec(compile(code, "sample-sky.py", "exec"), names)
    return [_alert(row, stamps) for row in names["_alerts_of"](first, first + count)]


def _alert(row: tuple[Any, ...], stamps: bool) -> dict[str, Any]:
    (name, candid, ra, dec, jd, _mjd, fid, mag, sigma, _magnr, _kind, score, earlier, past, science, template, _) = row
    cut = (
        [{"fileName": f"{candid}_{word}.fits.gz", "stampData": bytes(data)}
         for word, data in (("science", science), ("template", template))]
        if stamps else [None, None]
    )  # fmt: skip
    return {
        "objectId": name, "candid": candid,
        "candidate": {"jd": jd, "fid": fid, "ra": ra, "dec": dec, "magpsf": mag, "sigmapsf": sigma, "rb": score,
                      "ndethist": earlier},
        "prv_candidates": [
            {"jd": a, "fid": b, "magpsf": c, "sigmapsf": d, "isdiffpos": e} for a, b, c, d, e in past
        ],
        "cutoutScience": cut[0], "cutoutTemplate": cut[1],
    }  # fmt: skip


def bare(alert: dict[str, Any]) -> bytes:
    """Its Avro datum alone."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, _parsed(), alert)
    return out.getvalue()


def container(alert: dict[str, Any]) -> Message:
    """As ZTF, ALeRCE and Babamul send it."""
    out = io.BytesIO()
    fastavro.writer(out, _parsed(), [alert])
    return None, out.getvalue()


def keyed(alert: dict[str, Any]) -> Message:
    """As Fink sends it."""
    return TEXT.encode(), bare(alert)


def confluent(alert: dict[str, Any]) -> Message:
    """As Rubin sends it."""
    return None, b"\0" + struct.pack(">I", NUMBER) + bare(alert)


def as_json(alert: dict[str, Any]) -> Message:
    """As Lasair sends it; without stamps."""
    return None, json.dumps(alert).encode()


FORMS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "container": container, "schema in key": keyed, "confluent": confluent, "json": as_json,
}  # fmt: skip


def in_turn(found: Iterable[dict[str, Any]], forms: Iterable[str] = tuple(FORMS)) -> list[Message]:
    """Each alert in the next of the forms."""
    ways = [FORMS[form] for form in forms]
    return [ways[n % len(ways)](alert) for n, alert in enumerate(found)]
