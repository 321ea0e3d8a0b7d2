"""P4: a disk that reports errors (EIO, by strace): acts are refused in words, no row that was kept is lost, it ends."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from astrolabnet_gui.journal.journal import Journal

WRITER = """
import sys
from pathlib import Path
from astrolabnet_gui.journal.journal import Journal
journal = Journal(Path(sys.argv[1]), sys.argv[2])
for n in range(60):
    refusal = journal.intend(f"A{n}", "run", "c", None, {"code": "x" * 500}).exception(timeout=30)
    print("refused" if refusal else "kept", f"A{n}", journal.problem, flush=True)
journal.close()
"""
SITE = "1" * 32


@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
def test_while_the_disk_reports_errors_acts_are_refused_and_no_row_is_lost(call: str, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", "/dev/null", "true"], capture_output=True).returncode:
        pytest.skip("platform: no strace that may trace")
    path = tmp_path / "journal.sqlite"
    inject = [strace, "-f", "-o", str(tmp_path / "told"), "-e", f"trace={call}", "-e"]
    inject += [f"inject={call}:error=EIO:when=40..60"]
    program = [*inject, sys.executable, "-c", WRITER, str(path), SITE]
    said = subprocess.run(program, capture_output=True, text=True, timeout=100, check=True).stdout.splitlines()
    assert "EIO" in (tmp_path / "told").read_text()
    kept = {line.split()[1] for line in said if line.startswith("kept")}
    refused = [line for line in said if line.startswith("refused")]
    assert refused, "errors came"
    assert all("the journal can not be written: the disk reports an error" in line for line in refused)
    assert "A59" in kept, "it goes on by itself when the disk does"
    journal = Journal(path, SITE)
    rows = {row.act for row in journal.history(1000).result(timeout=20)}
    assert not journal.problem
    journal.close()
    assert kept <= rows
    assert rows <= {f"A{n}" for n in range(60)}
