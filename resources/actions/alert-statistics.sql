SELECT class, count(*) AS alerts, count(DISTINCT objectId) AS objects,
  round(min(magpsf), 2) AS brightest, round(percentile_approx(magpsf, 0.5), 2) AS middle,
  round(max(magpsf), 2) AS faintest, round(stddev(magpsf), 2) AS spread
FROM IDENTIFIER(:table) WHERE rb >= :score GROUP BY class ORDER BY alerts DESC
