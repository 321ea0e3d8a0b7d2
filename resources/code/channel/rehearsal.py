def channel_rehearsal(blob):
    """Prints, as one line of JSON, what a channel would bring: it is read as it would run, and nothing is written."""
    import base64, json, time

    given = json.loads(base64.b64decode(blob).decode("utf-8"))
    scope = {"__name__": "aln_rehearsal"}
    exec(given["runner"], scope)

    class Rehearsal(scope["Channel"]):
        def __init__(self):
            self.spark, self.spec, self.over_gap, self.whole = spark, given["spec"], False, None

        def same_columns(self, rows):
            return None

    began, it, bad = time.time(), Rehearsal(), 0
    if it.spec["mode"] == "mirror":
        found = scope["Folder"](spark, it.spec["place"]).walk()
        answer = {"files": len(found), "read_bytes": sum(status.getLen() for status in found.values())}
    else:
        raw = it.chosen(spark.read, False)
        inputs, java = sorted(set(raw.inputFiles())), spark._jvm.org.apache.hadoop.fs
        paths = [java.Path(java.Path(place).toUri() if "%" not in place else spark._jvm.java.net.URI(place)) for place in inputs]
        size = sum(p.getFileSystem(spark._jsc.hadoopConfiguration()).getFileStatus(p).getLen() for p in paths)
        rows = raw
        if it.spec["decode"]:
            rows, wrong = it.decoded(raw)
            bad = wrong.count()
        count, octets = rows.selectExpr("count(*)", "coalesce(sum(octet_length(to_json(struct(*)))), 0)").first()
        if it.whole is not None:
            it.whole.unpersist()
        answer = {"files": len(inputs), "read_bytes": size, "rows": count, "json_bytes": int(octets), "bad": bad}
    print("ALN " + json.dumps({**answer, "took_s": time.time() - began}))
