"""A session that nobody uses is warned of before its server ends it; whatever counts as use puts that off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.livy import Session, Statement
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.idle import ends_soon, idle_limit
from astrolabnet_gui.network.known import Known

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h", 3600), ("30m", 1800), ("5min", 300), ("90s", 90), ("2d", 172800), ("60000", 60), ("500ms", 0.5)],
)
def test_livys_times_are_read(text: str, seconds: float) -> None:
    limit = idle_limit(Session(id=0, state="idle", idleTimeout=text))
    assert limit is not None
    assert limit.total_seconds() == seconds


@pytest.mark.parametrize("text", [None, "", "0s", "soon", "1 fortnight", "-1h", "9" * 40 + "h", "999999999d"])
def test_no_limit_no_warning(text: str | None) -> None:
    session = Session(id=0, state="idle", idleTimeout=text)
    assert idle_limit(session) is None
    assert ends_soon(session, NOON - timedelta(days=9), NOON) is None


@pytest.mark.parametrize(("limit", "ago_s", "warned"), [
    ("1h", 2900, False), ("1h", 3001, True), ("1h", 9999, True), ("60s", 40, False), ("60s", 46, True),
])  # fmt: skip
def test_the_warning_comes_ten_minutes_before_or_at_a_quarter_of_a_short_limit(
    limit: str, ago_s: int, warned: bool
) -> None:
    session = Session(id=0, state="idle", idleTimeout=limit)
    ends = ends_soon(session, NOON - timedelta(seconds=ago_s), NOON)
    assert (ends is not None) == warned
    dead = session.model_copy(update={"state": "dead"})
    assert ends_soon(dead, NOON - timedelta(seconds=ago_s), NOON) is None


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


def shown(known: Known) -> Thing:
    return next(t for t in known.things(("up", "", None), None).values() if t.key.kind == "sessions")


def test_a_thing_says_when_it_ends_and_no_longer_once_it_was_used() -> None:
    clock = Clock()
    server = Server(uuid="1" * 32, alias="lal", url="http://127.0.0.1:1")
    known = Known(server, owns=lambda _: False, wall=clock)
    known.listed("sessions", [Session(id=3, state="idle", idleTimeout="1h")], complete=True)
    assert shown(known).ends is None
    clock.now = NOON + timedelta(minutes=51)
    thing = shown(known)
    assert thing.ends == NOON + timedelta(hours=1)
    assert thing.health is Health.WARN
    assert "kept alive" in thing.problem
    assert shown(known) is thing, "no news while nothing changes"
    known.used(3)
    assert (shown(known).ends, shown(known).health, shown(known).problem) == (None, Health.OK, "")


@pytest.mark.parametrize(("idle_s", "words"), [(70, "It was idle for longer than 60s, so the server closed it."),
                                              (20, "The server no longer lists it.")])  # fmt: skip
def test_a_session_that_went_after_its_idle_time_says_so(idle_s: int, words: str) -> None:
    clock = Clock()
    known = Known(Server(uuid="u", alias="lal", url="http://x"), owns=lambda _: False, wall=clock)
    mine = Session(id=0, state="busy", idleTimeout="60s")
    key = known.claim(mine)
    known.listed("sessions", [mine], complete=True)
    known.follow(key, Task(task_key="T", name="pi", statement=Statement(id=0, state="available")), "", "", 0.0)
    known.listed("sessions", [mine.model_copy(update={"state": "idle"})], complete=True)
    clock.now += timedelta(seconds=idle_s)
    known.listed("sessions", [mine.model_copy(update={"state": "shutting_down"})], complete=True)
    clock.now += timedelta(seconds=1)
    known.listed("sessions", [], complete=True)
    gone = shown(known)
    assert (gone.state, gone.problem) == ("gone", words)
