"""Decoding: messages of a broker as plain trees that can be shown. The decoder itself is the one that servers run."""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from types import ModuleType
from typing import Any

from ..errors import Malformed, Missing
from ..model.thing import Value
from ..resources import resource
from .packet import Packet

MOST_ITEMS, MOST_TEXT, MOST_NODES, DEEPEST = 200, 4_000, 20_000, 40
_MAGIC = ((b"\x1f\x8b", "gzip"), (b"SIMPLE  =", "FITS"), (b"\x89PNG", "PNG"), (b"PK", "zip"), (b"x\x9c", "zlib"))


class Opened(Value):
    """What a message says.

    Attributes:
        form: how it was written: container, schema in key, confluent, json, given or unknown.
        tree: its content as plain values; None if it could not be read.
        problem: why not.
    """

    form: str
    tree: Any = None
    problem: str = ""


@cache
def decoder() -> ModuleType:
    """The decoder that runs here and on servers."""
    place = resource("code", "alert_decoder.py")
    spec = importlib.util.spec_from_file_location("astrolabnet_alert_decoder", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def decoder_text() -> str:
    """The same as it is sent to servers."""
    return resource("code", "alert_decoder.py").read_text("utf-8")


def numbers(packets: Iterable[Packet], given: str = "") -> frozenset[int]:
    """Schemas that must be asked of a registry to read these."""
    made = decoder()
    found = (p for p in packets if p.value and made.form_of(p.key, p.value, (), given) == "confluent")
    return frozenset(made.schema_number(p.value) for p in found)


def opened(packets: Iterable[Packet], given: str = "", registry: Mapping[int, str] | None = None) -> list[Opened]:
    """All of them, each as far as it can be read. Blocks: large ones take milliseconds each.

    Raises:
        Missing: the library for Avro is not here, and some are Avro.
    """
    made = decoder()
    known = dict(registry or {})
    decode = made.make_decoder(given, known)
    out: list[Opened] = []
    for packet in packets:
        if packet.value is None:
            out.append(Opened(form="empty", problem="It has no content: its key was deleted."))
            continue
        form = str(made.form_of(packet.key, packet.value, known, given))
        try:
            out.append(Opened(form=form, tree=plain(decode(packet.key, packet.value))))
        except ImportError as exc:
            raise no_kafka() from exc
        except ValueError as exc:
            out.append(Opened(form=form, problem=_sentence(str(exc))))
    return out


def ddl(schema: str) -> str:
    """Columns that Spark makes of an Avro schema, as DDL.

    Raises:
        Malformed: it is no schema of a record.
    """
    try:
        found = str(decoder().avro_ddl(json.loads(schema)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise Malformed(f"this is no Avro schema that Spark can have as columns: {exc}.", field="avro_schema") from exc
    if not found.startswith("struct<"):
        raise Malformed("an alert's schema must be a record.", field="avro_schema")
    return found


def schema_of(packet: Packet, given: str = "", registry: Mapping[int, str] | None = None) -> str:
    """Schema a message is written by; "" for JSON and where none is known."""
    return "" if packet.value is None else str(decoder().schema_text(packet.key, packet.value, registry, given))


def no_kafka() -> Missing:
    """What is said where the extra is not installed."""
    return Missing(
        "the libraries for Kafka and Avro are not installed here.", remedy="Run: pip install 'astrolabnet-gui[kafka]'."
    )


def plain(value: Any) -> Any:
    """A decoded message as JSON knows it; what is long or deep is cut and says so, bytes say what they are."""
    return _plain(value, DEEPEST, [MOST_NODES])


def _plain(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return value if len(value) <= MOST_TEXT else f"{value[:MOST_TEXT]}… ({len(value)} characters)"
        case bytes() | bytearray() | memoryview():
            data = bytes(value)
            kind = next((word for magic, word in _MAGIC if data.startswith(magic)), "")
            return f"⟨{len(data)} bytes{', ' if kind else ''}{kind}⟩"
        case datetime() | date():
            return value.isoformat()
    if depth <= 0 or left[0] <= 0:
        return "…"
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, depth - 1, left) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        cut = [_plain(inner, depth - 1, left) for inner in value[:MOST_ITEMS]]
        return cut if len(value) <= MOST_ITEMS else [*cut, f"… ({len(value)} in all)"]
    return str(value)[:MOST_TEXT]


def _sentence(words: str) -> str:
    first = words[:1].upper() + words[1:]
    return first if first.endswith(".") else f"{first}."
