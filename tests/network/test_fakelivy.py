"""The fake is held to the recordings of a real Livy: same fields, same types, same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakebodies import batch_body, error_output, session_body, statement_body, text_output
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy
from tests.fakeroutes import NOT_ACTIVE
from tests.network.virtual import in_virtual_time

RECORDED = Path(__file__).parent.parent / "data" / "livy"


def bodies(file: str, path_ends: str, status: int, method: str = "") -> list[Any]:
    """Recorded reply bodies."""
    return [
        pair["response"]["body"]
        for pair in json.loads((RECORDED / file).read_text(encoding="utf-8"))
        if pair["response"]["status"] == status
        and pair["request"]["path"].split("?")[0].endswith(path_ends)
        and method in ("", pair["request"]["method"])
    ]


def shape(value: dict[str, Any]) -> set[str]:
    """Names of the fields."""
    return set(value)


def test_bodies_have_the_fields_of_the_recordings() -> None:
    sessions = [s for b in bodies("sessions-lifecycle.json", "/sessions", 200) for s in b["sessions"]]
    batches = [s for b in bodies("batches.json", "/batches", 200) for s in b["sessions"]]
    statements = bodies("statements-python.json", "/statements", 201)
    assert sessions
    assert batches
    assert statements
    for recorded in sessions:
        assert shape(recorded) == shape(session_body(0, "pyspark", None))
        assert shape(recorded["appInfo"]) == shape(session_body(0, "pyspark", None)["appInfo"])
    for recorded in batches:
        assert shape(recorded) == shape(batch_body(0, None))
    for recorded in statements:
        assert shape(recorded) == shape(statement_body(0, ""))
    outputs = [s["output"] for s in statements if s["output"]]
    ok = [o for o in outputs if o["status"] == "ok"]
    assert ok
    assert all(shape(o) == shape(text_output(0, "")) for o in ok)
    ends = [b["output"] for b in bodies("errors.json", "/statements/1", 200) if b["output"]]
    assert ends
    assert all(shape(o) == shape(error_output(0, "", "")) for o in ends if o["status"] == "error")


def test_words_are_those_of_the_recordings() -> None:
    said = [b["msg"] for b in bodies("sessions-lifecycle.json", "/statements", 400)]
    assert said == [NOT_ACTIVE]
    assert bodies("errors.json", "/statements/99", 404) == ["Statement not found"]


def test_time_passes_and_a_restart_begins_at_0() -> None:
    async def story() -> None:
        import asyncio

        from astrolabnet_gui.errors import Ambiguous, NotFound, Refused
        from astrolabnet_gui.model.livy import NewSession, NewStatement

        livy = FakeLivy(starts_s=3, lasts_s=2)
        client = FakeClient(livy)
        made = await client.create_session(NewSession(kind="pyspark", name="aln-1"))
        with pytest.raises(Refused, match="in state starting"):
            await client.run_statement(made.id, NewStatement(code="1"))
        await asyncio.sleep(3)
        assert (await client.session("aln-1")).state == "idle"
        livy.faults["run_statement"] = ["lost"]
        with pytest.raises(Ambiguous):
            await client.run_statement(made.id, NewStatement(code="1"))
        assert (await client.statements(made.id)).total_statements == 1, "carried out all the same"
        assert (await client.session_state(made.id)) == "busy"
        assert (await client.statement(made.id, 0)).state == "running"
        await asyncio.sleep(2)
        assert (await client.statement(made.id, 0)).state == "available"
        livy.restart()
        with pytest.raises(NotFound):
            await client.session(made.id)
        assert (await client.create_session(NewSession(kind="sql"))).id == 0

    in_virtual_time(story())
