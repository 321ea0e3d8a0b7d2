"""A small run of the engine's bench: the figures exist, the manners are kept, all servers are seen."""

from __future__ import annotations

import asyncio

from tests.bench.bench_engine import measure


def test_twenty_servers_are_seen_and_none_is_asked_too_often() -> None:
    found = asyncio.run(measure(servers=20, sessions=5, changed=0.5, seconds=3))
    assert found.up == 20
    assert found.per_server_least >= 3
    assert found.per_server_most_in_60s <= 60
    assert found.requests_s <= 200
    assert found.quit_s <= 0.8
