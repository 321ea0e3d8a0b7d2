def read_results(blob):
    """Prints, as one line of JSON, results that tasks have left in the folder of results."""
    import base64, json

    given = json.loads(base64.b64decode(blob).decode("utf-8"))
    hadoop, conf = spark._jvm.org.apache.hadoop.fs, spark._jsc.hadoopConfiguration()
    place = given["results"] or spark.sparkContext.getConf().get("spark.astrolabnet.results", "")
    if place:
        folder = hadoop.Path(place)
    else:
        folder = hadoop.Path(hadoop.FileSystem.get(conf).getHomeDirectory(), ".astrolabnet/results")
    files, found, left, size = folder.getFileSystem(conf), {}, 0, 0
    have, wanted = set(given["have"]), set(given["wanted"])
    for status in sorted(files.listStatus(folder) if files.exists(folder) else [], key=lambda s: s.getPath().getName()):
        name = status.getPath().getName()
        key = name[:-5] if name.endswith(".json") and not name.startswith(".") else ""
        if not key or key in have or (wanted and key not in wanted):
            continue
        if size + status.getLen() > given["most"]:
            left += 1
            continue
        size += status.getLen()
        stream = files.open(status.getPath())
        found[key] = base64.b64encode(bytes(spark._jvm.org.apache.commons.io.IOUtils.toByteArray(stream))).decode()
        stream.close()
    print("ALN " + json.dumps({"folder": folder.toString(), "files": found, "left": left}))
