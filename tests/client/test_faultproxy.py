"""Every fault of the link, before a Livy whose truth can be asked: one typed error in time, and nobody is told less
than what happened."""

from __future__ import annotations

import asyncio
import ssl
import time

import psutil
import pytest
import trustme

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import Ambiguous, AstroLabNetError, Untrusted
from astrolabnet_gui.model.livy import NewBatch
from astrolabnet_gui.model.server import Server
from tests.client.test_tls import server_side
from tests.faultlivy import faultlivy
from tests.faultproxy import CARRIED_OUT, FAULTS, FaultProxy

TIMEOUT_S = 0.16  # of the server's setting, whose 8 s are the whole budgets: a POST of a batch has 3 s, a list 0.4 s
BAD = tuple(word for word in FAULTS if word not in ("", "slow", "twice"))


def client_of(url: str, timeout_s: float = TIMEOUT_S) -> LivyClient:
    return LivyClient(Server(uuid="u", alias="lal", url=url, timeout_s=timeout_s))


@pytest.mark.parametrize("word", BAD)
async def test_a_read_ends_in_time_with_one_error_of_ours_and_the_next_one_is_well(word: str) -> None:
    """P8, P9: deadline + 1 s, the cap + some memory, an error that names the server; and no harm remains."""
    with faultlivy() as livy:
        async with FaultProxy(livy.port, [word] * 2) as proxy:
            client = client_of(proxy.url)
            before, began = psutil.Process().memory_info().rss, time.monotonic()
            with pytest.raises(AstroLabNetError) as caught:
                await client.sessions()
            took, more = time.monotonic() - began, psutil.Process().memory_info().rss - before
            proxy.words.clear()
            patient = client_of(proxy.url, 8)
            assert (await patient.sessions()).total == 0
            await patient.aclose()
            await client.aclose()
    assert str(caught.value).startswith("lal: ")
    assert not isinstance(caught.value, Ambiguous), "a read is never a riddle"
    assert took <= 20 * TIMEOUT_S / 8 + 5, "the deadline, and what a busy machine adds; endless would be minutes"
    # The proxy is in this process too: what it has not got rid of counts.
    assert more <= (2 * 16 + 10) << 20


@pytest.mark.parametrize("word", BAD)
async def test_a_post_is_sent_once_and_what_may_have_run_is_called_ambiguous(word: str) -> None:
    with faultlivy() as livy:
        async with FaultProxy(livy.port, [word]) as proxy:
            client = client_of(proxy.url)
            with pytest.raises(Ambiguous):
                await client.create_batch(NewBatch(file="hdfs:///x.py", name="once"))
            await client.aclose()
            assert proxy.connections == 1
            assert livy.truth()["ran"].get("batch once", 0) == (1 if word in CARRIED_OUT else 0)
            await proxy.deliver()
            assert livy.truth()["ran"].get("batch once", 0) == (1 if word in CARRIED_OUT or word == "late" else 0)


async def test_a_slow_link_is_only_slow_and_a_gateway_that_repeats_is_seen_in_the_truth() -> None:
    with faultlivy() as livy:
        async with FaultProxy(livy.port, ["slow", "twice"]) as proxy:
            client = client_of(proxy.url, 8)
            assert (await client.sessions()).total == 0
            with pytest.raises(AstroLabNetError, match="Duplicate session name"):
                await client.create_batch(NewBatch(file="hdfs:///x.py", name="twice"))
            await client.aclose()
        assert livy.truth()["ran"] == {"batch twice": 1}


async def test_a_certificate_that_changes_in_between_stops_everything() -> None:
    context, pin = server_side(trustme.CA())
    with faultlivy() as livy:
        async with FaultProxy(livy.port, context=context) as proxy:
            client = LivyClient(Server(uuid="u", alias="lal", url=proxy.url, verify=f"pin:{pin}"))
            assert (await client.sessions()).total == 0
            _other(context)
            delivered = proxy.delivered
            with pytest.raises(Untrusted) as caught:
                await client.create_batch(NewBatch(file="hdfs:///x.py"))
            assert caught.value.changed
            assert proxy.delivered == delivered
            await client.aclose()


def _other(context: ssl.SSLContext) -> None:
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)


async def test_one_bad_server_of_fifty_delays_only_itself() -> None:
    """P9: each fault at one server, all asked at once; the 49 others answer as if nothing were."""
    with faultlivy() as livy:
        for word in ("half-open", "endless", "drip", "100 continue"):
            async with FaultProxy(livy.port, [word] * 4) as bad:
                clients = [client_of(livy.url, 8) for _ in range(49)]
                worst = client_of(bad.url, 3)
                slow = asyncio.create_task(worst.sessions())
                while not bad.connections:
                    await asyncio.sleep(0.01)
                pages = await asyncio.gather(*(client.sessions() for client in clients))
                assert all(page.total == 0 for page in pages)
                # An endless body may have met its cap of bytes by now; the others still hold their server.
                assert not slow.done() or word == "endless", word
                with pytest.raises(AstroLabNetError):
                    await slow
                for client in (*clients, worst):
                    await client.aclose()
