"""A new session asks for what its server knows, and ends by itself when nobody needs it."""

from __future__ import annotations

import pytest

from astrolabnet_gui.client.capabilities import written
from astrolabnet_gui.model.livy import NewSession

from .rig import Rig


@pytest.mark.parametrize(
    ("version", "idle", "ttl"), [("0.9.0", "1h", None), ("0.8.0", None, "1h"), ("0.7.1", None, None)]
)
async def test_a_session_opened_here_ends_after_an_idle_hour_where_the_server_lets_us(
    version: str, idle: str | None, ttl: str | None
) -> None:
    async with Rig() as rig:
        rig.livy.fields = written(version)
        await rig.well("session.new")
        body = rig.livy.bodies[0]
        assert isinstance(body, NewSession)
        assert (body.idleTimeout, body.ttl) == (idle, ttl)


async def test_what_was_asked_for_wins_over_the_hour() -> None:
    async with Rig() as rig:
        await rig.well("session.new", idle_timeout="3h")
        await rig.well("session.new", ttl="1d")
        first, second = rig.livy.bodies
        assert isinstance(first, NewSession)
        assert isinstance(second, NewSession)
        assert (first.idleTimeout, first.ttl) == ("3h", None)
        assert (second.idleTimeout, second.ttl) == (None, "1d")


async def test_a_field_the_server_does_not_know_is_refused_with_its_reason_before_anything_is_made() -> None:
    async with Rig() as rig:
        rig.livy.fields = written("0.7.0")
        problem = await rig.ill("session.new", idle_timeout="2h")
        assert (problem.type, problem.field, rig.livy.posts) == ("BadInput", "idle_timeout", 0)
        assert "Livy 0.9" in problem.what
        await rig.well("session.new", idle_timeout="")
        assert rig.livy.posts == 1


@pytest.mark.parametrize("time", ["2 hours", "1w", "h", "-1h"])
async def test_a_time_livy_does_not_understand_is_named(time: str) -> None:
    async with Rig() as rig:
        problem = await rig.ill("session.new", idle_timeout=time)
        assert (problem.field, rig.livy.posts) == ("idle_timeout", 0)
