"""The small parts: log pages, memory, time words, files, the archive's flags, the undertaker, private files."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.island import cds, memory, platform, request
from astrolabnet_gui.island.__main__ import main as island_main
from astrolabnet_gui.island.cds import Archive
from astrolabnet_gui.island.jre import Jre
from astrolabnet_gui.island.lines import RETAINED_LINES, Lines
from astrolabnet_gui.island.undertaker import Undertaker
from tests.island_fixture import wait_until


@given(st.integers(0, 500), st.integers(0, 500), st.integers(-5, 600), st.integers(-5, 600))
def test_a_page_of_the_log_is_a_slice_of_what_is_kept(out: int, err: int, start: int, size: int) -> None:
    lines = Lines()
    for i in range(out):
        lines.out(f"o{i}")
    lines.err(f"e{i}" for i in range(err))
    kept = ["stdout: ", *[f"o{i}" for i in range(out)][-RETAINED_LINES:]]
    kept += ["\nstderr: ", *[f"e{i}" for i in range(err)][-RETAINED_LINES:]]
    first, total, page = lines.page(start, size)
    assert total == len(kept)
    if size < 0:
        assert (first, page) == (0, kept) if start < 0 else page == kept
    elif start < 0:
        assert page == kept[len(kept) - min(size, len(kept)) :]
    else:
        assert (first, page) == (start, kept[start : start + size])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("8h", 28800), ("10m", 600), ("5min", 300), ("30s", 30), ("500ms", 0.5), ("2d", 172800), ("90", 0.09)],
)
def test_time_words(text: str, seconds: float) -> None:
    assert request.seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize(("gb", "sessions"), [(0, 1), (1.5, 1), (2, 1), (4, 4), (16, 21)])
def test_how_many_sessions_memory_carries(gb: float, sessions: int) -> None:
    assert memory.carried(int(gb * 2**30)) == sessions
    assert memory.spare_fits(int(gb * 2**30)) == (gb > 3.1)


def test_a_containers_grant_counts_when_it_is_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "max").write_text("2000000000\n")
    (tmp_path / "current").write_text("500000000\n")
    free = memory.available_bytes()
    monkeypatch.setattr(memory, "_LIMITS", ((tmp_path / "max", tmp_path / "current"),))
    assert memory.available_bytes() == min(1_500_000_000, free)
    (tmp_path / "max").write_text("max\n")
    assert memory.available_bytes() > 1_500_000_000


def archive(tmp_path: Path, version: str = "17.0.1") -> Archive:
    return Archive(Jre(tmp_path / "java", version, "configured"), tmp_path / "cache")


def test_an_archive_is_used_only_when_it_is_whole(tmp_path: Path) -> None:
    mine = archive(tmp_path)
    assert mine.java_args() == ()
    mine.folder.mkdir(parents=True)
    (mine.folder / cds.BASE).write_text("")
    assert mine.java_args() == ()
    (mine.folder / cds.SPARK).write_text("")
    assert mine.java_args()[0] == f"-XX:SharedArchiveFile={mine.folder / cds.BASE}{os.pathsep}{mine.folder / cds.SPARK}"
    assert archive(tmp_path, "17.0.2").java_args() == ()  # another Java


async def test_an_archive_is_built_once_when_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = archive(tmp_path)
    old = mine.folder.with_name("0123456789abcdef")
    old.mkdir(parents=True)
    trained: list[Path] = []

    async def train(self: Archive, draft: Path) -> bool:
        trained.append(draft)
        (draft / cds.BASE).write_text("")
        (draft / cds.SPARK).write_text("")
        return True

    busy = [True, True, False]
    monkeypatch.setattr(cds, "_LOOK_S", 0.0)
    monkeypatch.setattr(cds, "_IDLE_PERCENT", 101.0)
    monkeypatch.setattr(Archive, "_run", train)
    mine.build_when_idle(lambda: busy.pop(0))
    mine.build_when_idle(lambda: busy.pop(0))
    while not mine.ready:
        await asyncio.sleep(0)
    await mine.end()
    assert (len(trained), busy, old.exists()) == (1, [], False)
    assert [one.name for one in mine.folder.parent.iterdir()] == [mine.folder.name]


async def test_a_training_that_fails_is_a_line_of_the_log_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: Any
) -> None:
    mine = archive(tmp_path)  # there is no Java at all
    monkeypatch.setattr(cds, "_LOOK_S", 0.0)
    monkeypatch.setattr(cds, "_IDLE_PERCENT", 101.0)
    expect_log("no class data archive: .*No such file or directory")
    mine.build_when_idle(lambda: False)
    assert mine._task is not None
    await mine._task
    assert not mine.ready
    assert list(mine.folder.parent.iterdir()) == []


def test_an_archive_is_shared_by_homes_and_built_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], expect_log: Any
) -> None:
    monkeypatch.setenv(cds.PLACE, str(tmp_path / "shared"))
    made: list[Path] = []

    async def train(self: Archive, draft: Path) -> bool:
        made.append(draft)
        (draft / cds.SPARK).write_text("")
        return True

    monkeypatch.setattr(Archive, "_run", train)
    for _ in range(2):
        assert island_main(["archive"]) == 0
    assert len(made) == 1, "what is there is not built again"
    assert str(tmp_path / "shared") in capsys.readouterr().out
    monkeypatch.setenv(cds.PLACE, str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    expect_log("no class data archive: .*")
    assert island_main(["archive"]) == 3
    assert "sessions start without it" in capsys.readouterr().err


def test_an_old_java_gets_no_archive(tmp_path: Path) -> None:
    mine = archive(tmp_path, "11.0.2")
    mine.build_when_idle(lambda: False)
    assert mine._task is None


def test_the_undertaker_buries_groups_but_not_what_was_forgotten() -> None:
    script = "import subprocess, time; subprocess.Popen(['sleep', '300']); print(1, flush=True); time.sleep(300)"
    command = [sys.executable, "-c", script]
    buried = subprocess.Popen(command, stdout=subprocess.PIPE, **platform.own_group())
    spared = subprocess.Popen(command, stdout=subprocess.PIPE, **platform.own_group())
    undertaker = Undertaker()
    try:
        for one in (buried, spared):
            assert one.stdout is not None
            one.stdout.readline()
            undertaker.watch(one.pid)
        group = platform.tree_of(buried.pid)
        assert len(group) == 2
        undertaker.forget(spared.pid)
        undertaker.end()
        wait_until(lambda: not any(platform.is_alive(one.pid) for one in group), 5.0)
        assert spared.poll() is None
    finally:
        for one in (buried, spared):
            platform.kill_all(platform.tree_of(one.pid))
            one.wait()
            assert one.stdout is not None
            one.stdout.close()


def test_a_private_file_is_private_from_the_start_and_never_half(tmp_path: Path) -> None:
    platform.write_private(tmp_path / "token", "secret")
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
    platform.write_private(tmp_path / "token", "another")
    assert (tmp_path / "token").read_text() == "another"
    assert [one.name for one in tmp_path.iterdir()] == ["token"]


def test_a_lock_is_one_process_and_ends_with_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from astrolabnet_gui.island import platform;"
        f"held = platform.lock(Path({str(tmp_path / 'lock')!r})); print(held is not None, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert platform.lock(tmp_path / "lock") is None
        other.kill()
    mine = platform.lock(tmp_path / "lock")
    assert mine is not None
    mine.close()


@pytest.mark.parametrize(
    ("code", "words"), [(3, "exit code 3"), (-9, "killed by SIGKILL"), (-99, "killed by signal 99")]
)
def test_words_for_an_end(code: int, words: str) -> None:
    assert platform.end_words(code) == words


def test_a_process_is_known_by_its_birth_too() -> None:
    born = platform.born(os.getpid())
    assert born is not None
    assert born < time.time()
    assert platform.same_process(os.getpid(), born)
    assert not platform.same_process(os.getpid(), born - 10)
    assert platform.born(2**22 + 1) is None


def test_an_archive_keeps_the_name_it_is_unpacked_under() -> None:
    files = request.Files()
    assert files.archive("/a b/env.zip#environment") == "file:///a%20b/env.zip#environment"
    assert files.archive("hdfs:///env.tar.gz#e") == "hdfs:///env.tar.gz#e"


def test_every_field_of_a_request_is_a_setting_of_spark_and_no_spare_session_takes_its_place() -> None:
    asked = request.NewSession(driverCores=1, executorCores=2, numExecutors=3, queue="night", executorMemory="4g")
    assert asked.spark_conf() == {
        "spark.driver.cores": "1", "spark.executor.cores": "2", "spark.executor.instances": "3",
        "spark.yarn.queue": "night", "spark.executor.memory": "4g",
    }  # fmt: skip
    assert not asked.plain()
    assert request.NewSession(conf={"spark.sql.shuffle.partitions": "4"}).plain()
