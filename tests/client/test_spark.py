"""Spark's own account: where it is asked, what is added up."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import respx

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.client.spark import SparkClient, progress_of
from astrolabnet_gui.client.ui import SparkUi, find_ui
from astrolabnet_gui.errors import Malformed, NotApplicable, NotFound, Unreachable
from astrolabnet_gui.model.livy import AppInfo, Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.spark import Job, Stage
from tests.client.recordings import FOLDER

ROOT = "http://lal.org:4040"


def server(**more: Any) -> Server:
    return Server(uuid="u", alias="lal", url="http://lal.org:8998", **more)


def session(ui: str | None = None, **more: Any) -> Session:
    return Session(id=3, state="idle", appInfo=AppInfo(sparkUiUrl=ui), **more)


LOG = (
    "26/11/23 11:49:02 WARN Utils: Service 'SparkUI' could not bind on port 4040. Attempting port 4041.",
    "26/11/23 11:49:02 INFO JettyUtils: Start Jetty 0.0.0.0:4041 for SparkUI",
    "26/11/23 11:49:02 INFO Utils: Successfully started service 'SparkUI' on port 4041.",
    "26/11/23 11:49:03 INFO StandaloneSchedulerBackend: Connected to Spark cluster with app ID app-20261123114903-0007",
)


@pytest.mark.parametrize(
    ("here", "of", "log", "found"),
    [
        (server(), session("http://lal.org:4040"), (), SparkUi(ROOT, "")),
        (server(), session("http://LAL.org:4040/", appId="x"), (), SparkUi("http://LAL.org:4040", "x")),
        (server(), session(), LOG, SparkUi("http://lal.org:4041", "app-20261123114903-0007")),
        (server(), session(log=LOG[:2]), (), SparkUi("http://lal.org:4041", "")),
        (server(), session(conf={"spark.ui.port": "14040"}), (), SparkUi("http://lal.org:14040", "")),
        (
            server(spark_ui={"http://rm:8088": "https://gw.org/rm"}),
            session("http://rm:8088/proxy/application_1_1/", appId="application_1_1"),
            (),
            SparkUi("https://gw.org/rm/proxy/application_1_1", "application_1_1"),
        ),
        (
            server(spark_ui={"http://rm:8088": "http://rm:8088"}),
            session("http://rm:8088/proxy/a/"),
            (),
            SparkUi("http://rm:8088/proxy/a", ""),
        ),
        (
            server(history_url="http://hist.org:18080/"),
            session("http://hist.org:18080/history/application_1_1/1", appId="application_1_1"),
            (),
            SparkUi("http://hist.org:18080", "application_1_1"),
        ),
        (server(history_url="http://hist.org"), session(appId="a"), (), SparkUi("http://hist.org", "a")),
        (
            server(spark_ui={"http://lal.org:4041": "http://127.0.0.1:9"}),
            session(),
            LOG,
            SparkUi("http://127.0.0.1:9", "app-20261123114903-0007"),
        ),
    ],
)
def test_where_it_is(here: Server, of: Session, log: tuple[str, ...], found: SparkUi) -> None:
    assert find_ui(here, of, log) == found


@pytest.mark.parametrize(
    "said",
    [
        "http://169.254.169.254/latest", "http://127.0.0.1:8080", "http://lal.org.evil.org:4040", "http://evil.org/lal.org",
        "http://lal.org@evil.org:4040", "file:///etc/passwd", "ftp://lal.org", "javascript:alert(1)", "http://rm:80880/x",
        "//evil.org", "http://[::1", "http://lal.org:99999",
    ],
)  # fmt: skip
def test_no_request_goes_where_only_the_server_wants_it(said: str) -> None:
    here = server(spark_ui={"http://rm:8088": "http://gw.org"})
    with pytest.raises(NotApplicable) as caught:
        find_ui(here, session(said))
    assert str(caught.value).startswith("lal: ")
    assert caught.value.remedy


def test_nobody_says_where() -> None:
    with pytest.raises(NotApplicable, match=r"lal: neither Livy nor the session's log .* spark\.ui\.port"):
        find_ui(server(), session(conf={"spark.ui.port": "0"}))


def _recorded(tail: str) -> Any:
    for pair in json.loads((FOLDER / "spark-ui.json").read_text()):
        if pair["request"]["path"].endswith(tail):
            return pair["response"]["body"]
    raise AssertionError(tail)


async def test_progress_of_recorded_jobs() -> None:
    running = _recorded("jobs?status=running")
    with respx.mock(base_url=f"{ROOT}/api/v1") as net:
        net.get("/applications").mock(return_value=httpx.Response(200, json=_recorded("/applications")))
        app = "/applications/local-1795434543242"
        net.get(f"{app}/jobs").mock(return_value=httpx.Response(200, json=[*running, *_recorded("/jobs")]))
        net.get(f"{app}/stages").mock(return_value=httpx.Response(200, json=_recorded("stages?status=active")))
        spark = SparkClient(server(), SparkUi(ROOT, ""))
        progress = await spark.progress("4", with_stages=True)
        failed = await spark.progress("3")
        none = await spark.progress("99")
        await spark.aclose()
        assert net.calls.call_count == spark.requests == 5
    assert (progress.jobs, progress.tasks_done, progress.tasks_total, progress.tasks_running) == (1, 6, 20, 3)
    assert progress.fraction == 0.3
    assert (progress.spark, none.spark) == ("3.5.6", "3.5.6"), "by the answer that finds the application: none more"
    assert [s.stageId for s in progress.stages] == [6]
    assert (failed.tasks_failed, failed.jobs_done) == (1, 1)
    assert none.fraction is None


def test_skipped_tasks_count_neither_way() -> None:
    job = Job(jobId=2, status="SUCCEEDED", numTasks=3, numSkippedTasks=2, numCompletedTasks=1)
    assert progress_of([job]).fraction == 1.0


async def test_yarn_has_attempts_in_the_path() -> None:
    app = {"id": "application_1_1", "attempts": [{"attemptId": "2"}, {"attemptId": "1"}]}
    other = {"id": "application_1_2", "attempts": [{"attemptId": "1"}]}
    with respx.mock(base_url=f"{ROOT}/api/v1") as net:
        net.get("/applications").mock(return_value=httpx.Response(200, json=[other, app]))
        net.get("/applications/application_1_1/2/allexecutors").mock(
            return_value=httpx.Response(200, json=[{"id": "1"}])
        )
        spark = SparkClient(server(), SparkUi(ROOT, "application_1_1"))
        assert [e.id for e in await spark.executors()] == ["1"]
        await spark.aclose()


async def test_another_application_at_the_port_is_noticed() -> None:
    with respx.mock(base_url=f"{ROOT}/api/v1") as net:
        net.get("/applications").mock(return_value=httpx.Response(200, json=[{"id": "local-2"}]))
        spark = SparkClient(server(), SparkUi(ROOT, "local-1"))
        with pytest.raises(Malformed, match="belongs to another application"):
            await spark.progress("1")
        await spark.aclose()


async def test_the_application_is_looked_up_again_after_it_was_not_there() -> None:
    gone = httpx.Response(404, text="no such app: local-1", headers={"content-type": "text/plain"})
    with respx.mock(base_url=f"{ROOT}/api/v1") as net:
        lookup = net.get("/applications").mock(return_value=httpx.Response(200, json=[{"id": "local-1"}]))
        net.get("/applications/local-1/jobs").mock(side_effect=[gone, httpx.Response(200, json=[])])
        spark = SparkClient(server(), SparkUi(ROOT, ""))
        with pytest.raises(NotFound, match="no such app: local-1"):
            await spark.jobs()
        assert await spark.jobs() == ()
        assert net.calls.call_count == spark.requests == 4
        await spark.aclose()
    assert lookup.call_count == 2


async def test_a_page_in_place_of_spark_is_said() -> None:
    with respx.mock(base_url=f"{ROOT}/api/v1") as net:
        net.get("/version").mock(return_value=httpx.Response(200, html="<html>Spark Master</html>"))
        spark = SparkClient(server(), SparkUi(ROOT, ""))
        with pytest.raises(Malformed, match="a web page answers where Spark should"):
            await spark.version()
        await spark.aclose()


async def test_from_a_livy_client() -> None:
    client = LivyClient(server())
    spark = client.spark(session(), LOG)
    assert spark.ui.root == "http://lal.org:4041"
    with respx.mock as net:
        net.get("http://lal.org:4041/api/v1/version").mock(side_effect=httpx.ConnectError("refused"))
        with pytest.raises(Unreachable):
            await spark.version()
    await spark.aclose()
    await client.aclose()


def test_tasks_that_an_earlier_job_has_done_are_not_waited_for() -> None:
    """Spark says of them "skipped" only when the job has ended; until then the bar would fall back to half."""
    first = Job(jobId=0, stageIds=(0,), status="SUCCEEDED", numTasks=40, numCompletedTasks=40)
    second = Job(jobId=1, stageIds=(1, 2), status="RUNNING", numTasks=41, numActiveTasks=1)
    waits, runs = Stage(stageId=1, status="PENDING", numTasks=40), Stage(stageId=2, status="ACTIVE", numTasks=1)
    assert progress_of([first, second]).tasks_total == 81
    assert progress_of([first, second], (waits, runs)).tasks_total == 41
    assert progress_of([second], (waits,)).tasks_total == 41
    early = Stage(stageId=2, status="PENDING", numTasks=1)
    assert progress_of([second], (waits, early)).tasks_total == 41
