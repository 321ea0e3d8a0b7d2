"""Runs a batch's own program as it would run by itself, and leaves what came of it beside the data before it ends."""

import base64
import collections
import json
import os
import runpy
import sys
import time
import traceback

LINES = 10000


class Both:
    """A stream that is written on, and whose last lines are remembered."""

    def __init__(self, real):
        self.real, self.lines, self.open = real, collections.deque(maxlen=LINES), ""

    def write(self, text):
        done = (self.open + text).split("\n")
        self.open = done.pop()[-65536:]
        self.lines.extend(done)
        return self.real.write(text)

    def said(self):
        return "\n".join([*self.lines, self.open]).rstrip("\n")

    def __getattr__(self, name):
        return getattr(self.real, name)


def find(program):
    """The program: Spark has put it on the path, as all Python files that come with a batch."""
    name = os.path.basename(program)
    scheme, colon, path = program.partition(":")
    places = [os.path.join(folder, name) for folder in sys.path] + [path.replace("///", "/") if colon else program]
    mine = os.path.abspath(__file__)
    return next((place for place in places if os.path.isfile(place) and os.path.abspath(place) != mine), places[-1])


def write(given, told):
    """One file in the folder of results, whole or not at all; the program may have ended Spark already."""
    from pyspark import SparkContext, __version__

    SparkContext._ensure_initialized()
    java = SparkContext._jvm
    conf = java.org.apache.spark.deploy.SparkHadoopUtil.get().conf()
    place = given["results"] or java.org.apache.spark.SparkConf().get("spark.astrolabnet.results", "")
    hadoop = java.org.apache.hadoop.fs
    if place:
        folder = hadoop.Path(place)
    else:
        folder = hadoop.Path(hadoop.FileSystem.get(conf).getHomeDirectory(), ".astrolabnet/results")
    files = folder.getFileSystem(conf)
    told["spark"] = __version__
    coming = hadoop.Path(folder, "." + given["task_key"] + ".coming")
    out = files.create(coming, True)
    out.write(bytearray(json.dumps(told).encode("ascii")))
    out.close()
    files.rename(coming, hadoop.Path(folder, given["task_key"] + ".json"))


def main():
    given = json.loads(base64.b64decode(sys.argv[1]).decode("utf-8"))
    began, seen = time.time(), Both(sys.stdout)
    place = find(given["program"])
    sys.argv = [place] + sys.argv[2:]
    sys.path[0] = os.path.dirname(os.path.abspath(place))
    state, problem = "done", {}
    sys.stdout = seen
    try:
        runpy.run_path(place, run_name="__main__")
    except BaseException as wrong:
        if not isinstance(wrong, SystemExit) or wrong.code not in (None, 0):
            state = "failed"
            lines = traceback.format_exception(type(wrong), wrong, wrong.__traceback__)
            problem = {"ename": type(wrong).__name__, "evalue": str(wrong), "traceback": lines}
        raise
    finally:
        sys.stdout = seen.real
        text = {"text/plain": seen.said()}
        told = {"astrolabnet": "result", "format": 1, "state": state, "started": int(began * 1000)}
        told["completed"] = int(time.time() * 1000)
        told["output"] = {"status": "error", "data": text, **problem} if problem else {"status": "ok", "data": text}
        told.update((name, given[name]) for name in ("task_key", "name", "language", "workspace"))
        try:
            write(given, told)
        except Exception as problem_there:
            print("AstroLabNet could not keep this result on the server: %s" % str(problem_there)[:500])


if __name__ == "__main__":
    main()
