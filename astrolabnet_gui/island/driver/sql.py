"""The SQL of a session, its rows encoded as Livy does, quirks included: clients have learnt to read them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from astrolabnet_gui.island.driver.context import Context
from astrolabnet_gui.island.driver.reply import JSON, Interpreter, Reply, error, finite, ok

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType

Encode = Callable[[Any], Any]


class Unreadable(Exception):
    """A value Livy's serializer can not look into on Java 17; ``str`` is what it says then."""


class SqlInterpreter(Interpreter):
    """Runs one SQL statement and answers with its schema and at most ``most_rows`` rows."""

    def __init__(self, context: Context, most_rows: int) -> None:
        self._context = context
        self._most_rows = most_rows

    def run(self, code: str) -> Reply:
        """The reply: {"schema": …, "data": [[…]]}, or Spark's message with Java's stack."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            with self._context.called_by("SQL"):
                return ok({JSON: self._query(code)})
        except Unreadable as e:
            return error("Error", str(e), ["Cast the column to timestamp or string to see it here."])
        except (PySparkException, Py4JError) as e:
            return self._failure(e)
        except Exception as e:  # noqa: BLE001 - a value Python can not hold, code with half a character
            return error("Error", str(e))

    def _query(self, code: str) -> dict[str, Any]:
        from pyspark.sql import DataFrame

        spark = self._context.spark
        code.encode("utf-8")  # half a character pair can not travel to Java
        frame = DataFrame(spark._jsparkSession.sql(code), spark)
        schema = frame.schema
        encode = _row(schema)
        return {"schema": json.loads(schema.json()), "data": [encode(row) for row in frame.take(self._most_rows)]}

    def _failure(self, e: Any) -> Reply:
        java = getattr(e, "java_exception", None) or getattr(e, "_origin", None)
        if java is None:
            return error("Error", str(e))
        text = self._context.jvm.org.apache.spark.util.Utils.exceptionString(java)
        # The words come first, and may hold frames of another machine's stack.
        own = text[len(java.toString()) :].split("\nCaused by: ", 1)[0]
        stack = [line[4:] for line in own.split("\n") if line.startswith("\tat ")]
        return error("Error", java.getMessage() or java.toString(), stack)


def _row(schema: StructType) -> Callable[[Iterable[Any]], list[Any]]:
    encoders = [_encoder(f.dataType) for f in schema.fields]
    return lambda row: [None if v is None else encode(v) for encode, v in zip(encoders, row, strict=True)]


def _encoder(kind: DataType) -> Encode:
    """How one cell that is not null becomes JSON."""
    from pyspark.sql import types as t

    if isinstance(kind, t.StructType):
        return _struct(kind)
    if isinstance(kind, t.ArrayType):
        inner = _nullable(_encoder(kind.elementType))
        return lambda v: [inner(x) for x in v]
    if isinstance(kind, t.MapType):
        key, value = _encoder(kind.keyType), _nullable(_encoder(kind.valueType))
        return lambda v: {_name(key(k)): value(x) for k, x in v.items()}
    if isinstance(kind, (t.TimestampNTZType, t.DayTimeIntervalType)):
        return _unreadable(kind)
    return _PLAIN.get(type(kind).__name__, lambda v: v)


def _nullable(encode: Encode) -> Encode:
    return lambda v: None if v is None else encode(v)


def _name(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key)


def _struct(kind: StructType) -> Encode:
    """A struct is written by the fields of its Java class: its schema comes along, without the types."""
    schema = [
        {"name": f.name, "dataType": _shape(f.dataType), "nullable": f.nullable, "metadata": {"map": {}}}
        for f in kind.fields
    ]
    values = _row(kind)
    return lambda v: {"schema": schema, "values": values(v)}


def _shape(kind: DataType) -> Any:
    """What is left of a type inside a struct: only the constructor arguments of its class."""
    from pyspark.sql import types as t

    if isinstance(kind, t.ArrayType):
        return {"elementType": _shape(kind.elementType), "containsNull": kind.containsNull}
    if isinstance(kind, t.MapType):
        shape = {"keyType": _shape(kind.keyType), "valueType": _shape(kind.valueType)}
        return shape | {"valueContainsNull": kind.valueContainsNull}
    if isinstance(kind, t.DecimalType):
        return {"precision": kind.precision, "scale": kind.scale}
    if isinstance(kind, t.StructType):
        return [
            {"name": f.name, "dataType": _shape(f.dataType), "nullable": f.nullable, "metadata": {"map": {}}}
            for f in kind.fields
        ]
    return {}


def _unreadable(kind: DataType) -> Encode:
    from pyspark.sql import types as t

    field = (
        "java.time.LocalDate java.time.LocalDateTime.date"
        if isinstance(kind, t.TimestampNTZType)
        else "long java.time.Duration.seconds"
    )

    def fail(value: Any) -> Any:
        raise Unreadable(
            f'Unable to make field private final {field} accessible: module java.base does not "opens java.time" '
            "to unnamed module"
        )

    return fail


def _floating(value: float) -> Any:
    """NaN is null, the infinities are words."""
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return finite(value)


def _timestamp(value: datetime.datetime) -> str:
    """UTC, without fractions. Spark gives local time without a zone."""
    return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


_PLAIN: dict[str, Encode] = {
    "FloatType": _floating,
    "DoubleType": _floating,
    "DecimalType": float,
    "DateType": str,
    "TimestampType": _timestamp,
    "BinaryType": lambda v: [b - 256 if b > 127 else b for b in v],
}
