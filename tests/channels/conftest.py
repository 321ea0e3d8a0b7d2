"""One Spark without Livy for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.channels.runs import Bench


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """It runs what ends by itself; what is killed has a process of its own."""
    made = Bench(tmp_path_factory.mktemp("spark"))
    yield made
    made.close()
