class Column:
    """What is new by a column: rows above the largest value that was seen, and those that came late."""

    def by_column(self):
        """One look. How far it will go is written down before it writes, and its part is written whole, so a run that
        was killed brings the same part again. Rows equal to the last value, and those up to ``late`` below it, are
        read once more; of them come those that do not lie at the destination yet, however often the same row is there.
        """
        self.tidy()
        rows = self.chosen(self.spark.read, False)
        known, kind = self.folder.read("column.json", {}), self.kind_of(rows)
        if known and known["by"] != [self.spec["by"], kind]:
            raise Stopped(f"it went by {' '.join(known['by'])} until now. Rewind it to go by another column.")
        lies = self.written()
        self.rows = 0 if lies is None else lies.count()
        self.bytes = self.bytes if self.rows else 0
        last, coming = known.get("last"), known.get("coming")
        number = known.get("batch", -1) + 1
        if coming is None:
            coming = self.largest(rows, kind)
        else:
            # What a killed run may have left of it; rows of it that are gone at the source must not stay.
            part = f"{BATCH}={number}"
            self.rows -= 0 if lies is None else lies.where(f"{BATCH} = {number}").count()
            Folder(self.spark, self.spec["to"]).drop(part)
        if coming is not None:
            self.folder.write("column.json", {**known, "by": [self.spec["by"], kind], "coming": coming})
            self.put(self.since(rows, kind, last, coming, number), number)
            self.folder.write("column.json", {"by": [self.spec["by"], kind], "batch": number, "last": coming})
        self.prove(False, left=self.left(rows, kind, coming))
        return "DONE"

    def kind_of(self, rows):
        """Type of the column."""
        name = self.spec["by"]
        if name not in rows.columns:
            raise Stopped(f"the rows that arrive have no column {name}; name it among Columns.")
        kind = rows.schema[name].dataType
        if kind.typeName() not in ("byte", "short", "integer", "long", "float", "double", "decimal", "string", "date",
                                   "timestamp", "timestamp_ntz"):  # fmt: skip
            raise Stopped(f"{name} is {kind.simpleString()}: only numbers, words and times tell what is new.")
        if self.spec["late"] and kind.typeName() == "string":
            raise Stopped(f"{name} is words: nothing is so much below them. Let Late be 0.")
        return kind.simpleString()

    def column(self):
        from pyspark.sql import functions as F

        return F.col("`" + self.spec["by"].replace("`", "``") + "`")

    def counted(self, rows, kind):
        """Rows that have a value: none, and what is no number, is neither before nor after another."""
        from pyspark.sql import functions as F

        there = rows.where(self.column().isNotNull())
        return there.where(~F.isnan(self.column())) if kind in ("float", "double") else there

    def largest(self, rows, kind):
        """As text that gives the same value back; None where no row has one."""
        from pyspark.sql import functions as F

        top = self.counted(rows, kind).agg(F.max(self.column()).alias("top"))
        exact = "unix_micros(top)" if kind == "timestamp" else "top"
        return top.selectExpr(f"CAST({exact} AS STRING)").first()[0]

    def value(self, text, kind, below=0.0):
        """That value, or one so much below it."""
        from pyspark.sql import functions as F

        if kind == "timestamp":
            return F.expr(f"timestamp_micros({int(text) - round(below * 1e6)})")
        value = F.lit(text).cast(kind)
        if not below:
            return value
        if kind == "date":
            return F.date_sub(value, -int(-below // 1))
        if kind == "timestamp_ntz":
            return value - F.expr(f"make_dt_interval(0, 0, 0, {below:.6f})")
        return value.cast("double") - F.lit(below)

    def since(self, rows, kind, last, coming, number):
        """What is new, up to a value."""
        at, rows = self.column(), self.counted(rows, kind)
        if last is None:
            return rows.where(at <= self.value(coming, kind))
        above = rows.where((at > self.value(last, kind)) & (at <= self.value(coming, kind)))
        low = self.value(last, kind, self.spec["late"])
        again = rows.where((at >= low) & (at <= self.value(last, kind)))
        return above.unionByName(self.without(again, at >= low, number))

    def without(self, rows, where, number):
        """Those of the rows that earlier batches did not bring: each as often as it is there more often than here."""
        from pyspark.sql import Window
        from pyspark.sql import functions as F

        lies = self.written()
        if lies is None:
            return rows
        names = [F.col("`" + name.replace("`", "``") + "`") for name in rows.columns]
        mark = F.sha2(F.to_json(F.struct(*names), {"ignoreNullFields": "false"}), 256).alias("aln_mark")
        here = lies.where(F.col(BATCH) < number).where(where).groupBy(mark).agg(F.count(F.lit(1)).alias("aln_here"))
        nth = F.row_number().over(Window.partitionBy("aln_mark").orderBy(F.lit(1)))
        marked = rows.select("*", mark).withColumn("aln_nth", nth).join(here, "aln_mark", "left")
        return marked.where("aln_nth > coalesce(aln_here, 0)").drop("aln_mark", "aln_nth", "aln_here")

    def left(self, rows, kind, coming):
        """How many rows of the source were passed over: without a value, or later than what is waited for."""
        from pyspark.sql import functions as F

        if coming is None:
            return rows.count()
        none = self.column().isNull()
        if kind in ("float", "double"):
            none = none | F.isnan(self.column())
        there = rows.where(none | (self.column() <= self.value(coming, kind))).count()
        return max(0, there - self.written_rows())

    def written_rows(self):
        lies = self.written()
        return 0 if lies is None else lies.count()
