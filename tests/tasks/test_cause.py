"""Why it failed: words recorded from real faults, and those of clusters no test can start."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Batch, Session, Statement
from astrolabnet_gui.model.spark import Progress, Spread, Stage, TryFailed
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.things import batch_thing, session_thing, task_state, task_thing
from astrolabnet_gui.tasks.cause import Cause, cause_of, find, slowness_of
from astrolabnet_gui.tasks.cause_rules import RULES, Code
from tests.client.recordings import FOLDER

SESSION = Key("u", "e", ("sessions", 3))


def failed(name: str, message: str, *traceback: str, **more: Any) -> Thing:
    output = {"status": "error", "ename": name, "evalue": message, "traceback": list(traceback)}
    statement = Statement(id=1, state="available", output=output)
    state, problem = task_state(statement)
    task = Task(statement=statement, code="x", **more)
    return task_thing(SESSION.child("statements", 1), task, state, since=None, problem=problem)


def ended(*log: str, state: str = "dead") -> Thing:
    return session_thing(SESSION, Session(id=3, state=state, log=log), since=None, mine=True)


JOB = "An error occurred while calling o1.count.\n: org.apache.spark.SparkException: Job aborted due to stage failure: "
TASK = f"{JOB}Task 3 in stage 2.0 failed 4 times, most recent failure: "
TASK += "Lost task 3.3 in stage 2.0 (TID 9) (10.0.0.7 executor 1): "
PYTHON = f"{TASK}org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n"

# What the island's Spark 3.5.9 said to faults made on purpose.
RECORDED = [
    ("ModuleNotFoundError", "No module named 'astropy'", Code.MODULE, "The module astropy is not installed"),
    ("SyntaxError", "invalid syntax (<stdin>, line 1)", Code.SYNTAX, "The code does not follow the language."),
    (
        "AnalysisException", "[TABLE_OR_VIEW_NOT_FOUND] The table or view `object_v2` cannot be found. Verify it.",
        Code.NOT_FOUND, "There is no table `object_v2`.",
    ),
    (
        "AnalysisException", "[PATH_NOT_FOUND] Path does not exist: hdfs://lal/x.parquet.",
        Code.NOT_FOUND, "There is nothing at hdfs://lal/x.parquet.",
    ),
    (
        "Error", "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `mg` cannot be.",
        Code.NOT_FOUND, "There is no column `mg`.",
    ),
    ("PermissionError", "[Errno 13] Permission denied: '/sys/x'", Code.PERMISSION, "may not do that"),
    (
        "Py4JJavaError", f"{JOB}Lost task 0.0 (localhost executor driver): java.io.IOException: Mkdirs failed to "
        "create file:/sys/nope/_temporary (exists=false)", Code.PERMISSION, "may not do that",
    ),
    ("OSError", "[Errno 28] No space left on device", Code.DISK, "The disk is full"),
    (
        "AnalysisException", "Failed to find data source: kafka. Please deploy the application as per the guide.",
        Code.JAR, "no JAR for the data source kafka.",
    ),
    ("Py4JJavaError", "o1.jdbc.\n: java.sql.SQLException: No suitable driver", Code.JAR, "no JDBC driver"),
    ("Error", "java.lang.ClassNotFoundException: org.nosuch.Thing", Code.JAR, "The class org.nosuch.Thing"),
    ("URLError", "<urlopen error [Errno 111] Connection refused>", Code.NETWORK, "could not reach"),
    ("URLError", "<urlopen error [Errno -2] Name or service not known>", Code.NETWORK, "could not reach"),
    (
        "Py4JJavaError", f"{PYTHON}ZeroDivisionError: division by zero\n\n\tat org.apache.spark.Runner(X.scala:5)\n"
        "Caused by: java.io.EOFException\n", Code.CODE, "The code raised ZeroDivisionError: division by zero",
    ),
    ("NameError", "name 'nosuch' is not defined", Code.CODE, "The code raised NameError: name 'nosuch' is not defined"),
    ("Py4JJavaError", f"{PYTHON}ModuleNotFoundError: No module named 'healpy'\n", Code.MODULE, "The module healpy"),
    ("Py4JJavaError", f"{TASK}Python worker exited unexpectedly (crashed)", Code.WORKER, "ended suddenly"),
    (
        "Py4JJavaError", f"{JOB}Total size of serialized results of 2 tasks (1757.9 KiB) is bigger than "
        "spark.driver.maxResultSize (1024.0 KiB)", Code.RESULT_SIZE, "larger than the driver takes",
    ),
    ("MemoryError", "", Code.PYTHON_MEMORY, "asked for more memory"),
    ("Error", '[1] "Error in library(rgl): there is no package called ‘rgl’"', Code.MODULE, "The module rgl"),
    ("Error", "<console>:22: error: type mismatch;", Code.SYNTAX, "The code does not follow the language."),
    ("Error", "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'.(line 1, pos 0)", Code.SYNTAX, "does not follow"),
    ("Internal Error: ConnectionRefusedError", "[Errno 111] Connection refused", Code.DRIVER, "Spark's driver ended"),
]  # fmt: skip

# Clusters: words of YARN, Kubernetes and standalone Spark as their sources and users' reports have them.
CLUSTERS = [
    (
        f"{TASK}ExecutorLostFailure (executor 1 exited caused by a task) Reason: Container killed by YARN "
        "for exceeding physical memory limits. 9.1 GB of 9 GB physical memory used.",
        Code.EXECUTOR_MEMORY,
    ),
    (f"{TASK}ExecutorLostFailure (executor 7 exited) Reason: Command exited with code 52", Code.EXECUTOR_MEMORY),
    ("The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).", Code.EXECUTOR_MEMORY),
    (f"{TASK}java.lang.OutOfMemoryError: Java heap space", Code.EXECUTOR_MEMORY),
    (f"{TASK}org.apache.spark.memory.SparkOutOfMemoryError: Unable to acquire 65536 bytes", Code.EXECUTOR_MEMORY),
    (f"{TASK}ExecutorLostFailure (executor 2 exited) Reason: Remote RPC client disassociated.", Code.EXECUTOR),
    ("org.apache.spark.shuffle.MetadataFetchFailedException: Missing an output location for shuffle 0", Code.EXECUTOR),
    ("java.util.concurrent.TimeoutException: Futures timed out after [300 seconds]", Code.TIME),
    ("org.apache.spark.SparkException: Could not execute broadcast in 300 secs. You can increase", Code.TIME),
    ("Not enough memory to build and broadcast the table to all worker nodes.", Code.MEMORY),
    ("java.io.IOException: No space left on device\n\tat java.io.FileOutputStream", Code.DISK),
    ("org.apache.hadoop.security.AccessControlException: Permission denied: user=max, access=WRITE", Code.PERMISSION),
    ("java.lang.NoSuchMethodError: 'scala.collection.JavaConverters$ scala.X.y()'", Code.JAR),
    ("<console>:23: error: object healpix is not a member of package org", Code.JAR),
    ("org.apache.spark.SparkException: Job 3 cancelled part of cancelled job group 4", Code.CANCELLED),
    ("java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.", Code.DRIVER),
    ("Interpreter died:\n", Code.DRIVER),
    ("java.net.UnknownHostException: hdfs-lal", Code.NETWORK),
]

ENDS = [
    (("INFO SparkContext: done", "Spark's Java process ended (exit code 52)."), Code.MEMORY),
    (("java.lang.OutOfMemoryError: GC overhead limit exceeded", *("INFO x",) * 60), Code.MEMORY),
    (("The session's driver has ended: killed by SIGKILL.",), Code.KILLED),
    (("application_1_7 failed 1 times: Container killed on request. Exit code is 137",), Code.EXECUTOR_MEMORY),
    (("Failed to submit application_1_2 to YARN : submitted by max to unknown queue: night",), Code.QUEUE),
    (("Queue's AM resource limit exceeded. Details : AM Partition = <DEFAULT_PARTITION>",), Code.QUEUE),
    (("WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI",), Code.QUEUE),
    (("Error: Failed to load class org.x.Main.",), Code.JAR),
    (("Exception in thread main java.io.FileNotFoundException: /data/a.py (No such file)",), Code.NOT_FOUND),
    (("ModuleNotFoundError: No module named 'astropy'",), Code.MODULE),
    (("org.apache.hadoop.security.AccessControlException: User max can not submit",), Code.PERMISSION),
    (("all is well", "bye"), Code.ENDED),
    ((), Code.ENDED),
]  # fmt: skip


@pytest.mark.parametrize(("name", "message", "code", "words"), RECORDED)
def test_a_recorded_fault_is_named(name: str, message: str, code: Code, words: str) -> None:
    cause = cause_of(failed(name, message))
    assert cause is not None
    assert cause.code is code
    assert words in cause.words
    assert cause.evidence
    assert "{" not in cause.words + cause.remedy


@pytest.mark.parametrize(("text", "code"), CLUSTERS)
def test_a_fault_of_a_cluster_is_named(text: str, code: Code) -> None:
    cause = cause_of(failed("Py4JJavaError", text))
    assert cause is not None
    assert cause.code is code
    assert cause.evidence.strip("…")[:30] in " ".join(f"Py4JJavaError: {text}".split())


@pytest.mark.parametrize(("log", "code"), ENDS)
def test_the_end_of_a_session_or_batch_is_named(log: tuple[str, ...], code: Code) -> None:
    batch = batch_thing(Key("u", "e", ("batches", 1)), Batch(id=1, state="dead", log=log), since=None, mine=True)
    for thing in (ended(*log), batch):
        cause = cause_of(thing)
        assert cause is not None
        assert cause.code is code
        assert cause.remedy


def test_the_recorded_errors_of_a_real_livy() -> None:
    """Every error the recordings hold has a cause, and a line of its own words as evidence."""
    seen = []
    for pair in json.loads((FOLDER / "statements-python.json").read_text()):
        body = pair["response"]["body"]
        output = body.get("output") if isinstance(body, dict) else None
        if isinstance(output, dict) and output.get("status") == "error" and body.get("state") == "available":
            cause = cause_of(failed(output["ename"], output["evalue"], *output["traceback"]))
            assert cause is not None, output
            seen.append((output["ename"], cause.code))
    assert seen
    assert all(code in (Code.CODE, Code.SYNTAX, Code.NOT_FOUND, Code.CANCELLED, Code.DRIVER) for _, code in seen), seen


def test_what_did_not_fail_has_no_cause() -> None:
    done = Task(
        statement=Statement(
            id=1, state="available", output={"status": "ok", "data": {"text/plain": "OutOfMemoryError"}}
        )
    )
    assert cause_of(task_thing(SESSION.child("statements", 1), done, "done", since=None, problem="")) is None
    assert cause_of(ended("java.lang.OutOfMemoryError", state="idle")) is None
    assert cause_of(ended(state="gone")) is None


def test_code_that_lost_its_driver_is_told_why_the_driver_ended() -> None:
    lost = failed("Internal Error: ConnectionRefusedError", "[Errno 111] Connection refused")
    why = cause_of(lost, ended("Spark's Java process ended (exit code 52)."))
    assert why is not None
    assert why.code is Code.MEMORY
    nobody_knows = cause_of(lost, ended("bye"))
    assert nobody_knows is not None
    assert nobody_knows.code is Code.DRIVER


def test_what_a_task_was_tried_again_for_is_not_why_it_failed() -> None:
    tries = (
        TryFailed(
            stage=1, index=0, attempt=0, executor="1", host="w", reason="ExecutorLostFailure (executor 1 exited)"
        ),
    )
    cause = cause_of(failed("ValueError", "no band g", progress=Progress(failures=tries)))
    assert cause is not None
    assert cause.code is Code.CODE
    stage = Stage(stageId=1, failureReason="java.io.IOException: No space left on device")
    cause = cause_of(failed("", "", progress=Progress(stages=(stage,), failures=tries)))
    assert cause is not None
    assert cause.code is Code.DISK


def test_uneven_data_is_told_of_a_task_that_went_well() -> None:
    def slow(median_s: float, longest_s: float) -> Cause | None:
        spread = Spread(stage=3, tasks=8, median_s=median_s, longest_s=longest_s)
        done = Task(statement=Statement(id=1, state="available"), progress=Progress(spread=spread))
        return slowness_of(task_thing(SESSION.child("statements", 1), done, "done", since=None, problem=""))

    found = slow(0.02, 5.0)
    assert found is not None
    assert found.code is Code.SKEW
    assert (
        found.words
        == "One of the 8 tasks of stage 3 ran 5.0 s, half of them at most 0.1 s: the data is spread unevenly."
    )
    assert slow(2.0, 5.0) is None
    assert slow(0.01, 1.0) is None
    assert slowness_of(ended()) is None


def test_every_code_is_told_by_a_rule_or_a_state() -> None:
    by_state = {Code.SKEW, Code.CODE, Code.ENDED}
    assert {rule.code for rule in RULES} | by_state == set(Code)


@given(st.text(max_size=400))
def test_any_text_is_borne(text: str) -> None:
    cause = cause_of(failed(text[:20], text, text))
    assert cause is None or len(cause.evidence) <= 240
    find(text, end=True)


def test_a_long_text_is_looked_at_from_both_ends_and_in_no_time() -> None:
    middle = "x" * 2_000_000
    assert find(f"No space left on device\n{middle}") is not None
    assert find(f"{middle}\nNo space left on device") is not None
    assert find("Executor " * 12_000) is None
