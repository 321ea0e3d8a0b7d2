def roads(blob):
    """Prints, as one line of JSON, what came of one act on files that shall go from one server to another."""
    import base64, hashlib, json, os

    given = json.loads(base64.b64decode(blob).decode("utf-8"))
    java, conf = spark._jvm, spark._jsc.hadoopConfiguration()
    hadoop = java.org.apache.hadoop.fs
    act, answer = given["act"], {}

    def at(place, name=""):
        path = hadoop.Path(place.rstrip("/") + "/" + name if name else place)
        return path.getFileSystem(conf), path

    def first(error):
        text = str(getattr(error, "java_exception", error))
        return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)[:200]

    def octets(files, path, begin, size):
        stream = files.open(path)
        try:
            stream.seek(begin)
            return bytes(java.org.apache.commons.io.IOUtils.toByteArray(
                java.org.apache.commons.io.input.BoundedInputStream(stream, size)))
        finally:
            stream.close()

    def whole(files, path, data):
        coming = hadoop.Path(path.getParent(), "." + path.getName() + ".coming")
        out = files.create(coming, True)
        out.write(bytearray(data))
        out.close()
        renamed(files, coming, path)

    def renamed(files, coming, path):
        files.delete(path, False)
        if not files.rename(coming, path):
            raise OSError("could not rename to " + path.toString())

    def digest(files, path, out=None):
        seen = java.java.security.MessageDigest.getInstance("SHA-256")
        stream = java.java.security.DigestInputStream(files.open(path), seen)
        java.org.apache.hadoop.io.IOUtils.copyBytes(
            stream, out or java.org.apache.commons.io.output.NullOutputStream(), 1 << 20, False)
        stream.close()
        return bytes(seen.digest()).hex()

    def walk(files, path, under, found):
        for status in files.listStatus(path):
            last = status.getPath().getName()
            if last.startswith(".") or (last.startswith("_") and "=" not in last):
                continue
            if status.isDirectory():
                walk(files, status.getPath(), under + last + "/", found)
            elif len(found) < given["most"]:
                found.append([under + last, status.getLen(), status.getModificationTime()])
        return found

    def parts(name, stamp):
        key = hashlib.sha256(json.dumps([name, stamp, given["chunk"]]).encode("utf-8")).hexdigest()[:24]
        return at(given["place"], ".aln-relay/" + key)

    def known():
        files, path = at(given["place"], ".aln-relay/done.json")
        return json.loads(octets(files, path, 0, 1 << 26).decode("utf-8")) if files.exists(path) else {}

    if act == "mark":
        place = given["base"] or spark.sparkContext.getConf().get("spark.astrolabnet.results", "")
        base = hadoop.Path(place) if place else hadoop.Path(hadoop.FileSystem.get(conf).getHomeDirectory(), ".astrolabnet")
        files = base.getFileSystem(conf)
        files.mkdirs(base)
        path = files.makeQualified(hadoop.Path(base, ".aln-mark-" + given["token"][:16]))
        whole(files, path, given["token"].encode("ascii"))
        answer = {"uri": path.toString(), "home": hadoop.FileSystem.get(conf).getUri().toString()}
    elif act == "unmark":
        files, path = at(given["place"])
        answer = {"done": bool(path.getName().startswith(".aln-mark-") and files.delete(path, False))}
    elif act == "see":
        # What the other side said is there; only whether it is, never what it holds, leaves this server.
        try:
            files, path = at(given["place"])
            there = hashlib.sha256(octets(files, path, 0, 64)).hexdigest() == given["sha"]
            answer = {"reads": there, "own": files.getUri().toString() == hadoop.FileSystem.get(conf).getUri().toString(),
                      "why": "" if there else "another file is at that address there"}
        except Exception as error:
            answer = {"reads": False, "own": False, "why": first(error)}
    elif act == "list":
        files, path = at(given["place"])
        if not files.exists(path):
            raise ValueError(given["place"] + " is not there.")
        answer = {"files": sorted(walk(files, path, "", []))}
    elif act == "read":
        files, path = at(given["place"], given["name"])
        data = octets(files, path, given["at"], given["size"])
        answer = {"data": base64.b64encode(data).decode("ascii")}
    elif act == "sum":
        answer = {"sha": digest(*at(given["place"], given["name"]))}
    elif act == "have":
        answer = {"done": {}, "parts": {}}
        for name, entry in known().items():
            files, path = at(given["place"], name)
            if files.exists(path) and files.getFileStatus(path).getLen() == entry[0]:
                answer["done"][name] = entry
        for name, *stamp in given["wanted"]:
            files, path = parts(name, stamp)
            if files.exists(path):
                found = files.listStatus(path)
                answer["parts"][name] = {s.getPath().getName(): s.getLen() for s in found
                                         if not s.getPath().getName().startswith(".")}
    elif act == "take":
        from pyspark import SparkFiles

        local = SparkFiles.get(given["upload"])
        with open(local, "rb") as source:
            data = source.read()
        if hashlib.sha256(data).hexdigest() != given["sha"]:
            raise ValueError("it arrived changed")
        files, path = parts(given["name"], given["stamp"])
        whole(files, hadoop.Path(path, "%015d" % given["at"]), data)
        os.remove(local)
        answer = {"size": len(data)}
    elif act == "join":
        name, stamp = given["name"], given["stamp"]
        files, pieces = parts(name, stamp)
        _, path = at(given["place"], name)
        coming = hadoop.Path(path.getParent(), "." + path.getName() + ".coming")
        out = files.create(coming, True)
        found = sorted(s.getPath().getName() for s in files.listStatus(pieces)) if stamp[0] else []
        for piece in found:
            if not piece.startswith("."):
                digest(files, hadoop.Path(pieces, piece), out)
        out.close()
        sha = digest(files, coming)
        if sha == given["sha"]:
            renamed(files, coming, path)
            done = known()
            done[name] = [*stamp, sha]
            whole(*at(given["place"], ".aln-relay/done.json"), json.dumps(done).encode("utf-8"))
        else:
            files.delete(coming, False)
        files.delete(pieces, True)
        answer = {"sha": sha}
    print("ALN " + json.dumps(answer))
