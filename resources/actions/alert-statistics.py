# The table's rows stay on the server; only one row for each class comes back.
from pyspark.sql import functions as F

_kept = spark.table(table).where(F.col("rb") >= score)
_statistics = _kept.groupBy("class").agg(
    F.count("*").alias("alerts"), F.countDistinct("objectId").alias("objects"),
    F.round(F.min("magpsf"), 2).alias("brightest"), F.round(F.percentile_approx("magpsf", 0.5), 2).alias("middle"),
    F.round(F.max("magpsf"), 2).alias("faintest"), F.round(F.stddev("magpsf"), 2).alias("spread"),
).orderBy(F.desc("alerts"))
statistics = [row.asDict() for row in _statistics.collect()]
%table statistics
