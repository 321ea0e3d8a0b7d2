"""First rows: a session that waits for its person writes two rows and reads them back as a look at a table does.

Spark's first read of a Parquet file loads and compiles for seconds what the next one has. Nothing of it stays.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from astrolabnet_gui.island.driver.wire import log

_ROWS = (
    "id", "cast(id AS string) AS s", "cast(id AS double) AS d", "array(id) AS l", "named_struct('x', id) AS n",
    "array(named_struct('x', id, 'y', cast(id AS double))) AS m", "encode('a', 'utf-8') AS b",
    "timestamp_seconds(id) AS t",
)  # fmt: skip
_JSON = (
    "to_json(named_struct('0', id, '1', substring(s, 1, 9), '2', d, '3', slice(l, 1, 9), '4', n, '5', "
    "transform(slice(m, 1, 9), x -> named_struct('x', x.x, 'y', x.y)), '6', octet_length(b), '7', t), "
    "map('ignoreNullFields', 'false')) AS row"
)


def warm_rows(spark: Any, folder: Path) -> bool:
    """Whether it could be done; it never fails: it is only a little help for who asks next. Not in the main thread.

    Args:
        spark: the session of Spark.
        folder: the driver's own, on its disk.
    """
    place = folder / "tmp" / "first-rows"
    try:
        spark.sparkContext.setLocalProperty("spark.job.description", "the island warms up")
        spark.range(2).selectExpr(*_ROWS).coalesce(1).write.parquet(place.as_uri())
        read = spark.read.parquet(place.as_uri()).selectExpr(_JSON)
        return len(read.selectExpr("IF(length(row) > 9999, 'long', row) AS row").limit(2).collect()) == 2
    except Exception as e:  # noqa: BLE001 - the first statement will say it to its user
        log(f"warming up: {e}")
        return False
    finally:
        shutil.rmtree(place, ignore_errors=True)
