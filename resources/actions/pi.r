# The work is Spark's: sql() gives a table of Spark (SparkR) or its rows already (R with the island's bridge).
query <- sprintf(paste("SELECT 4 * avg(hit) AS pi FROM (SELECT int(pow(rand(1), 2) + pow(rand(2), 2) <= 1) AS hit",
                       "FROM range(0, %.0f, 1, %.0f))"), darts, slices)
answer <- sql(query)
if (!is.data.frame(answer)) answer <- collect(answer)
cat(sprintf("pi is about %.5f after %.0f darts in %.0f tasks\n", answer$pi[1], darts, slices))
