"""The program of ours that runs a batch's own program: as a plain process, with a stand-in for Spark's Java."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from astrolabnet_gui.island.submit import _LOADS_SPARKR
from astrolabnet_gui.resources import resource
from astrolabnet_gui.tasks.left import Left, program_in_r, program_words, read
from tests.island.r_there import NO_R, WHY

KEY = "01JQ0000000000000000000000"
# What of Java the program calls, over plain files.
STAND_IN = """
import os
from types import SimpleNamespace as Space
__version__ = "3.5.9"
class Path:
    def __init__(self, place, name=None): self.place = str(place) if name is None else os.path.join(str(place), name)
    def __str__(self): return self.place
    def getFileSystem(self, conf): return Files
class Files:
    @staticmethod
    def create(place, over):
        os.makedirs(os.path.dirname(str(place)), exist_ok=True)
        return open(str(place), "wb")
    @staticmethod
    def rename(a, b): os.rename(str(a), str(b))
class SparkContext:
    _jvm = Space(org=Space(apache=Space(
        spark=Space(deploy=Space(SparkHadoopUtil=Space(get=lambda: Space(conf=lambda: None))),
                    SparkConf=lambda: Space(get=lambda name, other: other)),
        hadoop=Space(fs=Space(Path=Path)))))
    @staticmethod
    def _ensure_initialized(): pass
"""


def run(folder: Path, code: str, *args: str, results: str = "") -> tuple[subprocess.CompletedProcess[str], Left | None]:
    (folder / "spark" / "pyspark").mkdir(parents=True)
    (folder / "spark" / "pyspark" / "__init__.py").write_text(STAND_IN)
    program = folder / "my job.py"
    program.write_text(code, "utf-8")
    kept = folder / "kept"
    words = program_words(KEY, f"hdfs:///far/{program.name}", "night", "abcd1234", results or str(kept))
    ended = subprocess.run(
        [sys.executable, "-S", str(resource("code", "keep_batch.py")), words, *args],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        env={"PYTHONPATH": f"{folder / 'spark'}:{folder}", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    file = kept / f"{KEY}.json"
    return ended, read(KEY, file.read_bytes()) if file.exists() else None


def test_it_runs_as_by_itself_and_leaves_its_output(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("WORD = 'beside'")
    code = "import sys, beside\nprint('π', beside.WORD, __name__, sys.argv[1:], __file__.endswith('my job.py'))"
    ended, left = run(tmp_path, code, "a b", "")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "π beside __main__ ['a b', ''] True\n"
    assert left is not None
    assert left.output == {"status": "ok", "data": {"text/plain": ended.stdout.rstrip()}}
    record = left.record
    assert (record.state, record.name, record.site, record.spark) == ("done", "night", "abcd1234", "3.5.9")
    assert record.started is not None
    assert record.completed is not None


@pytest.mark.parametrize(
    ("code", "exit_code", "problem"),
    [("print('before')\n1/0", 1, "ZeroDivisionError: division by zero"),
     ("import sys\nprint('before')\nsys.exit(3)", 3, "SystemExit: 3")],
)  # fmt: skip
def test_its_failure_is_kept_and_stays_a_failure(tmp_path: Path, code: str, exit_code: int, problem: str) -> None:
    ended, left = run(tmp_path, code)
    assert (ended.returncode, ended.stdout) == (exit_code, "before\n")
    assert left is not None
    assert (left.record.state, left.record.problem) == ("failed", problem)
    assert left.output is not None
    assert left.output["data"] == {"text/plain": "before"}


def test_an_exit_with_nothing_wrong_is_an_end(tmp_path: Path) -> None:
    ended, left = run(tmp_path, "import sys; sys.exit(0)")
    assert ended.returncode == 0
    assert left is not None
    assert left.record.state == "done"


def test_only_the_last_lines_are_kept(tmp_path: Path) -> None:
    _, left = run(tmp_path, "for n in range(25000): print(n)")
    assert left is not None
    assert left.output is not None
    said = left.output["data"]["text/plain"].splitlines()
    assert (len(said), said[-1]) == (10_000, "24999")


def test_what_can_not_be_written_is_said_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended, left = run(tmp_path, "print('ran')", results=str(tmp_path / "file" / "x"))
    assert (ended.returncode, left) == (0, None)
    assert ended.stdout.startswith("ran\nAstroLabNet could not keep this result")
    assert ended.stdout.count("\n") == 2


R_ENDS = {
    "prints": ("x <- 6 * 7\nx\ncat('said', commandArgs(TRUE), '\\n')\ninvisible(9)", 0, "done", "[1] 42\nsaid a b "),
    "fails": ("cat('before\\n')\nstop('no such star')", 1, "failed", "no such star"),
    "quits well": ("cat('enough\\n')\nq()\ncat('never')", 0, "done", "enough"),
    "quits ill": ("cat('enough\\n')\nquit(status = 3)", 3, "failed", "it ended itself with status 3"),
    "caught": ("tryCatch(quit(status = 4), error = function(e) cat('never'))", 4, "failed", "with status 4"),
    "no R at all": ("cat('π'", 1, "failed", "unexpected end of input"),
    "nothing": ("", 0, "done", ""),
}


@pytest.mark.skipif(NO_R, reason=WHY)
@pytest.mark.parametrize("case", R_ENDS)
def test_an_r_script_runs_as_by_itself_and_leaves_what_it_said_and_how_it_ended(tmp_path: Path, case: str) -> None:
    code, status, state, words = R_ENDS[case]
    (tmp_path / "own.R").write_text(code, "utf-8")
    (tmp_path / "kept.R").write_text(program_in_r(code, "night", "abcd1234", str(tmp_path / "kept")), "utf-8")
    alone, ended = (
        subprocess.run(["Rscript", str(tmp_path / name), *args], capture_output=True, timeout=60, check=False)
        for name, args in (("own.R", ["a b"]), ("kept.R", [KEY, "a b"]))
    )
    assert (ended.returncode, ended.stdout) == (alone.returncode, alone.stdout), ended.stderr
    assert ended.returncode == status
    left = read(KEY, (tmp_path / "kept" / f"{KEY}.json").read_bytes())
    assert (left.record.state, left.code, left.record.name) == (state, code, "night")
    assert left.output is not None
    said = left.output["data"]["text/plain"] if state == "done" else left.output["evalue"]
    assert words in said if words else said == ""


def test_a_script_that_needs_sparkr_says_so_before_it_starts() -> None:
    assert _LOADS_SPARKR.search(program_in_r("# x\nlibrary(SparkR)\n", "", "", "").encode())
    assert not _LOADS_SPARKR.search(program_in_r("# library(SparkR)\ncat(1)", "", "", "").encode())
