def _words_of(path, top):
    from pyspark.sql import functions as F

    words = spark.read.text(path).select(F.explode(F.split(F.lower("value"), r"[^\p{L}\p{N}']+")).alias("word"))
    counted = words.where("word <> ''").groupBy("word").count().orderBy(F.desc("count"), "word").limit(top)
    return [{"word": row["word"], "count": row["count"]} for row in counted.collect()]

counts = _words_of(path, top)
%table counts
