"""Every statement recorded at a real Livy, given to a real driver: the outputs must be alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.island.alike import difference, recorded
from tests.island.driving import Driven, driven

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]

# sql first: "show tables" was recorded in a session that had no other view.
KINDS = {"statements-sql": "sql", "statements-scala": "spark", "statements-python": "pyspark", "sessions-shared": ""}
R_WAS_ABSENT = "x <- 1"  # there, Livy had no R; here it may
NTZ = "select timestamp_ntz'2020-01-01 01:02:03' as n"  # Livy shows Java's frames, the island what to do
NEVER_ENDS = "shared"  # a statement of kind shared waits for ever at Livy; the island does not pass it on
SLOW = ("time.sleep(36)", "range(60)", "1 to 60")  # recorded to be cancelled; tests of cancelling do that


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    with driven(tmp_path_factory.mktemp("driver"), warm=("spark",)) as driver:
        yield driver


def statements(topic: str) -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for body, output in recorded(topic):
        kind = body.get("kind") or KINDS[topic]
        code = body["code"]
        if output and kind != NEVER_ENDS and code != R_WAS_ABSENT and not any(s in code for s in SLOW):
            found.append((kind, code, output))
    return found


@pytest.mark.parametrize(
    ("topic", "count"),
    [("statements-sql", 22), ("statements-scala", 16), ("statements-python", 28), ("sessions-shared", 4)],
)
def test_outputs_are_those_of_livy(driver: Driven, topic: str, count: int) -> None:
    cases = statements(topic)
    assert len(cases) == count
    found = [(code, difference(output, driver.run(code, kind))) for kind, code, output in cases]
    unlike = {code: why for code, why in found if why}
    if topic == "statements-sql":  # allowed in differences.toml too
        assert unlike.pop(NTZ).startswith("traceback 'Cast the column to timestamp or string")
    assert unlike == {}
