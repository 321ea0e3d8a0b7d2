class Channel(Reading, Writing, Measuring, Mending, Column, Addresses):
    """One run of it."""

    saying, ended = threading.RLock(), threading.Event()
    ended.set()  # what only counts or compares says nothing

    def __init__(self, spark, given, program):
        self.spark, self.folder = spark, Folder(spark, given["folder"])
        words = self.folder.bytes("channel.json")
        self.spec = json.loads(words.decode("utf-8"))
        self.agreed = hashlib.sha256(words + program).hexdigest() == given["approved"]
        self.over_gap, self.mend = given.get("over_gap", False), given.get("mend", [])
        self.token, self.query, self.seen, self.rows, self.bytes = uuid.uuid4().hex, None, 0.0, 0, 0
        self.facts, self.samples, self.pausing = {}, [], False
        self.arrived, self.weighed, self.last, self.level = [], [], [-1, 0], 0
        self.saying, self.ended, self.spoke = threading.RLock(), threading.Event(), time.monotonic()

    # --- what it says

    def say(self, state, **more):
        """One line to the log and the same, with the rates of the last minutes, to status.json."""
        with self.saying:
            self.told(state, more)
            self.spoke = time.monotonic()

    def told(self, state, more):
        spec = self.spec
        self.facts.update(more)
        told = {
            "channel": spec["id"], "title": spec["title"], "mode": spec["mode"], "format": spec["format"],
            "place": spec["place"], "where": spec["where"], "table": spec["table"], "at_once": spec["rows_at_once"],
            "origin": spec["origin"], "origin_url": spec["origin_url"], "to": spec["to"], "every_s": spec["every_s"],
            "folder": self.folder.place,
            "app": self.spark.sparkContext.applicationId, "state": state, "time": time.time(), "rows": self.rows,
            "bytes": self.bytes, "last": self.last, **self.facts,
        }  # fmt: skip
        if self.mine():
            self.folder.write("status.json", {**told, "samples": self.samples})
        print("ALN-STATUS " + json.dumps(told), flush=True)

    def still(self):
        """It still works: said where nothing else was said for long."""
        with self.saying:
            if not self.ended.is_set() and time.monotonic() - self.spoke >= PULSE_S:
                self.say("RUNNING")

    def pulse(self):
        """One step of Spark may take hours. While it does, this says that it still works, as long as a task of it is on
        a core or ended since the last look: one that waits for cores that do not come falls silent."""
        tracker, before = self.spark.sparkContext.statusTracker(), None
        while not self.ended.wait(PULSE_S / 4):
            infos = [one for one in map(tracker.getStageInfo, tracker.getActiveStageIds()) if one is not None]
            done = sorted((one.stageId, one.numCompletedTasks) for one in infos)
            if done and (done != before or any(one.numActiveTasks for one in infos)):
                self.still()
            before = done

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
        self.bytes = self.bytes if self.rows else 0
        self.facts["keeps_s"] = self.keeps()
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
            if time.monotonic() - told >= REPORT_S or self.crossed(time.time()):
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
        self.parts_must_stay()  # where the folder was not there yet at the start
        self.put(rows, number)

    def mirror(self):
        """Files byte by byte, only those that are new or changed; each is whole or absent."""
        here = Folder(self.spark, self.spec["to"])
        if self.spec["format"] == "urls":
            told = self.addressed()
            wanted = {name: stamp for name, (_, *stamp) in told.items()}
        else:
            there = Folder(self.spark, self.spec["place"])
            if not there.has(""):
                raise Stopped("the folder to mirror is not there.")
            wanted = {name: [s.getLen(), s.getModificationTime()] for name, s in there.walk().items()}
        known, copied, saved = self.folder.read("files.json", {}), 0, time.monotonic()
        for name, (size, mark) in wanted.items():
            old = known.get(name)
            same = old is not None and old[1] == mark != "" and size in (-1, old[0])
            if same and here.has(name) and length(here, name) == old[0]:
                continue
            if time.monotonic() - saved >= LOOK_S:
                saved = time.monotonic()
                self.folder.write("files.json", known)
                if self.folder.has("stop"):
                    return "PAUSED"
                self.held()
                self.say("RUNNING", files=[len([n for n in wanted if n in known]), len(wanted)])
            if self.spec["format"] == "urls":
                known[name] = self.fetch(here, name, told[name][0])
            else:
                known[name] = [size, mark, self.copy(there, here, name)]
            self.bytes += known[name][0]
            # What has no mark is fetched to be compared.
            copied += mark != "" or old is None or known[name][2] != old[2]
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
        try:
            while java.org.apache.commons.io.IOUtils.copyLarge(seen, out, 0, PIECE) == PIECE:
                self.still()
        finally:
            out.close()
            seen.close()
        return bytes(seen.getMessageDigest().digest()).hex()

    def run(self):
        if not self.agreed:
            raise Stopped("what it shall do is not what was agreed to: someone changed its folder.")
        self.folder.write("owner", self.token)
        self.folder.drop("stop")
        if self.spec["mode"] in ("stream", "incremental"):
            said = self.folder.read("status.json", {})
            self.bytes, self.last = int(said.get("bytes") or 0), said.get("last") or self.last
        self.say("PENDING")
        if self.mend and self.spec["mode"] in ("stream", "incremental"):
            return self.anew(self.mend)
        if self.spec["by"]:
            return self.by_column()
        return {"snapshot": self.snapshot, "mirror": self.mirror}.get(self.spec["mode"], self.stream)()


def length(folder, name):
    return folder.files.getFileStatus(folder.path(name)).getLen()


def main(spark=None):
    from pyspark.sql import SparkSession

    given = json.loads(base64.b64decode(sys.argv[1]).decode("utf-8"))
    with open(__file__, "rb") as source:
        program = source.read()
    spark = spark or SparkSession.builder.getOrCreate()
    spark.sparkContext.setLogLevel("WARN")  # of a log the last lines are read: what it says must stand among them
    channel = Channel(spark, given, program)
    threading.Thread(target=channel.pulse, daemon=True).start()
    try:
        state = channel.run()
        channel.ended.set()
        channel.say(state, verified=bool(channel.folder.read("proof.json", {}).get("verified")))
    except Exception as error:
        channel.ended.set()
        # The word comes last: of a log the last lines are read, and what Java tells of an error is hundreds of them.
        traceback.print_exc()
        sys.stderr.flush()
        state, words = state_of(error)
        channel.say(state, error=words)
        sys.excepthook = lambda *_: None  # it is told already
        raise
    finally:
        channel.ended.set()
        if channel.query is not None:
            channel.query.stop()


if __name__ == "__main__":
    main()
