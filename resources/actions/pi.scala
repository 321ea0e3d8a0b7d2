// Each of the slices is one Spark task: the bar moves as they end.
val hits = spark.range(0L, darts, 1L, slices.toInt).selectExpr("int(pow(rand(1), 2) + pow(rand(2), 2) <= 1) AS hit")
val pi = 4 * hits.selectExpr("avg(hit)").first.getDouble(0)
println(f"pi is about $pi%.5f after $darts%,d darts in $slices tasks")
