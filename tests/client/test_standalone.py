"""Spark's account beyond the island: a standalone master with a worker, then the History Server, behind a rewriting."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.client.spark import SparkClient
from astrolabnet_gui.errors import NotFound, NotLivy, Unreachable
from astrolabnet_gui.model.livy import AppInfo, Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.spark import Progress
from astrolabnet_gui.tasks.cause import find
from tests.client.standalone import Application, daemon, free_port

pytestmark = [pytest.mark.island, pytest.mark.timeout(600)]


async def test_progress_of_a_standalone_cluster_and_of_its_history(tmp_path: Path) -> None:
    events, port, ui, worker_ui = tmp_path / "events", free_port(), free_port(), free_port()
    events.mkdir()
    master = f"spark://127.0.0.1:{port}"
    at = ("--host", "127.0.0.1")
    masters = daemon("master.Master", *at, "--port", str(port), "--webui-port", str(ui), folder=tmp_path, ready=port)
    workers = daemon(
        "worker.Worker", *at, "--webui-port", str(worker_ui), "-c", "2", "-m", "1g", "-d", str(tmp_path / "work"),
        master, folder=tmp_path, ready=worker_ui,
    )  # fmt: skip
    with masters, workers:
        application = Application(master, events, tmp_path)
        try:
            session = Session(id=0, state="idle", appId=application.app_id(tmp_path / "master.Master.log"))
            # As behind a gateway: the cluster names an address nobody reaches from here, a rule leads to the right one.
            said = session.model_copy(update={"appInfo": AppInfo(sparkUiUrl=f"http://driver.inside:{application.ui}")})
            here = Server(
                uuid="u", alias="lal", url="http://127.0.0.1:1",
                spark_ui={f"http://driver.inside:{application.ui}": f"http://127.0.0.1:{application.ui}"},
            )  # fmt: skip
            livy = LivyClient(here)
            spark = livy.spark(said)
            await _running(spark)
            log = await _executor_log(livy, spark)
            assert any("Executor" in line for line in log), log[:5]
            await spark.aclose()
            await livy.aclose()
        finally:
            application.end()
    await _finished(session, application, events, tmp_path)


async def _running(spark: SparkClient) -> None:
    """The live UI: counts, shuffle, executors of the worker, and why a try failed that then went well."""
    summed = await spark.progress("0", with_stages=True)
    assert (summed.jobs, summed.tasks_done, summed.fraction) == (1, 6, 1.0)
    assert summed.total("shuffleWriteBytes") > 0
    assert summed.total("shuffleReadBytes") == summed.total("shuffleWriteBytes")
    executors = Progress(executors=await spark.executors())
    assert [one.id for one in executors.workers] == ["0"]
    assert executors.cores == 2
    again = await spark.progress("1", with_stages=True)
    assert (again.tasks_done, again.tasks_failed, again.jobs_done) == (2, 1, 1)
    failures = await spark.failures(again.stages[-1])
    assert [(one.index, one.attempt, one.executor) for one in failures] == [(0, 0, "0")]
    assert "ValueError: no band g" in failures[0].reason
    failed = await spark.progress("2", with_stages=True)
    assert failed.tasks_failed == 2
    cause = find((await spark.failures(failed.stages[-1]))[0].reason)
    assert cause is None, "an error of the code is none of the cluster"
    spread = await spark.spread(summed.stages[0])
    assert spread is not None
    assert spread.longest_s >= spread.median_s >= 0


async def _executor_log(livy: LivyClient, spark: SparkClient) -> tuple[str, ...]:
    executor = next(one for one in await spark.executors() if one.executorLogs)
    return await livy.executor_log(executor.executorLogs["stderr"])


async def _finished(session: Session, application: Application, events: Path, folder: Path) -> None:
    """The History Server, once the application and its UI are gone."""
    port = free_port()
    here = Server(
        uuid="u", alias="lal", url="http://127.0.0.1:1", history_url=f"http://127.0.0.1:{port}",
        spark_ui={"http://driver.inside": f"http://127.0.0.1:{application.ui}"},
    )  # fmt: skip
    livy = LivyClient(here)
    gone = session.model_copy(update={"state": "dead", "appInfo": AppInfo(sparkUiUrl="http://driver.inside")})
    spark = livy.spark(gone)
    with pytest.raises(Unreachable):
        await spark.progress("0")
    options = f"-Dspark.history.fs.logDirectory={events.as_uri()} -Dspark.history.ui.port={port}"
    with daemon("history.HistoryServer", folder=folder, ready=port, SPARK_HISTORY_OPTS=options):
        end = time.monotonic() + 60
        while not any(getattr(one, "id", "") == session.appId for one in await _listed(here, session)):
            assert time.monotonic() < end, "the History Server does not list it"
            await asyncio.sleep(0.2)
        found = await spark.progress("1", with_stages=True)
        assert (found.tasks_done, found.tasks_failed) == (2, 1)
        assert "ValueError: no band g" in (await spark.failures(found.stages[-1]))[0].reason
        assert [one.id for one in await spark.executors() if one.id != "driver"] == ["0"]
    await spark.aclose()
    await livy.aclose()


async def _listed(here: Server, session: Session) -> tuple[object, ...]:
    client = LivyClient(here)
    spark = client.spark(session.model_copy(update={"appInfo": AppInfo()}))
    try:
        return await spark.applications()
    except (NotLivy, NotFound):
        return ()  # its port opens before its API is there
    finally:
        await spark.aclose()
        await client.aclose()
