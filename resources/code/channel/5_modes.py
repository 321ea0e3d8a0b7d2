class Channel(Reading, Writing):
    """One run of it."""

    def __init__(self, spark, given, program):
        self.spark, self.folder = spark, Folder(spark, given["folder"])
        words = self.folder.bytes("channel.json")
        self.spec = json.loads(words.decode("utf-8"))
        self.agreed = hashlib.sha256(words + program).hexdigest() == given["approved"]
        self.over_gap = given.get("over_gap", False)
        self.token, self.query, self.seen, self.rows = uuid.uuid4().hex, None, -1, 0
        self.facts, self.samples, self.pausing = {}, [], False

    # --- what it says

    def say(self, state, **more):
        """One line to the log and the same, with the rates of the last minutes, to status.json."""
        spec = self.spec
        self.facts.update(more)
        told = {
            "channel": spec["id"], "title": spec["title"], "mode": spec["mode"], "origin": spec["origin"],
            "origin_url": spec["origin_url"], "to": spec["to"], "folder": self.folder.place, "every_s": spec["every_s"],
            "app": self.spark.sparkContext.applicationId, "state": state, "time": time.time(), "rows": self.rows,
            **self.facts,
        }  # fmt: skip
        if self.mine():
            self.folder.write("status.json", {**told, "samples": self.samples})
        print("ALN-STATUS " + json.dumps(told), flush=True)

    def mine(self):
        return self.folder.read("owner", self.token) == self.token

    def held(self):
        if not self.mine():
            raise Stopped("another run of this channel has taken over.", "LOST")

    # --- its modes

    def snapshot(self):
        rows = self.chosen(self.spark.read, False)
        if self.spec["decode"]:
            self.put(rows, 0)
            self.prove(False)
            return "DONE"
        self.put(rows, 0)
        [there], lies = self.sums(rows), self.written()
        [here] = self.sums(lies.drop(BATCH)) if lies is not None else [[0, None]]
        if there != here:
            raise Stopped(
                f"the copy has {here[0]} rows and the source {there[0]}, or their contents differ: it changed while "
                "it was read. Run it again."
            )
        self.prove(True)
        return "DONE"

    def stream(self):
        self.tidy()
        rows = self.chosen(self.spark.readStream, True)
        lies = self.written()
        self.rows = 0 if lies is None else lies.count()
        once = self.spec["mode"] == "incremental"
        trigger = {"availableNow": True} if once else {"processingTime": f"{max(0, self.spec['every_s'])} seconds"}
        at = self.folder.place + "/checkpoint"
        out = rows.writeStream.queryName(self.spec["id"]).option("checkpointLocation", at)
        self.query = out.foreachBatch(self.unless_pausing).trigger(**trigger).start()
        told = 0.0
        while not self.query.awaitTermination(LOOK_S):
            if self.folder.has("stop"):
                # Where more always waits there is no moment without a batch: the next one is not begun.
                self.pausing = True
                while self.query.status["isTriggerActive"] and self.query.isActive:
                    time.sleep(0.1)
                self.query.stop()
                self.heard()
                return "PAUSED"
            self.held()
            if time.monotonic() - told >= REPORT_S:
                told = time.monotonic()
                self.heard()
                self.say("RUNNING")
        self.heard()
        if once:
            self.prove(False)
        return "DONE"

    def unless_pausing(self, rows, number):
        if self.pausing:
            raise Stopped("it is pausing.", "PAUSED")
        self.put(rows, number)

    def heard(self):
        """Take in what Spark says of the batches since the last time."""
        for progress in self.query.recentProgress:
            if isinstance(progress, str) or not hasattr(progress, "get"):
                progress = json.loads(progress if isinstance(progress, str) else progress.json)
            if progress["batchId"] < self.seen:
                continue
            self.seen = progress["batchId"]
            waits = [n for source in progress.get("sources") or () if (n := waiting_at(source)) is not None]
            self.facts.update(
                batch=progress["batchId"], rows_s=finite(progress.get("processedRowsPerSecond")),
                in_rows_s=finite(progress.get("inputRowsPerSecond")), waiting=sum(waits) if waits else None,
            )  # fmt: skip
        now = time.time()
        self.samples.append([round(now, 1), self.rows, self.facts.get("waiting")])
        self.samples = self.samples[-SAMPLES:]
        since = next((sample for sample in self.samples if now - sample[0] <= 20.0), self.samples[0])
        span = now - since[0]
        if span >= REPORT_S:
            # What Spark says of one batch jumps; over the last seconds it is what a person sees.
            self.facts["rows_s"] = (self.rows - since[1]) / span
            if self.facts.get("waiting") is not None and since[2] is not None:
                self.facts["in_rows_s"] = max(0.0, self.facts["rows_s"] + (self.facts["waiting"] - since[2]) / span)

    def mirror(self):
        """Files byte by byte, only those that are new or changed; each is whole or absent."""
        there, here = Folder(self.spark, self.spec["place"]), Folder(self.spark, self.spec["to"])
        if not there.has(""):
            raise Stopped("the folder to mirror is not there.")
        known, copied = self.folder.read("files.json", {}), 0
        wanted, saved = there.walk(), time.monotonic()
        for name, status in wanted.items():
            stamp = [status.getLen(), status.getModificationTime()]
            if known.get(name, [])[:2] == stamp and here.has(name) and length(here, name) == stamp[0]:
                continue
            if time.monotonic() - saved >= LOOK_S:
                saved = time.monotonic()
                self.folder.write("files.json", known)
                if self.folder.has("stop"):
                    return "PAUSED"
                self.held()
                self.say("RUNNING", files=[len([n for n in wanted if n in known]), len(wanted)])
            known[name] = [*stamp, self.copy(there, here, name)]
            copied += 1
        self.folder.write("files.json", known)
        self.facts.update(files=[len(wanted), len(wanted)], copied=copied)
        proof = {"verified": True, "files": {name: known[name] for name in wanted}}
        self.folder.write("proof.json", proof)
        return "DONE"

    def copy(self, there, here, name):
        """One file; its sha-256, which what was written was read again for."""
        head, _, last = name.rpartition("/")
        coming = f"{head}{'/' if head else ''}.{last}.coming"
        if head:
            here.files.mkdirs(here.path(head))
        read = self.digest(there.files.open(there.path(name)), here.files.create(here.path(coming), True))
        nowhere = there.java.org.apache.commons.io.output.NullOutputStream()
        if read != self.digest(here.files.open(here.path(coming)), nowhere):
            raise Stopped(f"{name} is not what was read when it is read again: the disk of the destination errs.")
        here.move(coming, name)
        return read

    def digest(self, stream, out):
        java = self.spark._jvm
        seen = java.java.security.DigestInputStream(stream, java.java.security.MessageDigest.getInstance("SHA-256"))
        java.org.apache.hadoop.io.IOUtils.copyBytes(seen, out, 1 << 20, True)
        return bytes(seen.getMessageDigest().digest()).hex()

    def run(self):
        if not self.agreed:
            raise Stopped("what it shall do is not what was agreed to: someone changed its folder.")
        self.folder.write("owner", self.token)
        self.folder.drop("stop")
        self.say("PENDING")
        return {"snapshot": self.snapshot, "mirror": self.mirror}.get(self.spec["mode"], self.stream)()


def waiting_at(source):
    """Rows that wait at one source; None if it does not say."""
    ends, latest = source.get("endOffset"), source.get("latestOffset")
    if isinstance(ends, dict) and isinstance(latest, dict):
        return sum(
            max(0, last - (ends.get(topic) or {}).get(part, 0))
            for topic, parts in latest.items() if isinstance(parts, dict) for part, last in parts.items()
        )  # fmt: skip
    outstanding = (source.get("metrics") or {}).get("avgOffsetsBehindLatest")
    return float(outstanding) if outstanding else None


def finite(value):
    return value if isinstance(value, (int, float)) and value == value and abs(value) != float("inf") else None


def length(folder, name):
    return folder.files.getFileStatus(folder.path(name)).getLen()


def main(spark=None):
    from pyspark.sql import SparkSession

    given = json.loads(base64.b64decode(sys.argv[1]).decode("utf-8"))
    with open(__file__, "rb") as source:
        program = source.read()
    channel = Channel(spark or SparkSession.builder.getOrCreate(), given, program)
    try:
        channel.say(channel.run(), verified=bool(channel.folder.read("proof.json", {}).get("verified")))
    except Exception as error:
        state, words = state_of(error)
        channel.say(state, error=words)
        raise
    finally:
        if channel.query is not None:
            channel.query.stop()


if __name__ == "__main__":
    main()
