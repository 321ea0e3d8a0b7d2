"""Names and texts as they stand in SQL: whatever a name holds, it stays a name."""

from __future__ import annotations

from ..errors import BadInput
from ..model.thing import Value

MAX_NAME = 1000


def quoted(*parts: str) -> str:
    """An identifier of one or more parts, ``a`.`b``.

    Spark knows no escapes within back-ticks but the doubled back-tick; ``${…}`` is kept as it stands because the
    sessions that ask have Spark's variable substitution off (``utility.CONF``).

    Raises:
        BadInput: an empty or over-long part, or one with NUL, which no catalog can hold.
    """
    for part in parts:
        if not part or len(part) > MAX_NAME or "\0" in part:
            raise BadInput(f"{part[:40]!r} can be no name of a table or column.", field="name")
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def literal(text: str) -> str:
    """A text as a SQL literal: every character that could mean something is written by its number."""
    plain = "".join(
        c if c.isascii() and (c.isalnum() or c in " _-.,:;/()[]<>=+*@#!?|~^&") else _number(c) for c in text
    )
    return f"'{plain}'"


def _number(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


class TableName(Value):
    """Full name of a table or view.

    Attributes:
        catalog: Spark's name of the catalog, ``spark_catalog`` for its own.
        namespace: one or more parts; () for a temporary view.
        name: last part.
    """

    catalog: str = "spark_catalog"
    namespace: tuple[str, ...] = ("default",)
    name: str

    @property
    def sql(self) -> str:
        """As it stands in SQL."""
        return quoted(*((self.catalog, *self.namespace) if self.namespace else ()), self.name)

    def __str__(self) -> str:
        head = () if self.catalog == "spark_catalog" or not self.namespace else (self.catalog,)
        return ".".join((*head, *self.namespace, self.name))


def table_name(text: str) -> TableName:
    """Read ``alerts``, ``sky.alerts``, ``catalog.sky.alerts``; parts with dots stand in back-ticks.

    Raises:
        BadInput: an open back-tick or an empty part.
    """
    parts = path_parts(text)
    if len(parts) == 1:
        return TableName(name=parts[0])
    if len(parts) == 2:
        return TableName(namespace=(parts[0],), name=parts[1])
    return TableName(catalog=parts[0], namespace=tuple(parts[1:-1]), name=parts[-1])


def path_parts(text: str, field: str = "table") -> list[str]:
    """Parts between dots; those with dots of their own stand in back-ticks.

    Raises:
        BadInput: an open back-tick or an empty part.
    """
    parts, here, inside, i = [], "", False, 0
    while i < len(text):
        char = text[i]
        if char == "`":
            if inside and text[i + 1 : i + 2] == "`":
                here += "`"
                i += 1
            else:
                inside = not inside
        elif char == "." and not inside:
            parts.append(here)
            here = ""
        else:
            here += char
        i += 1
    parts.append(here)
    if inside or not all(parts):
        raise BadInput(f"{text[:80]!r} is no name of a {field}.", field=field, remedy="As sky.alerts or `odd.name`.")
    quoted(*parts)
    return parts
