# Each of the slices is one Spark task: the bar moves as they end.
from pyspark.sql import functions as F

hit = (F.pow(F.rand(1), 2) + F.pow(F.rand(2), 2) <= 1).cast("int")
pi = 4 * spark.range(0, darts, 1, slices).select(hit.alias("hit")).agg(F.avg("hit")).first()[0]
print(f"pi is about {pi:.5f} after {darts:,} darts in {slices} tasks")
