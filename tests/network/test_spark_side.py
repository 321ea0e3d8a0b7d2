"""Spark's own account of running tasks: shown as progress, explained when absent, never in the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from astrolabnet_gui.errors import AstroLabNetError, NotApplicable, Unreachable
from astrolabnet_gui.model.livy import LogPage, Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.spark import Executor, Progress, Spread, Stage, TryFailed
from tests.fakelivy import FakeLivy
from tests.network.desk import desk, server, wait_for
from tests.network.sending import ended, send, task_of
from tests.network.virtual import in_virtual_time


@dataclass
class FakeSpark:
    """Spark's account, scripted."""

    answers: list[Progress | Exception] = field(default_factory=list)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    closed: bool = False
    requests: int = 0

    async def progress(self, group: str, /, *, with_stages: bool = False) -> Progress:
        self.asked.append((group, with_stages))
        self.requests += 2 if with_stages else 1
        await asyncio.sleep(0.01)
        answer = (
            self.answers.pop(0) if self.answers else Progress(tasks_done=3, tasks_total=4, stages=(Stage(stageId=7),))
        )
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def executors(self) -> tuple[Executor, ...]:
        self.asked.append(("executors", False))
        self.requests += 1
        return (Executor(id="0", totalCores=2, activeTasks=1),)

    async def failures(self, stage: Stage, /) -> tuple[TryFailed, ...]:
        self.asked.append((f"failures {stage.stageId}", False))
        self.requests += 1
        return (TryFailed(stage=stage.stageId, index=1, attempt=0, executor="0", host="w", reason="boom"),)

    async def spread(self, stage: Stage, /) -> Spread | None:
        self.asked.append((f"spread {stage.stageId}", False))
        self.requests += 1
        return Spread(stage=stage.stageId, tasks=8, median_s=0.1, longest_s=9)

    async def aclose(self) -> None:
        self.closed = True


def test_sparks_own_account_is_the_progress_and_its_absence_has_a_reason() -> None:
    async def story() -> None:
        spark = FakeSpark([Unreachable("the Spark UI does not answer.")])
        livy = FakeLivy(lasts_s=120)
        livy.open()
        async with desk(server(origin="island"), livy=livy, spark=lambda _server, _session: spark) as one:
            key = await send(one)
            await wait_for(lambda: task_of(one.engine.store.things[key]).spark_ui != "")
            assert task_of(one.engine.store.things[key]).spark_ui == "the Spark UI does not answer."
            assert spark.closed
            assert (one.engine.store.things[key].progress or 0) < 0.1, "Livy's fraction stands in"
            await wait_for(lambda: task_of(one.engine.store.things[key]).progress is not None)
            thing = one.engine.store.things[key]
            assert thing.progress == 0.75
            assert task_of(thing).spark_ui == ""
            assert [stage.stageId for stage in (task_of(thing).progress or Progress()).stages] == [7]
            assert spark.asked[0] == ("0", True)

    in_virtual_time(story())


def test_where_spark_is_comes_from_the_log_when_the_list_does_not_say() -> None:
    async def story() -> None:
        spark = FakeSpark()
        livy = FakeLivy(lasts_s=30)
        livy.open()
        seen: list[tuple[str, ...]] = []

        def find(_server: Server, session: Session) -> FakeSpark:
            seen.append(session.log)
            if not any("SparkUI" in line for line in session.log):
                raise NotApplicable("nobody says where")
            return spark

        async with desk(server(origin="island"), livy=livy, spark=find) as one:

            async def log(session: object, from_: int, size: int) -> LogPage:
                assert (session, from_, size) == (0, 0, -1)
                return LogPage.model_validate(
                    {"id": 0, "from": 0, "total": 1, "log": ["service 'SparkUI' on port 4040."]}
                )

            one.clients[0].session_log = log  # type: ignore[method-assign,assignment]
            key = await send(one)
            await wait_for(lambda: one.engine.store.things[key].progress == 0.75)
            assert len(seen) == 2

    in_virtual_time(story())


def test_what_spark_is_asked_counts_as_what_the_server_is_asked() -> None:
    """At most 60 requests in any minute, also where each look must find the application anew."""

    async def story() -> None:
        times: list[float] = []

        class Lost(FakeSpark):
            async def progress(self, group: str, /, *, with_stages: bool = False) -> Progress:
                times.extend([livy.now()] * 4)  # here, at the History Server, and the two questions
                self.requests += 2
                return await super().progress(group, with_stages=with_stages)

        livy = FakeLivy(lasts_s=1000)
        livy.open()
        spark = Lost()
        async with desk(server(), livy=livy, spark=lambda _server, _session: spark) as one:
            key = await send(one)
            await wait_for(lambda: task_of(one.engine.store.things[key]).progress is not None)
            one.engine.attend(key, frozenset({key}))
            began, asked = livy.now(), len(livy.calls)
            await asyncio.sleep(30)
            first, at_first = len(livy.calls) - asked, len(times)
            await asyncio.sleep(240)
            assert livy.now() - began >= 270
            then = len(livy.calls) - asked - first + len(times) - at_first
            assert 60 <= then <= 4 * 60 + 10, (then, len(times))
            assert len(times) - at_first >= 12, "Spark is asked all the same"

    in_virtual_time(story())


def test_a_hanging_spark_ui_delays_no_result() -> None:
    async def story() -> None:
        class Hanging(FakeSpark):
            async def progress(self, group: str, /, *, with_stages: bool = False) -> Progress:
                await asyncio.Event().wait()
                raise AstroLabNetError("never")

        livy = FakeLivy(lasts_s=15)
        livy.open()
        async with desk(livy=livy, spark=lambda _server, _session: Hanging()) as one:
            key = await send(one)
            began = livy.now()
            await wait_for(lambda: ended(one, key))
            assert livy.now() - began <= 15.5
            assert task_of(one.engine.store.things[key]).spark_ui == "Spark did not answer in time"

    in_virtual_time(story())


def test_the_last_account_of_an_ended_task_is_asked_for_even_behind_another_question() -> None:
    async def story() -> None:
        class Slow(FakeSpark):
            async def progress(self, group: str, /, *, with_stages: bool = False) -> Progress:
                await asyncio.sleep(0.7)
                return await super().progress(group, with_stages=with_stages)

        livy = FakeLivy(lasts_s=2)
        livy.open()
        spark = Slow([Progress(tasks_done=i, tasks_total=4) for i in (1, 2, 3, 4)])
        async with desk(server(origin="island"), livy=livy, spark=lambda _server, _session: spark) as one:
            key = await send(one)
            await wait_for(lambda: ended(one, key))
            await wait_for(lambda: (task_of(one.engine.store.things[key]).progress or Progress()).tasks_done == 4, 5)
            assert one.engine.store.things[key].progress is None

    in_virtual_time(story())


def test_who_works_and_why_tries_failed_is_asked_once_each_time_it_is_new() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=20)
        livy.open()
        runs = Stage(stageId=7, status="ACTIVE", numTasks=8)
        bad = runs.model_copy(update={"numFailedTasks": 1})
        end = bad.model_copy(update={"status": "COMPLETE", "executorRunTime": 9000})
        first = [Progress(jobs=1, stages=(runs,)), *(Progress(jobs=1, tasks_failed=1, stages=(bad,)) for _ in range(3))]
        spark = FakeSpark([*first, *(Progress(jobs=1, tasks_failed=1, stages=(end,)) for _ in range(400))])
        async with desk(server(), livy=livy, spark=lambda _server, _session: spark) as one:
            key = await send(one)
            await wait_for(lambda: ended(one, key))
            await wait_for(lambda: (task_of(one.engine.store.things[key]).progress or Progress()).spread is not None)
            progress = task_of(one.engine.store.things[key]).progress or Progress()
            assert [f.reason for f in progress.failures] == ["boom"]
            assert (progress.cores, progress.cores_used) == (2, 1)
            assert progress.spread is not None
            assert progress.spread.longest_s == 9
        asked = [name for name, _ in spark.asked]
        assert asked.count("failures 7") == 1
        assert asked.count("spread 7") == 1
        # at the first look, at the news, at the end: looks between bring only the counts
        assert asked.count("executors") == 3
        assert asked.count("0") > 4

    in_virtual_time(story())


def test_a_closer_look_that_fails_leaves_the_counts() -> None:
    async def story() -> None:
        class Half(FakeSpark):
            async def executors(self) -> tuple[Executor, ...]:
                raise Unreachable("the Spark UI does not answer.")

        livy = FakeLivy(lasts_s=20)
        livy.open()
        spark = Half([Progress(jobs=1, tasks_done=1, tasks_total=4, stages=(Stage(stageId=7),)) for _ in range(400)])
        async with desk(server(origin="island"), livy=livy, spark=lambda _server, _session: spark) as one:
            key = await send(one)
            await wait_for(lambda: one.engine.store.things[key].progress == 0.25)
            assert task_of(one.engine.store.things[key]).spark_ui == ""
            assert not spark.closed

    in_virtual_time(story())


def test_the_account_of_the_end_is_asked_for_until_spark_has_heard_of_it() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=0.3)
        livy.open()
        late = [Progress(jobs=1, tasks_done=7, tasks_total=8, tasks_running=1) for _ in range(3)]
        spark = FakeSpark([*late, Progress(jobs=1, jobs_done=1, tasks_done=8, tasks_total=8)])
        async with desk(server(origin="island"), livy=livy, spark=lambda _server, _session: spark) as one:
            key = await send(one)
            await wait_for(lambda: ended(one, key))
            await wait_for(lambda: (task_of(one.engine.store.things[key]).progress or Progress()).tasks_done == 8, 9)

    in_virtual_time(story())
