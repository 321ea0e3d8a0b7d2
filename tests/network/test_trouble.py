"""A server in trouble: what is shown of it and of its things, when it is asked again, how it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from astrolabnet_gui.errors import BadInput, Malformed, NotFound, NotLivy, Refused, Untrusted
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from tests.fakebodies import login_page, refused_connection
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy
from tests.network.desk import desk, server, wait_for
from tests.network.virtual import in_virtual_time

ROOT = Key("u1")


def test_a_server_that_goes_keeps_its_things_with_their_age_and_comes_back_calmly() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.open(name="bob's")
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            await asyncio.sleep(10)
            livy.down = refused_connection()
            await wait_for(lambda: one.thing("lal").state == "no answer")
            assert one.thing("lal/sessions/0").stale_since is None, "one failure is not the end"
            await wait_for(lambda: one.thing("lal").state == "down")
            root, session = one.thing("lal"), one.thing("lal/sessions/0")
            assert "the connection was refused" in root.problem
            assert "Last answer at" in root.problem
            assert root.since is not None
            assert session.state == "idle"
            assert session.stale_since is not None
            assert session.health is Health.GONE
            assert session.stale_since < root.since
            await asyncio.sleep(300)
            livy.down = None
            took = await wait_for(lambda: one.thing("lal").state == "up")
            assert took <= 35
            assert one.thing("lal/sessions/0").stale_since is None

    in_virtual_time(story())


def test_what_is_shown_of_a_flapping_server_changes_at_most_once_in_two_seconds() -> None:
    async def story() -> None:
        livy = FakeLivy()
        seen: list[tuple[float, str]] = []
        async with desk(server(origin="island"), livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))

            def note(_delta: object) -> None:
                state = one.thing("lal").state
                if not seen or seen[-1][1] != state:
                    seen.append((livy.now(), state))

            one.engine.store.subscribe(note)
            for i in range(300):
                livy.down = refused_connection() if i % 3 == 0 else None
                await asyncio.sleep(0.2)
            assert len(seen) > 3
            assert all(b[0] - a[0] >= 1.99 for a, b in pairwise(seen))

    in_virtual_time(story())


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (login_page(), "login needed"),
        (NotLivy("this is a web page, not Livy.", remedy="Look at the address."), "not Livy"),
        (NotFound("no such page", status=404), "not Livy"),
        (Untrusted("its certificate is signed by itself.", remedy="Pin it."), "not trusted"),
    ],
)
def test_what_no_retry_cures_is_not_retried_until_a_person_asks(error: Exception, state: str) -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.faults["sessions"] = [error]
        async with desk(livy=livy) as one:
            assert one.thing("lal").state == state
            assert str(getattr(error, "what", "")) in one.thing("lal").problem
            before = livy.asked("sessions")
            await asyncio.sleep(3600)
            assert livy.asked("sessions") == before == 1
            one.engine.poll_now("u1")
            await wait_for(lambda: one.thing("lal").state == "up")
            assert livy.asked("login_again") == 1

    in_virtual_time(story())


@pytest.mark.parametrize("error", [Refused("java.lang.NullPointerException", status=500), Malformed("not JSON")])
def test_an_answer_that_is_no_list_is_shown_with_its_words(error: Exception) -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.open()
        async with desk(livy=livy) as one:
            livy.down = error
            one.engine.poll_now("u1")
            await wait_for(lambda: one.thing("lal").state == "down")
            assert str(error) in one.thing("lal").problem
            assert one.thing("lal/sessions/0").state == "idle"

    in_virtual_time(story())


def test_batches_that_fail_alone_do_not_make_the_server_ill() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.faults["batches"] = [Refused("java.lang.NullPointerException", status=500) for _ in range(100)]
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            await asyncio.sleep(120)
            assert one.thing("lal").state == "up"

    in_virtual_time(story())


def test_a_speaker_of_the_protocol_without_batches_and_version_is_a_livy() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.faults["batches"] = [NotFound("", status=404) for _ in range(100)]
        livy.faults["version"] = [NotFound("", status=404)]
        async with desk(livy=livy) as one:
            await asyncio.sleep(300)
            assert (one.thing("lal").state, one.thing("lal").fact) == ("up", "")
            assert livy.asked("batches") == 1

    in_virtual_time(story())


def test_an_island_that_does_not_run_is_stopped_and_is_seen_when_it_starts() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.down = refused_connection()
        async with desk(server(origin="island"), livy=livy) as one:
            await wait_for(lambda: one.thing("lal").state == "stopped")
            await asyncio.sleep(3)
            one.engine.announce("u1", "starting")
            assert one.thing("lal").state == "starting"
            await asyncio.sleep(20)
            assert one.thing("lal").state == "starting"
            livy.down = None
            assert await wait_for(lambda: one.thing("lal").state == "up") <= 2

    in_virtual_time(story())


def test_a_bug_in_one_actor_ends_only_that_one(expect_log: Callable[[str], None]) -> None:
    expect_log("the actor of lal failed")

    async def story() -> None:
        async with desk(server("u1"), server("u2", "alma")) as one:

            async def broken(last: bytes | None) -> object:
                raise KeyError("a bug of ours")

            one.clients[0].sessions_if_changed = broken  # type: ignore[assignment,method-assign]
            one.engine.poll_now("u1")
            await wait_for(lambda: one.thing("lal").state == "disabled")
            assert "KeyError" in one.thing("lal").problem
            assert "report" in one.thing("lal").problem
            began = one.livys["u2"].now()
            await asyncio.sleep(60)
            assert one.thing("alma").state == "up"
            assert one.livys["u2"].asked(since=began) > 3
            del one.clients[0].sessions_if_changed
            one.engine.poll_now("u1")
            await wait_for(lambda: one.thing("lal").state == "up")

    in_virtual_time(story())


def test_a_server_whose_client_can_not_be_made_says_why_and_is_tried_when_edited() -> None:
    async def story() -> None:
        async with desk(server("u1"), server("u2", "alma")) as one:
            made = one.engine._fleet._world.connect

            def connect(which: object) -> FakeClient:
                if getattr(which, "verify", "") == "/gone.pem":
                    raise BadInput("there is no file /gone.pem.", field="verify")
                return made(which)  # type: ignore[arg-type,return-value]

            object.__setattr__(one.engine._fleet._world, "connect", connect)
            await one.engine.change_server(server("u1", verify="/gone.pem"))
            await wait_for(lambda: one.thing("lal").state == "down")
            assert "no file /gone.pem" in one.thing("lal").problem
            with pytest.raises(BadInput):
                await one.engine.client("u1").version()
            await one.engine.change_server(server("u1"))
            await wait_for(lambda: one.thing("lal").state == "up")

    in_virtual_time(story())
