def channel_rehearsal(blob):
    """Prints, as one line of JSON, what a channel would bring: it is read as it would run, and nothing is written.

    Where a column says when each row came to be, also how many came when, in parts of equal length.
    """
    import base64, json, time

    from pyspark.sql import functions as F

    given = json.loads(base64.b64decode(blob).decode("utf-8"))
    scope = {"__name__": "aln_rehearsal"}
    exec(given["runner"], scope)
    WHEN, PARTS = "aln_when", 200
    NAMES = ["jd", "mjd", "candidate.jd", "midpointMjdTai", "diaSource.midpointMjdTai", "timestamp", "event_time", "time"]

    def when(rows):
        """Seconds of the epoch as a column; None if no column says when."""
        for name in [given["dated"]] if given["dated"] else NAMES:
            path = ".".join("`" + part.replace("`", "``") + "`" for part in name.split("."))
            try:
                kind = rows.select(path).schema.fields[0].dataType.typeName()
            except Exception:
                continue
            if kind in ("timestamp", "timestamp_ntz", "date"):
                return F.col(path).cast("timestamp").cast("double")
            if kind in ("double", "float", "long", "integer", "decimal"):
                at = F.col(path).cast("double")
                # Julian dates and their short form are days; counts of seconds and of their thousandths are larger.
                days = F.when(at > 1e11, at / 1000).when(at > 1e8, at).when(at > 2e6, (at - 2440587.5) * 86400)
                return days.otherwise((at - 40587) * 86400)
        return None

    class Rehearsal(scope["Channel"]):
        def __init__(self):
            self.spark, self.spec, self.over_gap, self.whole, self.dated = spark, given["spec"], False, None, False

        def same_columns(self, rows):
            return None

        def cut(self, rows):
            at, wanted = when(rows), self.spec
            if at is None:
                return super().cut(rows)
            self.dated = True
            self.spec = {**wanted, "columns": [*wanted["columns"], WHEN] if wanted["columns"] else []}
            try:
                return super().cut(rows.withColumn(WHEN, at))
            finally:
                self.spec = wanted

    def parts(found):
        """Of (seconds, rows, bytes): the first second, the length of a part, rows and bytes of each part."""
        found = [one for one in found if one[0] is not None]
        if not found:
            return None
        first, last = min(one[0] for one in found), max(one[0] for one in found)
        width = max((last - first) / PARTS, 1e-3)
        counts = [[0, 0] for _ in range(PARTS)]
        for at, rows, size in found:
            part = counts[min(PARTS - 1, int((at - first) / width))]
            part[0] += rows
            part[1] += size
        return {"first_s": first, "part_s": width, "rows": [c[0] for c in counts], "bytes": [c[1] for c in counts]}

    began, it, bad = time.time(), Rehearsal(), 0
    if it.spec["format"] == "urls":
        sizes = [size for _, size, _ in it.addressed().values()]
        answer = {"files": len(sizes), "read_bytes": sum(size for size in sizes if size > 0), "parts": None}
    elif it.spec["mode"] == "mirror":
        found = list(scope["Folder"](spark, it.spec["place"]).walk().values())
        answer = {"files": len(found), "read_bytes": sum(status.getLen() for status in found)}
        answer["parts"] = parts([(s.getModificationTime() / 1000.0, 1, s.getLen()) for s in found])
    else:
        raw = it.chosen(spark.read, False)
        inputs, java = sorted(set(raw.inputFiles())), spark._jvm.org.apache.hadoop.fs
        paths = [java.Path(java.Path(place).toUri() if "%" not in place else spark._jvm.java.net.URI(place)) for place in inputs]
        size = sum(p.getFileSystem(spark._jsc.hadoopConfiguration()).getFileStatus(p).getLen() for p in paths)
        rows = raw
        if it.spec["decode"]:
            rows, wrong = it.decoded(raw)
            bad = wrong.count()
        if it.spec["by"]:
            rows = it.counted(rows, it.kind_of(rows))
        weight, count, spread = scope["weight_of"](rows.drop(WHEN)), F.count(F.lit(1)), None
        if it.dated:
            first, last = rows.agg(F.min(WHEN), F.max(WHEN)).first()
            width = max(((last or 0.0) - (first or 0.0)) / (PARTS * 5), 1e-3)
            at = F.floor((F.col(WHEN) - F.lit(first or 0.0)) / F.lit(width))
            found = rows.groupBy(at.alias("part")).agg(count, weight).collect()
            total, octets = sum(one[1] for one in found), sum(one[2] for one in found)
            spread = parts([(None if n is None else first + (n + 0.5) * width, rows, size) for n, rows, size in found])
        else:
            total, octets = rows.agg(count, weight).first()
        if it.whole is not None:
            it.whole.unpersist()
        answer = {"files": len(inputs), "read_bytes": size, "rows": total, "bytes": int(octets), "bad": bad, "parts": spread}
    print("ALN " + json.dumps({**answer, "took_s": time.time() - began}))
