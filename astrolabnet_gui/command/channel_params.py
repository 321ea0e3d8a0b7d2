"""What a new channel is asked for: what shall flow, from where, by which road, into which folder."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from ..channels.spec import Decode, Format, Mode, Route, Spec, new_id
from ..errors import BadInput
from .registry import Params

_BY_COLUMN = ("table", "parquet", "orc", "json", "csv", "jdbc")
Late = Annotated[float, Field(
    ge=0, allow_inf_nan=False, title="Late by", json_schema_extra={"advanced": True},
    description="So much below that value (of times: seconds) rows that came late are still found; equal ones are.",
)]  # fmt: skip


class ChannelParams(Params):
    """What shall flow, and into which folder."""

    title: str = Field(title="Name", min_length=1, max_length=80, description="What people call it.")
    mode: Mode = Field(
        default="stream", title="Mode",
        description="snapshot: all, once. incremental: what is new, then it ends. mirror: files that changed. "
        "stream: for ever. reference: a table of another server is registered here, nothing is copied.",
    )  # fmt: skip
    format: Format = Field(
        default="parquet", title="Format",
        description="Of the source, as Spark calls it; packets: files of alert packets; files: any, byte by byte; "
        "urls: files by their addresses.",
    )  # fmt: skip
    place: str = Field(
        default="", title="From", max_length=2000,
        description="Folder or table of the source, as the destination sees it; empty for rate and Kafka. urls: "
        "addresses; one that ends with / is an index page, @ before one: a list of addresses.",
    )  # fmt: skip
    to: str = Field(
        default="", title="To", max_length=2000, description="Folder at the destination; empty: one in its home folder."
    )
    table: str = Field(
        default="", title="Shown as", max_length=200,
        description="Name under which the destination shows the rows, as night.alerts; empty: only as files.",
    )  # fmt: skip
    where: str = Field(default="", title="Only where", description="SQL condition, as magpsf < 18.")
    columns: tuple[str, ...] = Field(default=(), title="Columns", description="SQL expressions; none: all.")
    by: str = Field(
        default="", title="New by", max_length=200, json_schema_extra={"advanced": True},
        description="incremental: a column, as mjd; rows above its largest value so far are new. "
        "Empty: files that were not read yet.",
    )  # fmt: skip
    late: Late = 0.0
    every_s: int = Field(default=5, ge=0, le=86_400, title="Look every", description="Seconds between two looks.")
    rows_at_once: int = Field(
        default=0, ge=0, title="At most at once", description="Rows (of folders: files) a look takes; 0: all.",
    )  # fmt: skip
    keeps_s: int = Field(
        default=0, ge=0, title="Source keeps", json_schema_extra={"advanced": True},
        description="Seconds until the source forgets a row; 0: the broker is asked. Tells when unread rows are lost.",
    )  # fmt: skip
    route: Route = Field(
        default="", title="Route", json_schema_extra={"advanced": True, "none": "As it was found"},
        description="From another server of yours. pull: this server reads its files; relay: through this computer; "
        "empty: as it was found who reaches whom.",
    )  # fmt: skip
    begin: bool = Field(
        default=True, title="Start it at once", description="Off: it is only drawn; rehearse it, then start it."
    )
    decode: Decode = Field(
        default="", title="Packets", json_schema_extra={"advanced": True, "none": "None"},
        description="packets: what is read are alert packets, Avro in any form or JSON.",
    )  # fmt: skip
    schema_ddl: str = Field(
        default="", title="Schema", json_schema_extra={"advanced": True}, max_length=200_000,
        description="As id BIGINT, mag DOUBLE; empty: found out from the files that are there.",
    )  # fmt: skip
    avro_schema: str = Field(
        default="", title="Avro schema", json_schema_extra={"advanced": True}, max_length=200_000,
        description="As JSON, of packets that carry none.",
    )  # fmt: skip
    registry: dict[str, str] = Field(
        default_factory=dict, title="Registry", json_schema_extra={"advanced": True},
        description="Avro schemas (JSON) by their numbers in a Confluent registry.",
    )  # fmt: skip
    options: dict[str, str] = Field(
        default_factory=dict, title="Options", json_schema_extra={"advanced": True},
        description="For Spark's reader. Never a secret: they are written beside the data.",
    )  # fmt: skip
    secrets: dict[str, str] = Field(
        default_factory=dict, title="Secrets", json_schema_extra={"advanced": True},
        description="Options the server looks up: sasl.password=file:/home/me/.fink or env:NAME or alias:name.",
    )  # fmt: skip
    origin: str = Field(
        default="", title="Source", json_schema_extra={"advanced": True}, max_length=80,
        description="Name of the source; empty: the last step of its folder.",
    )  # fmt: skip
    origin_url: str = Field(
        default="", title="Comes from", json_schema_extra={"advanced": True}, max_length=2000,
        description="Address of the server that has the source, where it is one of yours.",
    )  # fmt: skip

    def spec(self, ident: str = "") -> Spec:
        """As it is written beside the data.

        Raises:
            BadInput: it can not be one.
        """
        self._meant()
        given = {
            **self.model_dump(exclude={"schema_ddl", "begin"}),
            "schema": self.schema_ddl,
            "id": ident or new_id(self.title),
        }
        try:
            return Spec.model_validate(given)
        except ValueError as exc:
            raise BadInput(f"that is no channel: {exc}") from exc

    def _meant(self) -> None:
        """Whether its parts go together."""
        if self.by and (self.mode != "incremental" or self.format not in _BY_COLUMN or self.decode):
            raise BadInput(
                f"what is new by a column is asked of {', '.join(_BY_COLUMN)}, in mode incremental.", field="by"
            )
        if self.late and not self.by:
            raise BadInput("say by which column rows are new.", field="by")
        if self.format == "urls":
            if self.mode != "mirror":
                raise BadInput("files by their addresses are mirrored.", field="mode", remedy="Take mode mirror.")
            if not self.place.strip():
                raise BadInput("give the addresses.", field="place")
            for word in self.place.split():
                told = urlsplit(word.removeprefix("@"))
                if told.scheme not in ("http", "https", "file"):
                    raise BadInput(f"{word[:200]} is no address of a file: http, https or file.", field="place")
                if "@" in told.netloc:
                    raise BadInput(
                        "an address with a password would be written beside the data.", field="place",
                        remedy="Give it as Secrets: header.Authorization=file:/home/me/.archive.",
                    )  # fmt: skip
