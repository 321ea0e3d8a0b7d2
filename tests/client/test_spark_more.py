"""Spark's own account, further: why tries failed, how evenly tasks ran, logs of executors, the History Server."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import respx

from astrolabnet_gui.client.spark import SparkClient
from astrolabnet_gui.client.ui import SparkUi, log_address
from astrolabnet_gui.errors import Malformed, NotApplicable, NotFound, Unreachable
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.spark import Executor, Progress, Stage

ROOT, HISTORY = "http://lal.org:4040", "http://hist.org:18080"
JOB = {"jobId": 0, "jobGroup": "1", "status": "SUCCEEDED", "numTasks": 4, "numCompletedTasks": 4}


def server(**more: Any) -> Server:
    return Server(uuid="u", alias="lal", url="http://lal.org:8998", **more)


@pytest.mark.parametrize("app_id", ["app-1", ""])
async def test_an_application_that_ended_is_found_on_the_history_server(app_id: str) -> None:
    here = server(history_url=f"{HISTORY}/")
    with respx.mock as net:
        live = net.get(f"{ROOT}/api/v1/applications")
        live.mock(side_effect=[httpx.Response(200, json=[{"id": "app-1"}]), httpx.ConnectError("refused")])
        jobs = net.get(f"{ROOT}/api/v1/applications/app-1/jobs")
        jobs.mock(side_effect=[httpx.Response(200, json=[]), httpx.ConnectError("refused")])
        old = [{"id": "app-0"}, {"id": "app-1", "attempts": [{"endTimeEpoch": 5}]}]
        net.get(f"{HISTORY}/api/v1/applications").mock(return_value=httpx.Response(200, json=old))
        told = net.get(f"{HISTORY}/api/v1/applications/app-1/jobs")
        told.mock(return_value=httpx.Response(200, json=[JOB]))
        spark = SparkClient(here, SparkUi(ROOT, app_id))
        assert (await spark.progress("1")).tasks_done == 0
        assert (await spark.progress("1")).tasks_done == 4, "the same question, now to the History Server"
        assert (await spark.progress("1")).tasks_done == 4
        await spark.aclose()
    assert (live.call_count, jobs.call_count, told.call_count) == (2, 2, 2)


async def test_without_a_way_to_the_application_the_first_trouble_is_said() -> None:
    with respx.mock as net:
        net.get(f"{ROOT}/api/v1/applications").mock(side_effect=httpx.ConnectError("refused"))
        net.get(f"{HISTORY}/api/v1/applications").mock(return_value=httpx.Response(200, json=[{"id": "app-9"}]))
        for here, ui in (
            (server(), SparkUi(ROOT, "app-1")),
            (server(history_url=HISTORY), SparkUi(ROOT, "")),
            (server(history_url=HISTORY), SparkUi(ROOT, "app-1")),
        ):
            spark = SparkClient(here, ui)
            with pytest.raises(Unreachable):
                await spark.progress("1")
            await spark.aclose()
        lonely = SparkClient(server(history_url=HISTORY), SparkUi(HISTORY, "app-1"))
        with pytest.raises(Malformed, match="another application"):
            await lonely.progress("1")
        await lonely.aclose()


async def test_why_tries_failed_and_how_evenly_tasks_ran() -> None:
    app = "http://lal.org:4040/api/v1/applications/app-1"
    stage = Stage(stageId=3, attemptId=1, numTasks=8)
    tries = [
        {"taskId": n, "index": 2, "attempt": n, "status": "FAILED", "executorId": "0", "host": "w1",
         "errorMessage": "x" * 9000 if n == 7 else None} for n in range(8)
    ]  # fmt: skip
    with respx.mock as net:
        net.get(f"{ROOT}/api/v1/applications").mock(return_value=httpx.Response(200, json=[{"id": "app-1"}]))
        asked = net.get(f"{app}/stages/3/1/taskList").mock(return_value=httpx.Response(200, json=tries))
        summary = net.get(f"{app}/stages/3/1/taskSummary")
        found = {"quantiles": [0.5, 1.0], "executorRunTime": [200.0, 9000.0], "jvmGcTime": [0.0, 0.0]}
        summary.mock(
            side_effect=[
                httpx.Response(200, json=found),
                httpx.Response(404, text="No tasks reported metrics for 3 / 1 yet."),
                httpx.Response(200, json={"quantiles": [0.5, 1.0]}),
            ]
        )
        spark = SparkClient(server(), SparkUi(ROOT, "app-1"))
        failures = await spark.failures(stage)
        spread = await spark.spread(stage)
        assert await spark.spread(stage) is None
        assert await spark.spread(stage) is None
        await spark.aclose()
    assert "status=failed" in str(asked.calls[0].request.url)
    assert [(f.stage, f.index, f.attempt) for f in failures] == [(3, 2, n) for n in (7, 6, 5, 4, 3)]
    assert [len(f.reason) for f in failures] == [4000, 0, 0, 0, 0]
    assert spread is not None
    assert (spread.tasks, spread.median_s, spread.longest_s) == (8, 0.2, 9.0)


PAGE = """<html><head><style>p {}</style><title>stderr log page</title><script>let x</script></head><body>
<p>Back to Master</p><pre>26/11/23 WARN a &lt;b&gt;\n\n26/11/23 ERROR c</pre></body></html>"""


@pytest.mark.parametrize(
    ("kind", "body", "lines"),
    [
        ("text/html;charset=utf-8", PAGE, ("26/11/23 WARN a <b>", "26/11/23 ERROR c")),
        ("text/html", "<p>Log  of\nno <b>executor</b></p>", ("Log of no", "executor")),
        ("text/plain", "== Bytes 0-3 of 3 ==\na\nb", ("== Bytes 0-3 of 3 ==", "a", "b")),
        ("text/html", "", ()),
    ],
)  # fmt: skip
async def test_log_of_an_executor(kind: str, body: str, lines: tuple[str, ...]) -> None:
    with respx.mock as net:
        asked = net.get("http://lal.org:8081/log/", params={"appId": "app-1", "logType": "stderr"})
        asked.mock(return_value=httpx.Response(200, text=body, headers={"content-type": kind}))
        spark = SparkClient(server(), SparkUi(ROOT, "app-1"))
        assert await spark.executor_log("http://lal.org:8081/logPage/?appId=app-1&logType=stderr") == lines
        await spark.aclose()


async def test_log_of_an_executor_that_is_gone() -> None:
    with respx.mock as net:
        net.get("http://lal.org:8081/log/").mock(return_value=httpx.Response(404, text="gone"))
        spark = SparkClient(server(), SparkUi(ROOT, "app-1"))
        with pytest.raises(NotFound):
            await spark.executor_log("http://lal.org:8081/logPage/?appId=app-1")
        await spark.aclose()


def test_where_a_log_of_an_executor_is() -> None:
    here = server(spark_ui={"http://w1:8081": "https://gw.org/w1"})
    assert log_address(here, "http://w1:8081/logPage/?a=1") == ("https://gw.org/w1", "/log/?a=1")
    yarn = "http://LAL.org:8042/node/containerlogs/container_1/max/stderr?start=-4096"
    assert log_address(here, yarn) == ("http://LAL.org:8042", "/node/containerlogs/container_1/max/stderr?start=-4096")
    for said in (
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://lal.org@evil.org/x",
        "http://w1:80810/x",
    ):
        with pytest.raises(NotApplicable) as caught:
            log_address(here, said)
        assert caught.value.remedy


def test_sums_of_progress() -> None:
    gone = {"isActive": False, "totalCores": 4}
    progress = Progress(
        stages=(
            Stage(stageId=1, status="COMPLETE", inputBytes=5, memoryBytesSpilled=3),
            Stage(stageId=2, status="ACTIVE", numActiveTasks=1, inputBytes=2),
            Stage(stageId=3, status="ACTIVE", numActiveTasks=4),
        ),
        executors=(
            Executor(id="driver", totalCores=0),
            Executor(id="0", totalCores=2, activeTasks=2),
            Executor(id="1", totalCores=2, activeTasks=5),
            Executor(id="2", removeReason="Executor killed by driver.", **gone),
            Executor(id="3", removeReason="Remote RPC client disassociated.", **gone),
            Executor(id="4", **gone),
        ),
    )
    assert (progress.cores, progress.cores_used) == (4, 4)
    assert [one.id for one in progress.lost] == ["3"]
    assert progress.active_stage is not None
    assert progress.active_stage.stageId == 3
    assert (progress.total("inputBytes"), progress.total("memoryBytesSpilled")) == (7, 3)
    assert Progress().active_stage is None
