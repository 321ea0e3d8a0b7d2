def load_table(told):
    """Makes a table of a Parquet file of ours; with ``look`` it only says whether the table is there already."""
    import base64
    import json

    from pyspark.sql.utils import AnalysisException

    def quoted(parts):
        return ".".join("`" + part.replace("`", "``") + "`" for part in parts)

    def brought():
        from pyspark import SparkFiles

        fs = spark._jvm.org.apache.hadoop.fs
        files = fs.FileSystem.get(spark._jsc.hadoopConfiguration())
        place = fs.Path(fs.Path(files.getHomeDirectory(), ".astrolabnet/loads"), a["upload"])
        files.copyFromLocalFile(False, True, fs.Path("file://" + SparkFiles.get(a["upload"])), place)
        return files, place

    a = json.loads(base64.b64decode(told))
    name, files, place = quoted(a["table"]), None, None
    if a.get("look"):
        try:
            spark.table(name)
            there = True
        except AnalysisException:
            there = False
        print("\nALN " + json.dumps({"there": there}))
        return
    try:
        uri = a["uri"]
        if a["upload"]:
            files, place = brought()
            uri = files.makeQualified(place).toString()
        frame = spark.read.parquet(uri)
        columns = [
            frame["`" + c["name"].replace("`", "``") + "`"].alias(c["name"], metadata=c["metadata"])
            for c in a["columns"]
        ]
        spark.sql("CREATE NAMESPACE IF NOT EXISTS " + quoted(a["table"][:-1]))
        frame.select(columns).write.mode("overwrite" if a["over"] else "error").saveAsTable(name)
    finally:
        if files is not None:
            files.delete(place, False)
    print("\nALN " + json.dumps({"made": True}))
