"""Runs one channel: reads its source, writes where it shall, says how it stands. It knows of no other channel.

Its one argument is base64 of JSON: ``folder``, ``approved`` (hash of what a person agreed to), ``over_gap``,
``mend`` (parts to be written anew). In the folder lie channel.json (what to do), checkpoint (how far it has read),
columns.json (the columns as they were at first), column.json (the largest value of the column by which rows are
new), files.json (the files it has), owner (whose turn it is), stop (asked to pause), status.json (how it
stands), compact.json (small files being merged), merged.json (which batches a part holds), bad (packets that could
not be read) and proof.json (what was written).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
import sys
import threading
import time
import traceback
import uuid

BATCH = "aln_batch"  # not with "_" in front: listings skip such folders
GAP_WORDS = (
    "data may have been lost", "may be lost", "failOnDataLoss", "FileNotFound", "FILE_NOT_EXIST",
    "OffsetOutOfRange", "missing from Kafka",
)  # fmt: skip
REPORT_S = 2.0
LOOK_S = 0.5
PULSE_S = 20.0  # so long one step may keep it before it says that it still works
PIECE = 8 << 20
MERGE_AT = 64  # so many batches, each with files of its own, are merged into one
SMALL_BYTES = 64 << 20
SAMPLES = 150
READERS = "_aln_readers"  # in it channels that read a folder as it grows leave their ids: its parts must stay
MERGED = ".merged-"
SETTLES_S = 60.0


class Stopped(Exception):
    """It must not go on; the words say why. ``state`` is what it is in then."""

    def __init__(self, words, state="FAILED"):
        super().__init__(words)
        self.state = state


def state_of(error):
    """GAP if data expired or vanished before it was read, else FAILED; and the telling line of the error."""
    if isinstance(error, Stopped):
        return error.state, str(error)
    words = str(error)
    state = "GAP" if any(word in words for word in GAP_WORDS) else "FAILED"
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in GAP_WORDS)] if state == "GAP" else lines
    return state, (telling or lines or [type(error).__name__])[0][:600]


def difference(before, now):
    """What changed between two lists of columns ``[name, type]``, in words; "" if nothing did."""
    old, new = dict(map(tuple, before)), dict(map(tuple, now))
    words = [f"{name} {new[name]} is new" for name in new if name not in old]
    words += [f"{name} {old[name]} is gone" for name in old if name not in new]
    words += [f"{name} was {old[name]}, is {new[name]}" for name in new if name in old and old[name] != new[name]]
    return "; ".join(words) or ("" if list(map(list, before)) == list(map(list, now)) else "their order")


class Folder:
    """A folder in whatever file system it lies; a reader sees a file whole or not at all."""

    def __init__(self, spark, place):
        self.java, self.conf, self.place = spark._jvm, spark._jsc.hadoopConfiguration(), place.rstrip("/")
        fs = self.java.org.apache.hadoop.fs
        self.files = fs.Path(self.place).getFileSystem(self.conf)
        self.context = fs.FileContext.getFileContext(fs.Path(self.place).toUri(), self.conf)
        rename = getattr(fs, "Options$Rename")
        self.over = spark.sparkContext._gateway.new_array(rename, 1)
        self.over[0] = rename.OVERWRITE

    def path(self, name):
        return self.java.org.apache.hadoop.fs.Path(self.place + "/" + name if name else self.place)

    def has(self, name):
        return self.files.exists(self.path(name))

    def bytes(self, name):
        try:
            return self._bytes(self.files, name)
        except Exception as error:
            if "ChecksumException" not in str(error):
                raise
            # A local disk keeps sums in files of their own: who is killed between two renames leaves an old one.
            return self._bytes(self.files.getRawFileSystem(), name)

    def _bytes(self, files, name):
        stream = files.open(self.path(name))
        try:
            return bytes(self.java.org.apache.commons.io.IOUtils.toByteArray(stream))
        finally:
            stream.close()

    def read(self, name, otherwise):
        """A file as it was written last. A local disk deletes it before the new one takes its name: of a run that was
        killed in between the new one waits beside it, whole. Torn it is only where there was none before."""
        if self.has(name):
            return json.loads(self.bytes(name).decode("utf-8"))
        try:
            waits = self.bytes(self.coming(name)) if self.has(self.coming(name)) else b""
            return json.loads(waits.decode("utf-8")) if waits else otherwise
        except ValueError:
            return otherwise

    def coming(self, name):
        return "." + name + ".coming"

    def write(self, name, value):
        if not self.has(name) and (waits := self.read(name, None)) is not None and waits != value:
            self.move(self.coming(name), name)  # it must not be torn while nothing else has its words
        out = self.files.create(self.path(self.coming(name)), True)
        out.write(bytearray(json.dumps(value).encode("ascii")))
        out.close()
        self.move(self.coming(name), name)

    def move(self, name, to):
        self.context.rename(self.path(name), self.path(to), self.over)

    def drop(self, name):
        self.files.delete(self.path(name), True)

    def names(self):
        """What lies directly in it."""
        return [status.getPath().getName() for status in self.files.listStatus(self.path(""))] if self.has("") else []

    def size(self, name):
        return self.files.getContentSummary(self.path(name)).getLength()

    def walk(self):
        """Files below it by their relative name; hidden ones are not data."""
        found, root = {}, self.files.makeQualified(self.path("")).toString().rstrip("/")
        walk = self.files.listFiles(self.path(""), True)
        while walk.hasNext():
            status = walk.next()
            name = status.getPath().toString()[len(root) + 1 :]
            parts = name.split("/")
            if not any(part.startswith(".") or (part.startswith("_") and "=" not in part) for part in parts):
                found[name] = status
        return found


def secret(spark, reference):
    """What a reference stands for: ``env:NAME`` of the driver, ``file:/path`` that only its owner may read, or
    ``alias:name`` of Hadoop's credential provider. Its value is never said, written or sent."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise Stopped(f"the secret {reference} is not there: the driver has no such variable.")
        return os.environ[name]
    if kind == "file":
        try:
            mode = os.stat(name).st_mode
            if stat.S_IMODE(mode) & 0o077:
                raise Stopped(f"the secret {reference} can be read by others. Run: chmod 600 {name}")
            with open(name, encoding="utf-8") as file:
                return file.read().rstrip("\r\n")
        except OSError as error:
            raise Stopped(f"the secret {reference} can not be read: {error.strerror}.") from None
    if kind == "alias":
        found = spark._jsc.hadoopConfiguration().getPassword(name)
        if found is None:
            raise Stopped(f"the secret {reference} is not there: no credential provider has that alias.")
        return "".join(found)
    raise Stopped(f"the secret {reference} is of no known kind (env:, file:, alias:).")


def jaas(mechanism, user, word):
    """What Kafka's client wants to hear for a login."""
    plain = mechanism == "PLAIN"
    module = "plain.PlainLoginModule" if plain else "scram.ScramLoginModule"
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in (user, word)]
    return (
        f'org.apache.kafka.common.security.{module} required username="{quoted[0]}" password="{quoted[1]}";'
    )
