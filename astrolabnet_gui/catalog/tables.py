"""Tables of a namespace with more names than one of Livy's answers holds: paged by a line of Scala."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Malformed
from .names import TableName
from .questions import tables_statement
from .scala import statement

PAGE = 1_000
_PAGE = """
val all = spark.sql(a.get("sql").asText).collect; val rows = new java.util.ArrayList[Object];
all.drop(a.get("from").asInt).take(a.get("many").asInt).foreach { r =>
if (!r.getString(0).isEmpty) rows.add(r.getString(1)) };
out.put("total", Int.box(all.length)); out.put("rows", rows)"""


def page_statement(catalog: str, namespace: Sequence[str], like: str, first: int) -> str:
    """Names from the ``first`` on."""
    sql = tables_statement(catalog, namespace, like)
    return statement(_PAGE, {"sql": sql, "from": first, "many": PAGE})


def page(answer: Mapping[str, Any], catalog: str, namespace: Sequence[str]) -> tuple[tuple[TableName, ...], int]:
    """Those names, and how many there are in all."""
    rows, total = answer.get("rows"), answer.get("total")
    if not isinstance(rows, list) or not isinstance(total, int):
        raise Malformed("the list of tables is not as asked for")
    return tuple(TableName(catalog=catalog, namespace=tuple(namespace), name=str(n)) for n in rows), total
