"""Spec: what a channel shall do; one JSON file in its folder at the destination, and the runner's only input."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from ..errors import Malformed
from ..model.thing import Value
from ..resources import resource

Mode = Literal["snapshot", "incremental", "mirror", "stream", "reference"]
Route = Literal["", "pull", "relay"]
Format = Literal[
    "rate", "json", "csv", "parquet", "orc", "text", "table", "kafka", "packets", "files", "urls", "jdbc", "sky"
]  # fmt: skip
Decode = Literal["", "packets"]
_BEFORE = ("1_folder",)
_AFTER = ("3_reading", "4_writing", "5_measuring", "6_mending", "7_column", "8_addresses", "9_modes")
PREFIX = "aln-ch-"
"""What the names of channels' batches begin with: the name is the lock, and how others find them."""
_NAME = re.compile(rf"{PREFIX}([a-z0-9]+(?:-[a-z0-9]+)*)")


class Spec(Value):
    """See the module.

    Attributes:
        id: made here once; title: what a person calls it.
        mode: snapshot (all, once), incremental (what is new, then it ends), mirror (files, byte by byte, those that
            changed), stream (for ever), reference (a table is registered where it lies, nothing is copied).
        format: of the source, as Spark calls it; "files" for a mirror, "urls" for one of files by their addresses,
            "packets" for a folder of alert packets, "sky" for the alerts of the sample sky, which Spark makes itself.
        decode: "packets": what is read are alert packets (Avro in its three forms, JSON); ``schema_ddl`` is theirs.
        avro_schema: of packets that carry none; registry: those of a Confluent registry by their ids.
        place: folder or table of the source, as the destination sees it; addresses by spaces; "" where there is none.
        options: for Spark's reader; never a secret. ``sasl.username`` is the name of a login at Kafka.
        secrets: options whose values the server looks up: option → env:NAME, file:/path or alias:name.
        columns: SQL expressions, () = all; where: SQL condition, "" = every row; schema_ddl: "" = found out.
        by: incremental: the column, as it arrives, whose largest value says what is new; "" = what Spark's checkpoint
            has not seen; late: so much below that value (of times: seconds) rows are still looked for.
        to: folder at the destination, where Parquet files (of a mirror: the files) arrive; "" = it chooses one.
        table: name under which the destination's catalog shows what arrived; "" = none.
        every_s: pause between two looks for new data; rows_at_once: most rows (of files: files) at a time, 0 = all.
        route: how data of another server of the workspace come: pull (the destination reads them), relay (this
            computer carries the files before each start), "" = there is but one way.
        held: what the other server calls what is carried; ``place`` is then where it arrives.
        keeps_s: how long the source keeps a row before it is gone, seconds; 0 = it is asked.
        origin, origin_url: name of the source, or alias and address of the server the data come from.
    """

    model_config = ConfigDict(populate_by_name=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    title: str = Field(min_length=1, max_length=80)
    mode: Mode
    format: Format
    place: str = ""
    options: dict[str, str] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict)
    decode: Decode = ""
    avro_schema: str = ""
    registry: dict[str, str] = Field(default_factory=dict)
    columns: tuple[str, ...] = ()
    where: str = ""
    schema_ddl: str = Field(default="", alias="schema")
    by: str = ""
    late: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    to: str = ""
    table: str = ""
    every_s: int = Field(default=5, ge=0, le=86_400)
    rows_at_once: int = Field(default=0, ge=0)
    keeps_s: int = Field(default=0, ge=0)
    route: Route = ""
    held: str = ""
    origin: str = ""
    origin_url: str = ""

    def text(self) -> str:
        """As it stands in its file: the same spec gives the same bytes."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, indent=1)

    @classmethod
    def read(cls, text: str) -> Spec:
        """What ``text`` wrote.

        Raises:
            Malformed: it is no spec.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise Malformed(f"channel.json can not be read: {field}: {first['msg']}.", field=field) from exc

    def changed(self, other: Spec) -> list[str]:
        """What is not the same in another, in words."""
        mine, theirs = self.model_dump(mode="json", by_alias=True), other.model_dump(mode="json", by_alias=True)
        return [f"{name}: {_words(mine[name])} → {_words(theirs[name])}" for name in mine if mine[name] != theirs[name]]


def _words(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]


def new_id(title: str) -> str:
    """An id that no other channel has and that tells people which one it is."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower())[:40].strip("-")
    return f"{slug}{'-' if slug else ''}{secrets.token_hex(3)}"


def batch_name(ident: str) -> str:
    """Name of its batch."""
    return f"{PREFIX}{ident}"


def channel_of(name: str | None) -> str:
    """Id of the channel whose batch has that name; "" if it is none."""
    found = _NAME.fullmatch(name or "")
    return found[1] if found else ""


def runner() -> str:
    """The program that runs a channel, one file: its parts in order, the reader of packets among them."""
    parts = [*(resource("code", "channel", f"{name}.py") for name in _BEFORE), resource("code", "alert_decoder.py")]
    parts += [resource("code", "channel", f"{name}.py") for name in _AFTER]
    sky = resource("actions", "sample-sky.py").read_text("utf-8").partition("\n\n\ndef _load_sample_sky")[0]
    first, *rest = (part.read_text("utf-8") for part in parts)
    return "\n\n".join([first, sky, *rest])


def approval(spec_text: str, runner_text: str) -> str:
    """Hash of what a person agreed to; the runner compares it with what it finds."""
    return hashlib.sha256((spec_text + runner_text).encode("utf-8")).hexdigest()
