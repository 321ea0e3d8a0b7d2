FILE = "path STRING, modificationTime TIMESTAMP, length BIGINT, content BINARY"


class Reading:
    """What a channel reads."""

    noted = False

    # --- a folder that another channel writes: now and then that one merges its small parts

    def written_by_channel(self):
        place = self.spec["place"]
        if not place or not isinstance(place, str) or self.spec["format"] in ("table", "files", "urls", "jdbc"):
            return False
        return any(name.startswith(BATCH + "=") for name in Folder(self.spark, place).names())

    def parts_must_stay(self):
        """Who reads a folder as it grows knows files by their names: merged parts would come twice. So a note is left
        there, before which nothing is merged any more; a merge that has begun is waited for."""
        if self.noted or not self.written_by_channel():
            return
        there, id = Folder(self.spark, self.spec["place"]), self.spec["id"]
        try:
            there.files.mkdirs(there.path(READERS))
            there.files.create(there.path(f"{READERS}/{id}"), True).close()
        except Exception as error:
            raise Stopped(
                "a channel writes what this one shall read, and merges its small files now and then: they would come "
                "twice. No note that they are read can be left there, for this server may not write there. Take a "
                "snapshot, or what is new by a column."
            ) from error
        self.unmerged(there)
        self.noted = True

    def unmerged(self, there):
        end = time.monotonic() + SETTLES_S
        while any(name.startswith(MERGED) for name in there.names()):
            if time.monotonic() > end:
                raise Stopped(
                    "the channel that writes what this one reads was ended while it merged its small files. Start that "
                    "one, then this one."
                )
            time.sleep(LOOK_S)

    def settled(self, load):
        """What is there, listed while nothing was being merged: in the midst of it parts are missing."""
        if not self.written_by_channel():
            return load()
        there = Folder(self.spark, self.spec["place"])
        while True:
            self.unmerged(there)
            before, rows = there.names(), load()
            if rows.inputFiles() is not None and set(before) <= set(there.names()):
                return rows

    def options(self, streams):
        """Of Spark's reader, with the secrets in their places."""
        spec, kind = self.spec, self.spec["format"]
        options = {name: str(value) for name, value in spec["options"].items()}
        if streams and spec["rows_at_once"]:
            limit = {"rate": "rowsPerSecond", "kafka": "maxOffsetsPerTrigger"}.get(kind, "maxFilesPerTrigger")
            options[limit] = str(spec["rows_at_once"])
        if kind == "kafka":
            options.setdefault("failOnDataLoss", "true")
            if not streams:
                options.setdefault("startingOffsets", "earliest")
        if self.over_gap:
            options.update({"failOnDataLoss": "false", "ignoreMissingFiles": "true"})
        user = options.pop("sasl.username", "")
        for name, reference in spec["secrets"].items():
            value = secret(self.spark, reference)
            if name == "sasl.password":
                options["kafka.sasl.jaas.config"] = jaas(options.get("kafka.sasl.mechanism", "PLAIN"), user, value)
            else:
                options[name] = value
        return options

    def chosen(self, reader, streams):
        """The rows of the source: as they shall arrive, or, where packets must be read first, raw."""
        spec, kind, place = self.spec, self.spec["format"], self.spec["place"]
        options = self.options(streams)
        reader = reader.options(**options)
        if kind == "sky":
            rows = self.sky(options, streams)
        elif kind == "table":
            rows = reader.table(place)
        elif kind == "packets":
            if streams:
                self.parts_must_stay()
            files = reader.format("binaryFile").schema(FILE).load(place)
            rows = files.selectExpr("CAST(NULL AS BINARY) AS key", "content AS value", "path AS origin")
        else:
            reader = reader.format(kind)
            if streams:
                self.parts_must_stay()
            if spec["schema"] and not spec["decode"]:
                reader = reader.schema(spec["schema"])
            elif place and streams:
                plain = {name: value for name, value in options.items() if not name.startswith("max")}
                reader = reader.schema(self.spark.read.format(kind).options(**plain).load(place).schema)
            if place and not streams:
                rows = self.settled(lambda: reader.load(place))
            else:
                rows = reader.load(place) if place else reader.load()
            if kind == "kafka":
                rows = rows.selectExpr("key", "value", "concat_ws('/', topic, partition, offset) AS origin")
        if not spec["decode"]:
            rows = self.cut(rows)
            self.same_columns(rows)
        return rows

    def sky(self, options, streams):
        """Alerts of the sample sky by their numbers; of the source that counts rows, so that a run that goes on, also
        at another pace, leaves out and doubles no alert. Where an end is needed: one night of them."""
        from pyspark.sql import functions as F

        if streams:
            pace = int(options.get("rowsPerSecond", 10)) * max(1, self.spec["every_s"])
            source = self.spark.readStream.format("rate-micro-batch")
            numbers = source.option("rowsPerBatch", self.spec["rows_at_once"] or pace).load()
        else:
            numbers = self.spark.range(int(options.get("alerts", 5000))).withColumnRenamed("id", "value")
        alert = F.udf(lambda number: next(_alerts_of(number, number + 1)), _ALERT)
        # Made once for each row, not once for each of its columns.
        return numbers.select(alert.asNondeterministic()("value").alias("alert")).select("alert.*")

    def cut(self, rows):
        """Only the rows and columns that are wanted."""
        spec = self.spec
        if spec["where"]:
            rows = rows.where(spec["where"])
        if spec["columns"]:
            rows = rows.selectExpr(*spec["columns"])
        # What another channel wrote has its numbers, too; they say nothing of the rows.
        return rows.drop(BATCH)

    def decoded(self, raw):
        """Packets as rows, and those that could not be read with the reason: ``(rows, bad)``."""
        from pyspark.sql import functions as F
        from pyspark.sql.types import ArrayType, StringType, StructField, StructType

        spec = self.spec
        record = self.spark.createDataFrame([], spec["schema"]).schema
        both = StructType([StructField("rows", ArrayType(record)), StructField("why", StringType())])
        decode, fields = make_decoder(spec["avro_schema"], spec["registry"]), record

        def read(key, value):
            try:
                found = records(decode, key, value)
                return [tuple(shaped(one, field.dataType, field.name) for field in fields) for one in found], None
            except Exception as error:
                return [], f"{type(error).__name__}: {error}"[:300]

        read_all = F.udf(read, both)
        whole = self.whole = raw.withColumn("aln", read_all("key", "value")).persist()
        rows = whole.select(F.explode("aln.rows").alias("aln_row")).select("aln_row.*")
        return self.cut(rows), whole.where("aln.why IS NOT NULL").selectExpr("origin", "aln.why AS why", "key", "value")

    def same_columns(self, rows):
        now = [[field.name, field.dataType.simpleString()] for field in rows.schema.fields]
        before = self.folder.read("columns.json", None)
        if before is None:
            self.folder.write("columns.json", now)
        elif changed := difference(before, now):
            raise Stopped(f"the columns of the source are not what they were: {changed}.")


def records(decode, key, value):
    """All records of a packet: a file may hold many, a message holds one."""
    data = bytes(value or b"")
    if data[:4] == b"Obj\x01":
        import io

        import fastavro

        return list(fastavro.reader(io.BytesIO(data)))
    if data.lstrip()[:1] == b"[":
        return json.loads(data)
    return [] if value is None else [decode(key, value)]


def shaped(record, kind, name):
    """One field of a packet as Spark takes it; what a packet lacks is null."""
    value = record.get(name) if isinstance(record, dict) else None
    return as_spark(value, kind)


def as_spark(value, kind):
    """A value of a packet in the type Spark expects, at any depth."""
    if value is None:
        return None
    what = kind.typeName()
    if what == "struct":
        return tuple(shaped(value, field.dataType, field.name) for field in kind)
    if what == "array":
        return [as_spark(one, kind.elementType) for one in value]
    if what == "map":
        return {str(key): as_spark(one, kind.valueType) for key, one in value.items()}
    if what in ("double", "float"):
        return float(value)
    if what in ("long", "integer", "short", "byte"):
        return int(value)
    if what == "binary":
        return bytearray(value) if isinstance(value, (bytes, bytearray)) else bytearray(str(value).encode("utf-8"))
    if what == "string":
        return value if isinstance(value, str) else json.dumps(value, default=str)
    if what == "boolean":
        return bool(value)
    return value
