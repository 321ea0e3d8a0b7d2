def channel_drift(blob):
    """Prints, as one line of JSON, what of a channel's copy is not what its proof says; ``mend``: is made ready to
    be copied again, and nothing else is."""
    import base64, json

    given = json.loads(base64.b64decode(blob).decode("utf-8"))
    scope = {"__name__": "aln_drift"}
    exec(given["runner"], scope)
    Folder, most = scope["Folder"], given["most"]

    class Looks(scope["Channel"]):
        def __init__(self):
            self.spark, self.folder = spark, Folder(spark, given["folder"])
            self.spec = json.loads(self.folder.bytes("channel.json").decode("utf-8"))

    it = Looks()
    proof = it.folder.read("proof.json", None)
    answer = {"proof": proof is not None, "drift": [], "more": 0, "total": 0}
    if proof is not None and "files" in proof:
        here, found = Folder(spark, it.spec["to"]), []
        nowhere = here.java.org.apache.commons.io.output.NullOutputStream()
        there = here.walk()
        for name, (size, _, sha) in proof["files"].items():
            if name not in there:
                found.append([name, "is gone"])
            elif there[name].getLen() != size:
                found.append([name, "is of another length"])
            else:
                try:
                    same = it.digest(here.files.open(here.path(name)), nowhere) == sha
                except Exception:
                    # File systems that keep sums of their own notice it themselves.
                    same = False
                if not same:
                    found.append([name, "is not what was copied"])
        answer["more"] = len([name for name in there if name not in proof["files"]])
        answer["total"] = len(proof["files"])
        if given["mend"] and found:
            known = it.folder.read("files.json", {})
            it.folder.write("files.json", {name: told for name, told in known.items() if name not in dict(found)})
    elif proof is not None:
        lies, found = it.written(), []
        now = {} if lies is None else {part: [rows, total] for part, rows, total in it.sums(lies, (scope["BATCH"],))}
        before = {part: [rows, total] for part, rows, total in proof["parts"]}
        for part in sorted({*now, *before}, key=int):
            if part not in before:
                found.append([part, "was not there"])
            elif part not in now:
                found.append([part, "is gone"])
            elif now[part] != before[part]:
                found.append([part, f"has {now[part][0]} rows, not {before[part][0]}" if now[part][0] != before[part][0]
                              else "holds other values"])
        answer["total"] = len(before)
    else:
        found = []
    answer["drift"], answer["count"] = found[:most], len(found)
    print("ALN " + json.dumps(answer))
