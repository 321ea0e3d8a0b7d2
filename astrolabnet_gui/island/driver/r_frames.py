"""Data frames between Spark and R: which type becomes which, on both ways."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Callable
from typing import Any

from astrolabnet_gui.island.driver.rds import Vector, dump, load

MOST_ROWS = 100_000
"""Rows sql() gives to R; it says so when there were more."""

_EPOCH = datetime.date(1970, 1, 1)
_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_TO_R: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "boolean": ("logical", bool),
    "byte": ("integer", int),
    "short": ("integer", int),
    "integer": ("integer", int),
    "long": ("double", float),
    "float": ("double", float),
    "double": ("double", float),
    "string": ("character", str),
}


def from_spark(frame: Any) -> bytes:
    """The rows of a Spark DataFrame as an R data frame's file. Nested values become JSON text.

    Raises:
        ValueError: more rows than R is given at once.
    """
    rows = frame.take(MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise ValueError(f"more than {MOST_ROWS:,} rows: aggregate or limit the query before it comes to R")
    columns = [_column(f.dataType.typeName(), [row[i] for row in rows]) for i, f in enumerate(frame.schema.fields)]
    return dump(
        Vector(
            "list",
            columns,
            {
                "names": Vector("character", frame.columns),
                "class": Vector("character", ["data.frame"]),
                "row.names": Vector("integer", [None, -len(rows)]),
            },
        )
    )


def to_spark(data: bytes, spark: Any) -> Any:
    """The Spark DataFrame of an R data frame's file.

    Raises:
        ValueError: a column Spark has no type for.
    """
    from pyspark.sql.types import StructField, StructType

    frame = load(data)
    names = frame.words("names")
    columns = [_from_r(name, column) for name, column in zip(names, frame.values, strict=True)]
    schema = StructType([StructField(name, kind) for name, (kind, _) in zip(names, columns, strict=True)])
    return spark.createDataFrame(list(zip(*(values for _, values in columns), strict=True)), schema)


def _column(kind: str, values: list[Any]) -> Vector:
    if kind == "date":
        days = [None if v is None else float((v - _EPOCH).days) for v in values]
        return Vector("double", days, {"class": Vector("character", ["Date"])})
    if kind == "timestamp":
        seconds = [None if v is None else v.astimezone(datetime.UTC).timestamp() for v in values]
        words = {"class": Vector("character", ["POSIXct", "POSIXt"]), "tzone": Vector("character", ["UTC"])}
        return Vector("double", seconds, words)
    if kind.startswith("decimal"):
        return Vector("double", [None if v is None else float(v) for v in values])
    target, convert = _TO_R.get(kind, ("character", _text))
    return Vector(target, [None if v is None else convert(v) for v in values])


def _text(value: Any) -> str:
    if hasattr(value, "asDict"):
        value = value.asDict(recursive=True)
    return json.dumps(value, default=str, ensure_ascii=False)


def _known(moment: float | None) -> bool:
    return moment is not None and math.isfinite(moment)


def _from_r(name: str, column: Vector) -> tuple[Any, list[Any]]:
    """Spark's type and Python's values of one R column."""
    from pyspark.sql import types as t

    classes = column.words("class")
    values = column.values
    if "Date" in classes:
        return t.DateType(), [_EPOCH + datetime.timedelta(days=int(v)) if _known(v) else None for v in values]
    if "POSIXct" in classes:
        times = [_START + datetime.timedelta(seconds=float(v)) if _known(v) else None for v in values]
        return t.TimestampType(), times
    plain = {
        "logical": t.BooleanType(),
        "integer": t.IntegerType(),
        "double": t.DoubleType(),
        "character": t.StringType(),
    }
    if column.kind not in plain:
        raise ValueError(f"column {name}: a list column can not go to Spark")
    return plain[column.kind], values
