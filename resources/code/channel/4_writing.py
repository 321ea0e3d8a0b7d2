class Writing:
    """What a channel writes: a folder of Parquet files, a part of it for each batch."""

    named = False

    def put(self, rows, number):
        """One batch: its part is written whole again if it was written before, so nothing comes twice."""
        self.held()
        whole = rows
        if self.spec["decode"]:
            rows, bad = self.decoded(rows)
            self.same_columns(rows)
            self.set_aside(bad, number)
        written, size = self.write(rows, number)
        self.rows += written
        # A batch that is written once more weighs once.
        self.bytes += size - (self.last[1] if self.last[0] == number else 0)
        self.last = [number, size]
        if written:
            self.facts["last_rows"] = time.time()
            self.show_table()
        if self.spec["decode"]:
            self.spark.catalog.clearCache()
        if number and number % MERGE_AT == 0:
            self.merge(below=number)
        return whole

    def write(self, rows, number):
        """Write one part whole; its rows and bytes."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as F

        counted = Observation()
        rows = rows.observe(counted, F.count(F.lit(1)).alias("rows"), weight_of(rows))
        out = rows.withColumn(BATCH, F.lit(int(number))).write.mode("overwrite")
        out.option("partitionOverwriteMode", "dynamic").partitionBy(BATCH).parquet(self.spec["to"])
        to = Folder(self.spark, self.spec["to"])
        if not to.has("_SUCCESS"):
            # Spark leaves out its own mark where parts are overwritten; catalogs made of folders look for it.
            to.files.create(to.path("_SUCCESS"), True).close()
        return counted.get["rows"], counted.get["bytes"]

    def show_table(self):
        """Give what it writes its name in the server's catalog. Some catalogs are no more than their folders and have
        it already; one that does not take it costs the name, not the data."""
        parts = [part for part in self.spec["table"].split(".") if part]
        if self.named or not parts or len(parts) > 2:
            return
        self.named = True
        quoted = [f"`{part.replace('`', '``')}`" for part in parts]
        try:
            if not self.spark.catalog.tableExists(".".join(quoted)):
                if len(parts) == 2:
                    self.spark.sql("CREATE DATABASE IF NOT EXISTS " + quoted[0])
                place = self.spec["to"].replace("`", "``")
                self.spark.sql(f"CREATE VIEW IF NOT EXISTS {'.'.join(quoted)} AS SELECT * FROM parquet.`{place}`")
        except Exception as error:
            print("The catalog does not take its name:", str(error).splitlines()[0], flush=True)

    def set_aside(self, bad, number):
        """Packets that could not be read are kept beside the channel, never dropped silently."""
        count = bad.count()
        if count:
            bad.write.mode("overwrite").parquet(f"{self.folder.place}/bad/{BATCH}={int(number)}")
            self.facts["bad"] = self.facts.get("bad", 0) + count
            self.facts["bad_why"] = bad.first()["why"]

    # --- what lies there

    def parts(self):
        """Numbers of the batches that lie at the destination, in order."""
        names = Folder(self.spark, self.spec["to"]).names()
        return sorted(int(name.partition("=")[2]) for name in names if name.startswith(BATCH + "="))

    def written(self):
        """What lies at the destination; None if nothing does."""
        if not self.parts():
            return None
        return self.spark.read.option("basePath", self.spec["to"]).parquet(self.spec["to"])

    def sums(self, rows, by=()):
        """Count and order-free fingerprint of rows."""
        from pyspark.sql import functions as F

        names = [F.col("`" + name.replace("`", "``") + "`") for name in rows.columns if name not in by]
        whole = F.to_json(F.struct(*names), {"ignoreNullFields": "false"})
        total = F.sum(F.xxhash64(whole).cast("decimal(38,0)")).cast("string")
        found = rows.groupBy(*by).agg(F.count(F.lit(1)).alias("rows"), total.alias("sum")).collect()
        return [[*(str(row[name]) for name in by), row["rows"], row["sum"]] for row in found]

    def prove(self, verified, **more):
        lies = self.written()
        parts = [] if lies is None else sorted(self.sums(lies, (BATCH,)))
        columns = self.folder.read("columns.json", [])
        self.rows = sum(part[1] for part in parts)
        told = {"verified": verified, "rows": self.rows, "columns": columns, "parts": parts}
        self.folder.write("proof.json", {**told, **more})

    # --- small files

    def merge(self, below):
        """Merge the small parts of batches under ``below`` into one: those are never written again. A note says how
        far it came, so that a run that was killed in the midst is ended by the next one (``tidy``)."""
        to = Folder(self.spark, self.spec["to"])
        if to.has(READERS):
            return
        small = [n for n in self.parts() if n < below and to.size(f"{BATCH}={n}") < SMALL_BYTES]
        if len(small) < 2:
            return
        staged = f"{MERGED}{small[-1]}"
        paths = [f"{self.spec['to']}/{BATCH}={n}" for n in small]
        total = sum(to.size(f"{BATCH}={n}") for n in small)
        rows = self.spark.read.parquet(*paths)
        rows.coalesce(max(1, round(total / (2 * SMALL_BYTES)))).write.mode("overwrite").parquet(to.place + "/" + staged)
        self.folder.write("compact.json", {"from": small, "staged": staged, "to": small[-1]})
        self.finish_merge()

    def finish_merge(self):
        note = self.folder.read("compact.json", None)
        if note is None:
            return
        to = Folder(self.spark, self.spec["to"])
        if to.has(READERS) and all(to.has(f"{BATCH}={number}") for number in note["from"]):
            to.drop(note["staged"])  # somebody has begun to read them, and none is gone yet
        if to.has(note["staged"]):
            merged = self.folder.read("merged.json", {})
            held = {one for number in note["from"] for one in merged.pop(str(number), [number])}
            self.folder.write("merged.json", {**merged, str(note["to"]): sorted(held)})
            for number in note["from"]:
                to.drop(f"{BATCH}={number}")
            to.files.rename(to.path(note["staged"]), to.path(f"{BATCH}={note['to']}"))
        self.folder.drop("compact.json")

    def tidy(self):
        """What a killed run left half done at the destination."""
        self.finish_merge()
        to = Folder(self.spark, self.spec["to"])
        for name in to.names():
            if name.startswith((".spark-staging", MERGED)):
                to.drop(name)
