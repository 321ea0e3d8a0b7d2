"""Sessions: Livy's state machine, words and status codes, over drivers that do as they are told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest_asyncio

from tests.island.harbour import Harbour, harbour


@pytest_asyncio.fixture
async def port(tmp_path: Path, no_tasks_left: None) -> AsyncIterator[Harbour]:
    async with harbour(tmp_path) as made:
        yield made


async def test_a_session_comes_up_runs_and_is_deleted(port: Harbour) -> None:
    answer = await port.ask("POST", "/sessions", json={"kind": "python", "name": "one", "ttl": "8h"})
    assert answer.status_code == 201
    assert answer.headers["location"] == "/sessions/0"
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.json()["kind"] == "pyspark"
    assert answer.json()["log"][:1] == ["stdout: "]
    session = port.island.sessions.get("one")
    assert session is not None
    await port.until(lambda: session.state == "idle")
    about = (await port.ask("GET", "/sessions/one")).json()
    assert about["appId"] == "local-1"
    assert about["appInfo"]["sparkUiUrl"] == "http://127.0.0.1:4040"
    statement = await port.statement(0, await port.send(0, "hello"))
    assert statement["output"] == {"status": "ok", "execution_count": 0, "data": {"text/plain": "hello"}}
    assert statement["progress"] == 1.0
    assert statement["completed"] >= statement["started"] > 0
    assert (await port.ask("DELETE", "/sessions/0")).json() == {"msg": "deleted"}
    assert (await port.ask("GET", "/sessions/0")).status_code == 404


async def test_statements_run_one_at_a_time_and_those_that_wait_can_be_cancelled(port: Harbour) -> None:
    number = await port.open()
    first, second = await port.send(number, "sleep"), await port.send(number, "never")
    await port.statement(number, first, "running")
    assert await port.state(number) == "busy"
    assert (await port.ask("POST", f"/sessions/{number}/statements/{second}/cancel")).json() == {"msg": "canceled"}
    waiting = await port.statement(number, second, "cancelled")
    assert (waiting["output"], waiting["started"]) == (None, 0)
    await port.ask("POST", f"/sessions/{number}/statements/{first}/cancel")
    assert (await port.statement(number, first, "cancelled"))["progress"] == 1.0
    assert await port.state(number) == "idle"
    assert (await port.ask("POST", f"/sessions/{number}/statements/99/cancel")).json() == {"msg": "canceled"}


async def test_progress_is_shown(port: Harbour) -> None:
    number = await port.open()
    statement = await port.send(number, "progress")
    held = port.island.sessions.get(str(number)).statements.get(statement)  # type: ignore[union-attr]
    assert held is not None
    await port.until(lambda: held.progress == 0.5)
    await port.ask("POST", f"/sessions/{number}/statements/{statement}/cancel")
    await port.statement(number, statement, "cancelled")


async def test_only_the_newest_hundred_statements_are_kept_and_paged_by_position(port: Harbour) -> None:
    number = await port.open()
    for i in range(104):
        last = await port.send(number, str(i))
    await port.statement(number, last)
    path = f"/sessions/{number}/statements"
    listed = (await port.ask("GET", path)).json()
    assert listed["total_statements"] == 100
    assert [one["id"] for one in listed["statements"]] == list(range(4, 104))
    assert (await port.ask("GET", f"{path}/3")).status_code == 404
    page = (await port.ask("GET", f"{path}?from=1&size=2&order=desc")).json()["statements"]
    assert [one["id"] for one in page] == [102, 101]
    assert (await port.ask("GET", f"{path}?from=500")).json() == {"total_statements": 100, "statements": []}
    assert (await port.ask("GET", f"{path}?from=abc")).json() == {"msg": 'For input string: "abc"'}


async def test_a_killed_driver_is_seen_within_two_seconds_and_the_log_says_it(port: Harbour) -> None:
    number = await port.open()
    statement = await port.send(number, "sleep")
    await port.statement(number, statement, "running")
    session = port.island.sessions.get(str(number))
    assert session is not None
    assert session.driver is not None
    assert session.driver.pid is not None
    os.kill(session.driver.pid, signal.SIGKILL)
    killed = time.monotonic()
    await port.until(lambda: session.state == "dead")
    assert time.monotonic() - killed < 2.0
    assert "SIGKILL" in (await port.ask("GET", f"/sessions/{number}/log")).json()["log"][-1]
    answer = await port.ask("GET", f"/sessions/{number}/statements/{statement}")
    assert (answer.status_code, answer.json()) == (400, {"msg": "requirement failed: Session isn't active."})
    refused = await port.ask("POST", f"/sessions/{number}/statements", json={"code": "1"})
    assert (refused.status_code, refused.json()) == (500, "java.lang.IllegalStateException: Session is in state dead")


async def test_code_that_ends_its_own_python_leaves_the_session_in_error_as_livy_does(port: Harbour) -> None:
    number = await port.open()
    gone = await port.send(number, "exit 3")
    assert (await port.statement(number, gone))["output"]["evalue"].startswith("Interpreter died:\n")
    assert await port.state(number) == "error"
    after = await port.statement(number, await port.send(number, "1"))
    assert after["output"] == {
        "status": "error", "execution_count": 1, "ename": "Error", "evalue": "Interpreter died:\n", "traceback": [],
    }  # fmt: skip
    assert (await port.ask("POST", f"/sessions/{number}/stop")).status_code == 204
    assert await port.state(number) == "dead"


async def test_a_driver_that_ends_in_the_middle_of_a_line_is_over_too(port: Harbour) -> None:
    number = await port.open(kind="spark")
    await port.send(number, "half")
    session = port.island.sessions.get(str(number))
    assert session is not None
    await port.until(lambda: session.state == "dead")
    assert "exit code 1" in session.lines.last(3)[-1]


async def test_a_start_that_fails_says_why(port: Harbour) -> None:
    number = await port.open(conf={"spark.fake": "fails"})
    assert await port.state(number) == "dead"
    assert any("as ordered" in line for line in (await port.ask("GET", f"/sessions/{number}/log")).json()["log"])


async def test_a_driver_that_hangs_is_ended_by_force(port: Harbour) -> None:
    number = await port.open()
    session = port.island.sessions.get(str(number))
    assert session is not None
    assert session.driver is not None
    pid = session.driver.pid
    assert pid is not None
    await port.statement(number, await port.send(number, "hang"), "waiting")
    begun = time.monotonic()
    assert (await port.ask("DELETE", f"/sessions/{number}")).status_code == 200
    assert time.monotonic() - begun < 4.0
    assert not psutil.pid_exists(pid)


async def test_twenty_megabytes_of_output_pass(port: Harbour) -> None:
    number = await port.open()
    statement = await port.statement(number, await port.send(number, f"big {20 * 2**20}"))
    assert len(statement["output"]["data"]["text/plain"]) == 20 * 2**20


async def test_what_is_no_event_lands_in_the_log(port: Harbour) -> None:
    number = await port.open()
    await port.statement(number, await port.send(number, "noise"))
    session = port.island.sessions.get(str(number))
    assert session is not None
    assert "this is no event" in session.lines.all()


async def test_nul_and_half_a_character_pair_pass_unharmed(port: Harbour) -> None:
    number = await port.open()
    code = "'\\'\"\\\\\x00 \ud83d ☃"
    raw = b'{"code": "\'\\\\\'\\"\\\\\\\\\\u0000 \\ud83d \\u2603"}'
    answer = await port.ask("POST", f"/sessions/{number}/statements", content=raw)
    assert answer.json()["code"] == code
    statement = await port.statement(number, answer.json()["id"])
    assert statement["output"]["data"]["text/plain"] == code


async def test_names_are_unique_and_never_digits(port: Harbour) -> None:
    await port.open(name="mine")
    for name, why in (
        ("mine", "Rejected, Reason: Duplicate session name: Some(mine) for session 1"),
        ("123", "Rejected, Reason: Invalid session name: 123"),
    ):
        answer = await port.ask("POST", "/sessions", json={"kind": "pyspark", "name": name})
        assert (answer.status_code, answer.json()) == (400, {"msg": why})
    assert (await port.ask("GET", "/sessions")).json()["total"] == 1


async def test_who_else_to_be_is_refused_in_words(port: Harbour) -> None:
    answer = await port.ask("POST", "/sessions", json={"proxyUser": "root"})
    assert answer.status_code == 403
    assert "proxyUser" in answer.json()["msg"]
    answer = await port.ask("POST", "/sessions?doAs=root", json={})
    assert answer.status_code == 403


async def test_no_more_sessions_than_memory_carries(tmp_path: Path) -> None:
    async with harbour(tmp_path, free_bytes=int(2.0 * 2**30)) as port:
        assert port.island.max_sessions == 1
        first = await port.open()
        refused = await port.ask("POST", "/sessions", json={})
        assert refused.status_code == 400
        assert refused.json() == {"msg": "Rejected, too many sessions are being created!"}
        await port.ask("POST", f"/sessions/{first}/stop")
        assert (await port.ask("POST", "/sessions", json={})).status_code == 201


async def test_ttl_idle_time_and_heartbeat_end_a_session(port: Harbour) -> None:
    lived = await port.open(ttl="2h")
    idle = await port.open(idleTimeout="10m")
    beaten = await port.open(heartbeatTimeoutInSecond=20)
    kept = await port.open()
    busy = await port.open(idleTimeout="10m")
    await port.send(busy, "sleep")
    held = [one.id for one in port.island.sessions]
    assert held == [lived, idle, beaten, kept, busy]
    port.clock.now_s += 30
    await port.ask("GET", "/sessions")  # a list is nobody's heartbeat
    await port.island.tick()
    await port.until(lambda: port.island.sessions.get(str(beaten)) is None)
    port.clock.now_s += 601
    await port.island.tick()
    await port.until(lambda: port.island.sessions.get(str(idle)) is None)
    port.clock.now_s += 7200
    await port.island.tick()
    await port.until(lambda: [one.id for one in port.island.sessions] == [kept, busy])


async def test_connect_is_the_keep_alive(port: Harbour) -> None:
    number = await port.open(idleTimeout="10m")
    port.clock.now_s += 599
    assert (await port.ask("POST", f"/sessions/{number}/connect")).json()["state"] == "idle"
    port.clock.now_s += 599
    await port.island.tick()
    assert await port.state(number) == "idle"


async def test_entries_that_have_ended_are_forgotten_after_ten_minutes(port: Harbour) -> None:
    number = await port.open(name="gone")
    await port.ask("POST", f"/sessions/{number}/stop")
    port.clock.now_s += 599
    await port.island.tick()
    assert await port.state(number) == "dead"
    port.clock.now_s += 2
    await port.island.tick()
    assert (await port.ask("GET", "/sessions/gone")).status_code == 404
    assert await port.open(name="gone") == 1


async def test_interrupt_ends_the_whole_session_as_in_livy(port: Harbour) -> None:
    number = await port.open()
    assert (await port.ask("POST", f"/sessions/{number}/interrupt")).json() == {"msg": "interrupted"}
    assert await port.state(number) == "dead"


async def test_completion_and_added_files_go_to_the_driver(port: Harbour, tmp_path: Path) -> None:
    number = await port.open()
    path = f"/sessions/{number}"
    answer = await port.ask("POST", f"{path}/completion", json={"code": "sp", "kind": "python", "cursor": 2})
    assert answer.json() == {"candidates": ["sp!"]}
    answer = await port.ask("POST", f"{path}/completion", json={"code": "sp"})
    assert answer.status_code == 500
    assert "Invalid kind: null" in answer.json()
    assert (await port.ask("POST", f"{path}/add-file", json={"uri": "file:///x/y.txt"})).content == b""
    assert (await port.ask("POST", f"{path}/add-jar", json={"uri": "file:///missing.jar"})).status_code == 500
    relative = await port.ask("POST", f"{path}/add-pyfile", json={"uri": "y.py"})
    assert relative.json() == {"msg": "requirement failed: Path 'y.py' is not absolute."}


async def test_an_uploaded_file_keeps_its_name_but_not_its_path(port: Harbour) -> None:
    number = await port.open()
    for what, part in (("file", "file"), ("pyfile", "file"), ("jar", "jar")):
        sent = {part: ("../../etc/stars.csv", b"name,mag\nVega,0.03\n")}
        assert (await port.ask("POST", f"/sessions/{number}/upload-{what}", files=sent)).status_code == 200
    kept = list((port.island.options.state / "work").glob("*-uploads/*"))
    assert [one.name for one in kept] == ["stars.csv"]
    assert kept[0].read_bytes() == b"name,mag\nVega,0.03\n"
    answer = await port.ask("POST", f"/sessions/{number}/upload-jar", files={"file": ("x.jar", b"x")})
    assert (answer.status_code, answer.json()) == (400, "No jar sent!")


async def test_only_whitelisted_folders_when_there_are_any(tmp_path: Path) -> None:
    async with harbour(tmp_path / "state", local_dirs=(tmp_path / "ok",)) as port:
        number = await port.open()
        path = f"/sessions/{number}/add-file"
        assert (await port.ask("POST", path, json={"uri": (tmp_path / "ok/a.txt").as_uri()})).status_code == 200
        for bad in ("ok/../b.txt", "b.txt"):
            answer = await port.ask("POST", path, json={"uri": f"file://{tmp_path}/{bad}"})
            assert answer.status_code == 400
            assert "cannot be added to user sessions" in answer.json()["msg"]
