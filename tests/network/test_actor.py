"""One actor: what it asks and how often, what it shows when the server is well, ill, slow, or another one."""

from __future__ import annotations

import asyncio

import pytest

from astrolabnet_gui.errors import Busy
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewSession
from tests.fakelivy import FakeLivy
from tests.network.desk import desk, server, wait_for
from tests.network.virtual import in_virtual_time

ROOT = Key("u1")


def busiest_minute(livy: FakeLivy) -> int:
    """Most calls in any 60 s."""
    times = [at for at, _ in livy.calls]
    return max(sum(1 for at in times if begin <= at < begin + 60) for begin in times)


def test_what_a_livy_holds_is_shown() -> None:
    async def story() -> None:
        livy = FakeLivy(version="0.10.0-incubating-SNAPSHOT")
        livy.open("pyspark", "bob's", owner="bob")
        livy.open("sql", "aln-1")
        async with desk(livy=livy) as one:
            assert one.states() == {"lal": "up", "bob's": "idle", "aln-1": "idle"}
            root = one.thing("lal")
            assert (root.fact, root.problem, root.stale_since) == ("Livy 0.10", "", None)
            assert (one.thing("lal/sessions/0").fact, one.thing("lal/sessions/0").mine) == ("Python · bob", False)
            assert (one.thing("lal/sessions/1").fact, one.thing("lal/sessions/1").mine) == ("SQL", True)

    in_virtual_time(story())


@pytest.mark.parametrize(
    ("look", "most"), [("hidden", 6), ("idle", 25), ("visible", 45), ("looked at", 60), ("looked at, busy", 60)]
)
def test_no_server_is_asked_more_than_once_a_second_over_a_minute(look: str, most: int) -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=10_000)
        livy.open("pyspark", "bob's", state="idle")
        async with desk(livy=livy) as one:
            if look == "looked at, busy":
                livy.sessions[0].free_at = livy.now() + 10_000
            visible = frozenset({ROOT}) if look == "visible" else frozenset()
            one.engine.attend(ROOT if look.startswith("looked") else None, visible, look == "hidden")
            await asyncio.sleep(600)
            assert busiest_minute(livy) <= most
            assert livy.asked("sessions", since=livy.now() - 150) >= 1
            by_id = livy.asked("session_") + livy.asked("statement")
            assert by_id == 0, "it would keep others' sessions alive"

    in_virtual_time(story())


def test_a_person_who_clicks_and_clicks_makes_the_polls_wait() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.open()
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            for _ in range(40):
                await one.engine.client("u1").session_log(0)
                await asyncio.sleep(0.5)
            began = livy.now()
            await asyncio.sleep(60)
            assert busiest_minute(livy) <= 80
            assert livy.asked(since=began) <= 45

    in_virtual_time(story())


def test_the_own_island_is_asked_often_when_looked_at() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.open(state="starting")
        async with desk(server(origin="island"), livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            await asyncio.sleep(5)
            assert livy.asked("sessions") >= 15

    in_virtual_time(story())


def test_never_two_polls_of_one_server_and_never_more_than_two_calls() -> None:
    async def story() -> None:
        livy = FakeLivy()
        inside = most = polls = most_polls = 0

        async def slow(name: str, method: str, path: str, body: object = None) -> object:
            nonlocal inside, most, polls, most_polls
            inside += 1
            polls += name in ("sessions", "batches", "version")
            most, most_polls = max(most, inside), max(most_polls, polls)
            await asyncio.sleep(3)
            inside -= 1
            polls -= name in ("sessions", "batches", "version")
            return await quick(name, method, path, body)

        livy.open()
        async with desk(livy=livy) as one:
            quick = one.clients[0].call
            one.clients[0].call = slow  # type: ignore[method-assign]
            one.engine.attend(ROOT, frozenset({ROOT}))
            client = one.engine.client("u1")
            made = [client.create_session(NewSession(kind="spark", name=f"aln-{i}")) for i in range(3)]
            logs = [client.keep_alive(0) for _ in range(4)]
            await asyncio.gather(*made, *logs)
            await asyncio.sleep(30)
            assert most == 2
            assert most_polls == 1
        assert livy.asked("create_session") == 3

    in_virtual_time(story())


def test_retry_after_is_obeyed_by_polls_and_told_to_a_person() -> None:
    async def story() -> None:
        livy = FakeLivy()
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            livy.faults["sessions"] = [Busy("too many requests", status=429, retry_after_s=50)]
            await wait_for(lambda: not livy.faults["sessions"])
            began = livy.now()
            await asyncio.sleep(1)
            with pytest.raises(Busy, match="left alone for 49 s more"):
                await one.engine.client("u1").version()
            await asyncio.sleep(48)
            assert livy.asked(since=began + 0.01) == 0
            await asyncio.sleep(10)
            assert livy.asked("sessions", since=began + 50) > 0
            assert one.thing("lal").state == "up"

    in_virtual_time(story())


def test_ids_that_restart_at_0_are_other_things() -> None:
    async def story() -> None:
        livy = FakeLivy()
        for name in ("a", "b", "aln-mine"):
            livy.open(name=name)
        async with desk(livy=livy) as one:
            old = one.thing("lal/sessions/0").key
            livy.restart()
            livy.open(name="c")
            one.engine.poll_now("u1")
            await wait_for(lambda: "c" in one.states())
            new = one.thing("lal/sessions/0").key
            assert new.path == old.path
            assert new.epoch != old.epoch
            assert one.states() == {"lal": "up", "c": "idle", "aln-mine": "gone"}
            (gone,) = [t for t in one.engine.store.things.values() if t.label == "aln-mine"]
            assert gone.problem == "The server restarted."
            one.engine.unfollow(gone.key)
            assert one.states() == {"lal": "up", "c": "idle"}

    in_virtual_time(story())


def test_a_creation_is_shown_at_once_and_a_list_asked_before_does_not_take_it_away() -> None:
    async def story() -> None:
        livy = FakeLivy()
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            client = one.engine.client("u1")
            original = one.clients[0].sessions_if_changed

            async def slow(last: bytes | None) -> object:
                raw, value = await original(None)
                await asyncio.sleep(4)
                return raw, value

            one.clients[0].sessions_if_changed = slow  # type: ignore[assignment,method-assign]
            one.engine.poll_now("u1")
            await asyncio.sleep(1)
            made = await client.create_session(NewSession(kind="pyspark", name="aln-x"))
            key = one.engine.claim("u1", made)
            assert one.engine.store.things[key].state == "starting"
            one.clients[0].sessions_if_changed = original  # type: ignore[method-assign]
            for _ in range(100):
                await asyncio.sleep(0.1)
                assert key in one.engine.store.things
            await wait_for(lambda: one.engine.store.things[key].state == "idle")
            assert one.engine.store.things[key].mine

    in_virtual_time(story())


def test_an_edited_server_is_asked_anew_and_keeps_my_ended_tasks_only_as_remembered() -> None:
    async def story() -> None:
        async with desk() as one:
            one.livy.open(name="bob's")
            one.engine.poll_now("u1")
            await wait_for(lambda: "bob's" in one.states())
            old = one.thing("lal/sessions/0").key
            await asyncio.sleep(3)
            await one.engine.change_server(server(url="http://127.0.0.1:9999", alias="lal2"))
            assert one.clients[0].closed
            assert one.states() == {"lal2": "asking"}
            await wait_for(lambda: "bob's" in one.states())
            assert one.thing("lal2/sessions/0").key.epoch != old.epoch

    in_virtual_time(story())
