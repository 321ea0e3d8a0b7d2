"""Marker and guard: the user's code comes back whole, and a second copy of a sending stops itself."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from astrolabnet_gui.tasks.marker import Marker, mark, normal, slug, strip
from astrolabnet_gui.tasks.naming import owns, unique_name

KINDS = ("pyspark", "spark", "sparkr", "sql")
ulids = st.integers(0, 2**128 - 1).map(lambda n: str(ULID.from_int(n)))
nasty = st.lists(
    st.sampled_from(
        ["\n", "\r\n", "\r", '"""', "'", "\\u0022", "${env:HOME}", "%table x", "*/", "#", "//", "--", "\0", "ä"]
    )
    | st.text(max_size=8)
).map("".join)
markers = st.builds(Marker, st.text("0123456789abcdef", min_size=8, max_size=8), ulids, nasty.map(slug))


@given(nasty, st.sampled_from(KINDS), markers)
def test_the_code_comes_back_as_it_was_written(code: str, kind: str, marker: Marker) -> None:
    marked = mark(code, kind, marker)
    found = strip(marked.code)
    assert (found.code, found.marker, found.kind) == (normal(code), marker, kind)
    assert found.line_shift == marked.line_shift
    assert marked.code.split("\n")[marked.line_shift] == normal(code).split("\n")[0]


@given(nasty, st.sampled_from(KINDS), markers, st.sampled_from(KINDS), markers)
def test_code_that_was_marked_before_keeps_its_inner_marker(
    code: str, outer: str, first: Marker, inner: str, second: Marker
) -> None:
    once = mark(code, inner, second).code
    if outer in ("pyspark", "sparkr", "sql"):
        assert strip(mark(once, outer, first).code).code == once


@given(nasty)
def test_code_of_others_is_left_as_it_is(code: str) -> None:
    found = strip(code)
    assert (found.code, found.marker, found.kind, found.line_shift) == (normal(code), None, "", 0)


@given(markers)
def test_a_marker_is_inert_in_every_language(marker: Marker) -> None:
    assert set(str(marker)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHJKMNPQRSTVWXYZ0123456789.:-")


def test_a_copy_of_the_same_sending_stops_itself_in_python() -> None:
    marker = Marker("01234567", str(ULID()), "x")
    marked = mark("runs.append(1)", "pyspark", marker)
    names: dict[str, object] = {"runs": (runs := [])}
    exec(marked.code, names)
    with pytest.raises(RuntimeError, match=f"^aln-duplicate {marker.key}$"):
        exec(marked.code, names)
    exec(mark("runs.append(2)", "pyspark", Marker("01234567", str(ULID()), "x")).code, names)
    assert runs == [1, 2]


def test_a_copy_of_the_same_sending_stops_itself_in_r() -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    marked = mark('cat("ran;")', "sparkr", Marker("01234567", str(ULID()), "x")).code
    program = f"{marked}\nr <- try({{\n{marked}\n}}, silent = TRUE)\ncat(conditionMessage(attr(r, 'condition')))"
    said = subprocess.run([rscript, "-e", program], capture_output=True, text=True, timeout=60, check=True).stdout
    assert said.startswith("ran;aln-duplicate ")
    assert said.count("ran;") == 1


def test_errors_point_at_the_users_line() -> None:
    marked = mark("a = 1\nb = 1 / 0", "pyspark", Marker("01234567", str(ULID()), "x"))
    with pytest.raises(ZeroDivisionError) as caught:
        exec(compile(marked.code, "<sent>", "exec"), {})
    assert caught.traceback[-1].lineno + 1 - marked.line_shift == 2


def test_names_of_sessions_are_known_again_only_by_their_workspace() -> None:
    name = unique_name("01234567", str(ULID()))
    assert owns("01234567")(name)
    assert not owns("89abcdef")(name)
    assert not owns("01234567")("aln-01234567-mine")
