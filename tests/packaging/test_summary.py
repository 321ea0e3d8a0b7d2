"""The summary counts what pytest counted; a run that left no report is a failure."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

REPORT = '<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>'


@pytest.fixture
def checks(load: Any) -> Any:
    return load("checks")


def test_counts_add_up(checks: Any, tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_text(REPORT, encoding="utf-8")
    counts = checks.Counts()
    counts.add(tmp_path / "1.xml")
    counts.add(tmp_path / "1.xml")
    counts.add(tmp_path / "none.xml")
    assert (counts.passed, counts.failed, counts.skipped) == (10, 5, 4)


@pytest.mark.parametrize(("code", "verdict"), [(0, "all checks passed"), (3, "FAILED: look")])
def test_summary_says_what_failed(
    checks: Any, tmp_path: Path, code: int, verdict: str, capfd: pytest.CaptureFixture[str]
) -> None:
    run = checks.Checks(tmp_path, Path(sys.executable), tmp_path, checks.Counts(passed=7))
    run.check("look", [sys.executable, "-c", f"raise SystemExit({code})"])
    assert checks._summary(run, 90.0) == (1 if code else 0)
    lines = capfd.readouterr().out.splitlines()
    assert lines[-2] == f"{verdict} in 1.5 min"
    assert lines[-1] == "7 passed, 0 failed, 0 skipped"


def test_nothing_run_is_no_success(checks: Any, tmp_path: Path) -> None:
    assert checks._summary(checks.Checks(tmp_path, Path(sys.executable), tmp_path), 1.0) == 1
