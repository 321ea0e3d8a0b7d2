SELECT 4 * avg(hit) AS pi, count(*) AS darts
FROM (SELECT int(pow(rand(1), 2) + pow(rand(2), 2) <= 1) AS hit FROM range(0, :darts, 1, int(:slices)))
