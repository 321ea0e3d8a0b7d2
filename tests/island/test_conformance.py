"""Every recording of a real Livy, replayed against a real island: alike, but for a short written list."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.island.alike import RECORDINGS
from tests.island.replayed import Difference, Replay
from tests.island_fixture import RunningIsland, start_island, stop_island

pytestmark = [pytest.mark.island, pytest.mark.timeout(400)]

# The lifecycle first: it counts the sessions there are.
TOPICS = (
    "version", "sessions-lifecycle", "sessions-shared", "statements-sql", "statements-scala", "completion",
    "statements-python", "upload-file", "errors", "batches", "spark-ui",
)  # fmt: skip
ALLOWED: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("differences.toml").read_text("utf-8"))[
    "difference"
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("allowed")


@pytest.fixture(scope="module")
def livy(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[RunningIsland]:
    home = tmp_path_factory.mktemp("conformance")
    running = start_island(home, "--no-spare", "--no-archive", "--no-token", "--local-dir", str(folder))
    yield running
    stop_island(running, home)


def test_no_recording_is_left_out() -> None:
    assert sorted(TOPICS) == sorted(one.stem for one in RECORDINGS.glob("*.json"))


def test_the_list_is_short_and_each_difference_has_its_reason() -> None:
    assert 0 < len(ALLOWED) <= 15
    for one in ALLOWED:
        assert set(one) - {"sometimes"} == {"field", "request", "recordings", "reason"}
        assert len(one["reason"]) > 20


@pytest.mark.parametrize("topic", TOPICS)
def test_alike(topic: str, livy: RunningIsland, folder: Path) -> None:
    found = Replay(livy, topic, folder).run()
    used = set()
    unknown = []
    for one in found:
        number = _allowed(one, topic)
        used.add(number)
        if number is None:
            unknown.append(one)
    assert unknown == []
    due = [one for i, one in enumerate(ALLOWED) if topic in one["recordings"] and i not in used]
    unused = [one for one in due if not one.get("sometimes")]
    assert unused == [], "in the list, but not seen"


def _allowed(one: Difference, topic: str) -> int | None:
    for i, entry in enumerate(ALLOWED):
        if (
            topic in entry["recordings"]
            and re.fullmatch(entry["field"], one.field)
            and re.search(entry["request"], f"{one.request} # {one.note}")
        ):
            return i
    return None
