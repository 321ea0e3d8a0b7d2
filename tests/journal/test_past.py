"""The history of things: what was, at each moment; capped, and never in the way."""

from __future__ import annotations

from hashlib import sha512
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.errors import Missing
from astrolabnet_gui.journal.past import Past, difference

STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", "z"]), max_size=3),
        st.sets(st.sampled_from("abcdef"), max_size=2),
    ),
    max_size=25,
)


@given(steps=STEPS)
def test_each_moment_is_given_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, steps: list[object]) -> None:
    past = Past(tmp_path_factory.mktemp("past") / "past.sqlite", whole_every=4)
    now: dict[str, str] = {}
    kept: list[tuple[float, dict[str, str]]] = []
    for number, (come, gone) in enumerate(steps):  # type: ignore[misc]
        new = {k: v for k, v in now.items() if k not in gone} | come
        wrote = past.add(float(number), come, set(gone) - set(come))
        assert wrote == (new != now or number == 0)
        now = new
        kept.append((number, dict(now)))
    assert past.at(-1.0) == {}
    for time, things in kept:
        assert past.at(time + 0.5) == things
        assert past.read_last <= 5
    past.close()


def test_it_goes_on_after_the_next_start_and_a_gap_is_a_whole_picture(tmp_path: Path) -> None:
    path = tmp_path / "past.sqlite"
    first = Past(path)
    first.add(1.0, {"a": "up", "b": "idle"})
    first.close()
    second = Past(path)
    second.add(5.0, {"a": "down"})
    assert second.at(4.0) == {"a": "up", "b": "idle"}
    assert second.at(5.0) == {"a": "down"}
    assert second.span().times == (1.0, 5.0)
    second.close()


def test_the_oldest_is_dropped_when_it_grows(tmp_path: Path) -> None:
    past = Past(tmp_path / "past.sqlite", most_bytes=20_000, whole_every=10)
    for number in range(400):
        past.add(float(number), {f"k{number % 7}": sha512(str(number).encode()).hexdigest()})
    times = past.span().times
    assert times[-1] == 399.0
    assert 0 < len(times) < 399
    # The last run of changes is never cut: what is left still begins with a whole picture.
    assert past.at(times[0])["k0"]
    assert (tmp_path / "past.sqlite").stat().st_size < 120_000
    past.close()


def test_a_clock_set_back_hides_nothing(tmp_path: Path) -> None:
    past = Past(tmp_path / "past.sqlite")
    past.add(100.0, {"a": "1"})
    past.add(40.0, {"a": "2"})
    assert past.at(100.0) == {"a": "2"}
    past.close()


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\x00" * 500])
def test_a_damaged_file_begins_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "past.sqlite"
    path.write_bytes(content)
    past = Past(path)
    past.add(1.0, {"a": "1"})
    assert past.at(1.0) == {"a": "1"}
    past.close()


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Missing, match="history of things"):
        Past(tmp_path / "file" / "past.sqlite")


def test_difference_leads_from_one_to_the_other() -> None:
    come, gone = difference({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "5", "d": "4"})
    assert (come, gone) == ({"b": "5", "d": "4"}, ["c"])
