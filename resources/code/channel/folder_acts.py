def channel_folder(blob):
    """Prints, as one line of JSON, what came of one act on the folders of channels, in the server's file system."""
    import base64, json, time

    given = json.loads(base64.b64decode(blob).decode("utf-8"))
    java, conf = spark._jvm, spark._jsc.hadoopConfiguration()
    hadoop = java.org.apache.hadoop.fs
    place = given.get("base") or spark.sparkContext.getConf().get("spark.astrolabnet.results", "")
    if place:
        base = hadoop.Path(place.rstrip("/") + "/channels")
    else:
        base = hadoop.Path(hadoop.FileSystem.get(conf).getHomeDirectory(), ".astrolabnet/channels")
    files = base.getFileSystem(conf)
    base = files.makeQualified(base)
    owner_only = hadoop.permission.FsPermission("700")

    def read(path):
        """Text of a file; None if there is none. Where a runner says it anew in that instant, it is tried again."""
        coming = hadoop.Path(path.getParent(), "." + path.getName() + ".coming")
        for pause in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 0):
            # Some file systems replace a file by deleting it first: then the new one waits beside it.
            if not files.exists(path) and not files.exists(coming) and not files.exists(path):
                return None
            try:
                # At last without its sums: a local disk keeps them in files of their own, which a kill may leave old.
                raw = not pause and files.getScheme() == "file"
                stream = (files.getRawFileSystem() if raw else files).open(path if files.exists(path) else coming)
                try:
                    return java.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
                finally:
                    stream.close()
            except Exception:
                if not pause and files.exists(path):
                    raise
            time.sleep(pause)
        return None

    def write(path, text):
        out = files.create(path, True)
        out.write(bytearray(text.encode("utf-8")))
        out.close()

    def first(error):
        text = str(getattr(error, "java_exception", error))
        return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)[:300]

    def whole_batches(here):
        """By its checkpoint: the last batch that is whole, and when it was; None if there is none."""
        commits = hadoop.Path(here, "checkpoint/commits")
        found = files.listStatus(commits) if files.exists(commits) else []
        numbers = [(int(s.getPath().getName()), s.getModificationTime() / 1000.0) for s in found if s.getPath().getName().isdigit()]
        return dict(zip(("whole", "time"), max(numbers))) if numbers else None

    def looked_at(name):
        here = hadoop.Path(base, name)
        told = {
            "id": name, "folder": here.toString(), "spec": read(hadoop.Path(here, "channel.json")),
            "status": read(hadoop.Path(here, "status.json")), "proof": read(hadoop.Path(here, "proof.json")),
        }
        # A folder that says nothing of itself still shows by its checkpoint how far it is.
        return told if told["status"] else {**told, "checkpoint": whole_batches(here)}

    def check(spec):
        """What would keep it from running, each with a remedy."""
        problems = []

        def wrong(field, what, remedy):
            problems.append({"field": field, "what": what, "remedy": remedy})

        kind, source = spec["format"], spec["place"]
        if kind == "table":
            if not spark.catalog.tableExists(source):
                wrong("place", "the server has no table " + source + ".",
                      "Write it as database.table, or look at the data.")
        elif kind == "kafka":
            try:
                java.org.apache.spark.sql.execution.datasources.DataSource.lookupDataSource(
                    "kafka", spark._jsparkSession.sessionState().conf())
            except Exception:
                version, scala = spark.version, java.scala.util.Properties.versionNumberString()
                version = given["served"].get(version, version)
                package = "spark-sql-kafka-0-10_" + ".".join(scala.split(".")[:2]) + ":" + version
                wrong("format", "its Spark has no Kafka connector.",
                      "On an island of yours: Fetch Kafka for the island. Elsewhere give its Spark the package "
                      "org.apache.spark:" + package + ".")
            import socket

            for broker in spec["options"].get("kafka.bootstrap.servers", "").split(","):
                host, _, port = broker.strip().rpartition(":")
                try:
                    socket.create_connection((host.strip("[]"), int(port)), 5).close()
                except (OSError, ValueError) as error:
                    wrong("options", broker + " can not be reached from there: " + str(error) + ".",
                          "Ask who runs the broker to let this server in.")
        elif kind == "jdbc":
            url = spec["options"].get("url", "")
            try:
                if not spec["options"].get("driver"):
                    java.java.sql.DriverManager.getDriver(url)
            except Exception:
                wrong("options", "its Spark has no driver for " + ":".join(url.split(":")[:2]) + ".",
                      "Put the database's JDBC driver into its Spark's jars (spark.jars.packages).")
        elif kind == "urls":
            import urllib.request

            for address in [] if spec["secrets"] else source.split()[:5]:
                asked = urllib.request.Request(address.lstrip("@"), method="HEAD")
                try:
                    urllib.request.urlopen(asked, timeout=10).close()
                except Exception as error:
                    if getattr(error, "code", 404) in (401, 404, 410):
                        wrong("place", address + " can not be reached from there: " + str(error) + ".",
                              "Give an address that this server can read.")
        elif kind == "sky":
            import importlib.util

            if importlib.util.find_spec("numpy") is None:
                wrong("format", "its Python has no module numpy.", "On the server: pip install numpy.")
        elif source:
            # No road of its own: a person's computer carries the files.
            relay = " Or carry them here: Carry files to another server, at the server that has them." if spec["origin_url"] else ""
            try:
                path = hadoop.Path(source)
                if not path.getFileSystem(conf).exists(path):
                    wrong("place", source + " is not there.", "Give a folder that this server can read." + relay)
            except Exception as error:
                wrong("place", source + " can not be reached: " + first(error), "Give the server access to it." + relay)
        if spec["decode"]:
            import importlib.util

            if importlib.util.find_spec("fastavro") is None:
                wrong("decode", "its Python has no module fastavro.", "On the server: pip install fastavro.")
        import os, stat

        for reference in spec["secrets"].values():
            how, _, name = reference.partition(":")
            there = {"env": lambda: name in os.environ, "file": lambda: os.access(name, os.R_OK),
                     "alias": lambda: conf.getPassword(name) is not None}.get(how, lambda: False)()
            if not there:
                wrong("secrets", "the secret " + reference + " is not there.",
                      "On the server: install -m 600 /dev/stdin FILE, type it, Ctrl+D; then name it as file:FILE.")
            elif how == "file" and stat.S_IMODE(os.stat(name).st_mode) & 0o077:
                wrong("secrets", "the secret " + reference + " can be read by others.",
                      "On the server: chmod 600 " + name)
        if kind == "kafka" and not problems:
            # As the channel will ask, by its own program: its login, its topics, its consumer group.
            scope = {"__name__": "aln_check"}
            exec(given["runner"], scope)
            asks = scope["Channel"].__new__(scope["Channel"])
            asks.spark, asks.spec, asks.over_gap = spark, spec, False
            try:
                refused = asks.refused()
            except Exception as error:
                refused = ("secrets", first(error), "Look at the source's login.")
            if refused:
                wrong(*refused)
        try:
            target = hadoop.Path(spec["to"])
            there = target.getFileSystem(conf)
            there.mkdirs(target)
            probe = hadoop.Path(target, ".aln-probe")
            there.create(probe, True).close()
            there.delete(probe, False)
        except Exception as error:
            wrong("to", spec["to"] + " can not be written: " + first(error),
                  "Choose a folder that the server's Spark may write.")
        return problems

    def weigh(ident, spec):
        """Bytes that other channels hold, that this one holds, and that its source has (None: it does not say)."""
        def length(place):
            try:
                path = hadoop.Path(place)
                return path.getFileSystem(conf).getContentSummary(path).getLength()
            except Exception:
                return None

        others, own = 0, length(spec["to"]) if spec and spec["to"] else None
        for status in files.listStatus(base) if files.exists(base) else []:
            name, text = status.getPath().getName(), read(hadoop.Path(status.getPath(), "channel.json"))
            if text is not None and not name.startswith(".") and name != ident:
                others += length(json.loads(text)["to"]) or 0
        there = None
        if spec and spec["format"] == "table":
            try:
                there = int(str(spark.table(spec["place"])._jdf.queryExecution().optimizedPlan().stats().sizeInBytes()))
            except Exception:
                pass
        elif spec and spec["place"]:
            there = length(spec["place"])
        # What Spark knows nothing of it takes to be as large as can be.
        return {"others": others, "own": own or 0, "source": there if there is None or there < 1 << 60 else None}

    answer = {}
    act = given["act"]
    if act == "list":
        found = files.listStatus(base) if files.exists(base) else []
        names = sorted(s.getPath().getName() for s in found if s.isDirectory())
        answer = {"channels": [looked_at(name) for name in names if not name.startswith(".")][: given["most"]]}
    else:
        here = hadoop.Path(base, given["id"])
        if act == "check":
            spec = json.loads(given["spec"])
            home = hadoop.Path(place).getParent() if place else hadoop.FileSystem.get(conf).getHomeDirectory()
            then = hadoop.Path(home, "astrolabnet/" + spec["id"])
            if spec["table"]:
                # Where a table of that name would lie: some catalogs are no more than their folders.
                base_name, _, own = spec["table"].rpartition(".")
                then = hadoop.Path(spark.conf.get("spark.sql.warehouse.dir"), (base_name + ".db/" if base_name else "") + own)
            spec["to"] = spec["to"] or then.getFileSystem(conf).makeQualified(then).toString()
            answer = {"problems": check(spec), "to": spec["to"]}
        elif act == "weigh":
            answer = weigh(given["id"], json.loads(given["spec"]) if given["spec"] else None)
        elif act == "stage":
            files.mkdirs(base, owner_only)
            files.mkdirs(here, owner_only)
            files.setPermission(here, owner_only)
            write(hadoop.Path(here, "channel.json"), given["spec"])
            write(hadoop.Path(here, "runner.py"), given["runner"])
            answer = {"folder": here.toString(), "runner": hadoop.Path(here, "runner.py").toString()}
        elif act == "say":
            write(hadoop.Path(here, "status.json"), given["status"])
            answer = looked_at(given["id"])
        elif act == "respec":
            write(hadoop.Path(here, "channel.json"), given["spec"])
            answer = looked_at(given["id"])
        elif act == "stop":
            if files.exists(here):
                write(hadoop.Path(here, "stop"), "")
            answer = looked_at(given["id"])
        elif act == "look":
            answer = looked_at(given["id"])
        elif act == "rewind":
            # Nothing is deleted: what was read and written so far is kept beside, so that it can be taken back.
            kept = hadoop.Path(here, "kept/" + given["kept"])
            spec = json.loads(read(hadoop.Path(here, "channel.json")))
            to = hadoop.Path(spec["to"])
            there = to.getFileSystem(conf)
            aside = hadoop.Path(to.getParent(), "." + to.getName() + "." + given["kept"])
            pairs = [(there, to, aside)]
            for name in ("checkpoint", "columns.json", "column.json", "files.json", "proof.json"):
                pairs.append((files, hadoop.Path(here, name), hadoop.Path(kept, name)))
            files.mkdirs(kept)
            moved = []
            for fs, now, then in pairs:
                if given["back"]:
                    if fs.exists(then):
                        fs.delete(now, True)
                        moved.append(fs.rename(then, now))
                elif fs.exists(now):
                    moved.append(fs.rename(now, then))
            answer = {"moved": len(moved), "failed": moved.count(False)}
        elif act in ("delete", "restore"):
            away = hadoop.Path(base, ".deleted/" + given["id"])
            files.mkdirs(away.getParent())
            now, then = (here, away) if act == "delete" else (away, here)
            answer = {"done": bool(files.exists(now) and not files.exists(then) and files.rename(now, then))}
    print("ALN " + json.dumps(answer))
