class Mending:
    """Parts that are written anew, and only those: what each of them read stands in the checkpoint."""

    def anew(self, parts):
        proof = self.folder.read("proof.json", {})
        before = {part: told for part, *told in proof.get("parts", [])}
        for part in parts:
            self.held()
            numbers = self.folder.read("merged.json", {}).get(str(part), [int(part)])
            rows = None
            for number in numbers:
                one = self.batch(number)
                rows = one if rows is None else rows.unionByName(one)
            self.write(rows, int(part))
            self.say("RUNNING")
        self.prove(bool(proof.get("verified")))
        now = {part: told for part, *told in self.folder.read("proof.json", {})["parts"]}
        # What was not there before has nothing to be written from.
        if others := [part for part in {*now, *before} if now.get(part) != before.get(part)]:
            self.folder.write("proof.json", proof)
            raise Stopped(
                f"part {', '.join(sorted(others)[:6])} is still not what it was: the source does not hold any more "
                "what it held. Rewind it to copy all anew."
            )
        return "DONE"

    def batch(self, number):
        """The rows of one batch, read again."""
        if self.spec["by"]:
            raise Stopped("parts that were brought by a column can not be read again. Rewind it to copy all anew.")
        ends, spec = self.offset(number), self.spec
        begins = self.offset(number - 1) if number else self.first_offset()
        try:
            if spec["format"] == "kafka":
                limits = {"startingOffsets": json.dumps(begins), "endingOffsets": json.dumps(ends)}
                self.spec = {**spec, "options": {**spec["options"], **limits}}
            elif spec["place"] and spec["format"] != "table":
                last, first = ends["logOffset"], begins["logOffset"] if begins else -1
                self.spec = {**spec, "place": [path for path, log in self.files_read() if first < log <= last]}
                if not spec["schema"] and spec["format"] not in ("packets", "text"):
                    plain = self.spark.read.format(spec["format"]).options(**self.options(False))
                    self.spec["schema"] = plain.load(spec["place"]).schema
            else:
                raise Stopped(f"parts of a {spec['format']} source can not be read again. Rewind it to copy all anew.")
            rows = self.chosen(self.spark.read, False)
            return self.decoded(rows)[0] if spec["decode"] else rows
        finally:
            self.spec = spec

    def offset(self, number):
        """How far the source was read at the end of a batch."""
        name = f"checkpoint/offsets/{number}"
        if not self.folder.has(name):
            raise Stopped(f"what part {number} read is forgotten: Spark keeps 100. Rewind it to copy all anew.")
        return json.loads(self.folder.bytes(name).decode("utf-8").splitlines()[2])

    def first_offset(self):
        """Where the first batch began; None for files, of which none was read then."""
        if self.spec["format"] != "kafka":
            return None
        words = self.folder.bytes("checkpoint/sources/0/0").decode("utf-8")
        return json.loads(words[words.index("{") :])

    def files_read(self):
        """All files that were read, each with the number of the look that found it."""
        log, found = Folder(self.spark, self.folder.place + "/checkpoint/sources/0"), {}
        for name in log.names():
            if name.partition(".")[0].isdigit():
                for line in log.bytes(name).decode("utf-8").splitlines()[1:]:
                    told = json.loads(line)
                    found[told["path"]] = told["batchId"]
        return sorted(found.items())
