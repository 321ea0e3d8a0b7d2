"""The island's own folder on a disk that is really full: real Spark on a small disk in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.island_fixture import start_island, stop_island
from tests.small_disk import small_disk_at

pytestmark = [pytest.mark.island, pytest.mark.timeout(200)]
FULL = "No space left on device"
SHUFFLE = "spark.range(4_000_000).selectExpr('id', 'uuid() as u').repartition(4).selectExpr('max(u)').collect()"
UPLOAD = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="stars"\r\n\r\n%s\r\n--edge--\r\n'


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path, 16) as place:
        yield place


def test_uploads_and_shuffles_fail_in_words_and_the_session_goes_on(small_disk: Path) -> None:
    running = start_island(small_disk, "--no-spare", "--no-archive")
    try:
        number = running.open(kind="pyspark")

        def upload(size: int) -> tuple[int, object]:
            kind = {"Content-Type": "multipart/form-data; boundary=edge"}
            sent = UPLOAD % os.urandom(size)
            answer = running.ask("POST", f"/sessions/{number}/upload-file", raw=sent, headers=kind)
            return answer.status, answer.value

        work = running.state / "work"
        assert upload(20_000_000) == (500, f"The file can not be kept in {work}: {FULL}")
        assert list(work.glob("*-uploads/*")) == []
        output = running.run(number, SHUFFLE)
        assert output["status"] == "error", output
        assert FULL in output["evalue"] + "".join(output["traceback"])
        assert running.state_of(number) == "idle"
        # Spark has taken its half shuffle away: there is room again.
        assert running.run(number, "spark.range(9).repartition(2).count()")["data"] == {"text/plain": "9"}
        assert upload(1000)[0] == 200
        assert [one.stat().st_size for one in work.glob("*-uploads/stars")] == [1000]
    finally:
        stop_island(running, small_disk)
