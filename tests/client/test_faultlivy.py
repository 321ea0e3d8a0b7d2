"""faultlivy is no fantasy: all recordings of a real Livy are replayed against it, and its quirks are looked at one by
one. What it does not do as the recordings is written here, with the reason; nothing else may differ."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.client.capabilities import written
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import LoginNeeded, NotFound, Refused
from astrolabnet_gui.model.livy import NewBatch, NewSession, NewStatement
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from tests.faultlivy import FaultLivy, Running, faultlivy
from tests.island.replayed import RECORDINGS, Replay
from tests.island_fixture import RunningIsland

TOPICS = ("batches", "errors", "sessions-lifecycle", "sessions-shared", "statements-python", "statements-scala",
          "statements-sql", "upload-file", "version")  # fmt: skip
# field, request with note, why
DIFFERENCES = (
    (r"header Content-Encoding", r"", "it packs nothing"),
    (r"raw body", r"", "an empty body is empty; Livy's is a packed one that no header announces"),
    (r"body \(more lines\)", r"POST .*statements", "below the first line of a 500 are Java frames"),
    (r"header (Content-Type|Location)|body|status", r"GET (/|/metrics/ping|/nope) ", "no pages beside the protocol"),
    (r"status", r"GET /sessions/16/jobs/99 ", "Livy's Java jobs are not spoken"),
    (r"body", r"statement without code", "another class of the same Java exception"),
    (
        r"body\.output",
        r"cancelled job: final|after the code has ended by itself|session ki",
        "Spark's words, not Livy's",
    ),
    (r"body\.state", r"right after the label|waits for the one before|kind shared in a statement: st", "the moment"),
    (r"body\.(total|sessions.*)|status", r"zombie", "two of the three rejected requests leave their row, not all"),
)


def outputs(topic: str) -> dict[str, Any]:
    """Output of each code of a recording: what Spark says is not faultlivy's part."""
    pairs = json.loads((RECORDINGS / f"{topic}.json").read_text("utf-8"))
    said = [p["response"].get("body") for p in pairs]
    return {b["code"]: b["output"] for b in said if isinstance(b, dict) and b.get("output") and "code" in b}


@pytest.mark.parametrize("topic", TOPICS)
def test_it_passes_the_recordings_of_a_real_livy(topic: str, tmp_path: Path) -> None:
    known = outputs(topic)
    livy = FaultLivy(starts_s=0.3, lasts_s=0.05, version="0.10.0-incubating-SNAPSHOT")
    livy.output = lambda n, code: known.get(code, {"status": "ok", "data": {"text/plain": ""}}) | {"execution_count": n}
    with faultlivy(livy) as running:
        found = Replay(RunningIsland(running.url, "", tmp_path, 0), topic, tmp_path).run()
    assert livy.calls, "it was asked"
    unknown = [
        f"{d.request} # {d.note}: {d.field}: {str(d.recorded)[:200]!r} is here {str(d.ours)[:200]!r}"
        for d in found
        if not any(re.fullmatch(f, d.field) and re.search(r, f"{d.request} # {d.note}") for f, r, _ in DIFFERENCES)
    ]
    assert not unknown, "\n".join(unknown)


def client_of(running: Running, **more: Any) -> LivyClient:
    return LivyClient(Server(uuid="u", alias="lal", url=running.url, timeout_s=4, **more), secret=lambda _: "pw")


async def idle(client: LivyClient, ident: Any) -> None:
    async with asyncio.timeout(10):
        while (await client.session_state(ident)) != "idle":
            await asyncio.sleep(0.01)


async def test_statements_of_a_starting_session_block_until_it_is_there() -> None:
    with faultlivy(starts_s=0.4, lasts_s=0) as running:
        client = client_of(running)
        made = await client.create_session(NewSession(kind="pyspark"))
        assert made.state == "starting"
        await client.statements(made.id)
        assert (await client.session_state(made.id)) == "idle"
        await client.aclose()


async def test_a_list_too_large_for_the_drivers_rpc_kills_the_session_and_single_ones_did_not() -> None:
    livy = FaultLivy(starts_s=0, lasts_s=0)
    livy.rpc_bytes = 1000
    livy.output = lambda n, _: {"status": "ok", "execution_count": n, "data": {"text/plain": "x" * 600}}
    with faultlivy(livy) as running:
        client = client_of(running)
        made = await client.create_session(NewSession(kind="pyspark"))
        for _ in range(2):
            await client.run_statement(made.id, NewStatement(code="1"))
        assert (await client.statement(made.id, 1)).state == "available"
        with pytest.raises(Refused, match="Frame exceeds"):
            await client.statements(made.id)
        assert (await client.session_state(made.id)) == "dead"
        await client.aclose()


@pytest.mark.parametrize("version", ["0.7.1-incubating", "0.8.0-incubating"])
async def test_an_old_livy_refuses_what_came_after_it_and_tells_what_it_knows(version: str) -> None:
    with faultlivy(version=version) as running:
        client = client_of(running)
        known = await client.known_fields()
        assert (known, running.truth()["sessions"]) == (written(version), {})
        with pytest.raises(Refused, match="idleTimeout"):
            await client.create_session(NewSession(kind="pyspark", idleTimeout="1h"))
        await client.create_session(NewSession(kind="pyspark", driverMemory="2g"))
        assert list(running.truth()["sessions"]) == ["0"]
        await client.aclose()


async def test_idle_sessions_go_whatever_asks_about_them_and_connect_keeps_one() -> None:
    livy = FaultLivy(starts_s=0, lasts_s=0)
    livy.idle_s = 0.5
    with faultlivy(livy) as running:
        client = client_of(running)
        one, two = [await client.create_session(NewSession(kind="pyspark")) for _ in range(2)]
        async with asyncio.timeout(10):
            while str(one.id) in running.truth()["sessions"]:
                await client.keep_alive(two.id)
                await client.sessions()
        assert running.truth()["expired"] == [one.id]
        with pytest.raises(NotFound):
            await client.session(one.id)
        assert (await client.session_state(two.id)) == "idle"
        await client.aclose()


async def test_interrupt_kills_cancel_says_yes_to_anything_and_old_statements_are_evicted() -> None:
    with faultlivy(starts_s=0, lasts_s=0, retained=3) as running:
        client = client_of(running)
        made = await client.create_session(NewSession(kind="pyspark"))
        for n in range(5):
            await client.run_statement(made.id, NewStatement(code=str(n)))
        await client.cancel_statement(made.id, 99)
        with pytest.raises(NotFound):
            await client.statement(made.id, 0)
        assert [s.id for s in (await client.statements(made.id)).statements] == [2, 3, 4]
        assert (await client.statements(made.id)).total_statements == 3, "the retained ones, not all"
        await client.call.act(f"/sessions/{made.id}/interrupt", client_budget())
        assert (await client.session_state(made.id)) == "dead"
        await client.aclose()


def client_budget() -> Any:
    from astrolabnet_gui.client.budgets import POST

    return POST


async def test_ids_begin_at_0_again_and_the_truth_says_so() -> None:
    with faultlivy(starts_s=0, lasts_s=0) as running:
        client = client_of(running)
        first = await client.create_session(NewSession(kind="pyspark", name="a"))
        await client.create_batch(NewBatch(file="hdfs:///x.py", name="b"))
        running.do(running.livy.restart)
        second = await client.create_session(NewSession(kind="pyspark", name="c"))
        assert first.id == second.id == 0
        truth = running.truth()
        assert truth["life"] == 1
        assert truth["ran"] == {"session a": 1, "batch b": 1, "session c": 1}
        await client.aclose()


async def test_a_login_is_asked_and_refusals_are_counted() -> None:
    livy = FaultLivy()
    livy.lets_in = {"Bearer right"}
    with faultlivy(livy) as running:
        client = client_of(running, auth=Auth(kind=AuthKind.BEARER, secret="t"))
        for _ in range(5):
            with pytest.raises(LoginNeeded):
                await client.sessions()
        await client.aclose()
        assert running.truth()["refused"] == {"Bearer pw": 1}
