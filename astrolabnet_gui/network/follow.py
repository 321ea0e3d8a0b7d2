"""My tasks: where each stands, by its statement's id and never by the list; its end in words when it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import AstroLabNetError, NotFound, Refused
from ..model.key import Key
from ..model.kind import KINDS
from ..model.livy import Id, Statement
from ..model.spark import Progress
from ..model.task import Task
from .things import task_state

TERMINAL = KINDS["statements"].terminal
SERVER_RESTARTED = "The server restarted while this task was not finished; its result is lost."
SESSION_ENDED = "Its session ended while this task was not finished; its result is lost."
# An empty list does not tell which of both it was.
SESSION_CLOSED = (
    "Its session was closed, or the server restarted, while this task was not finished; its result is lost."
)
STILL_RUNS = "still runs"
DRIVER_RUNS = (
    "Asked to cancel; driver code still runs: what Spark did is stopped, but code outside Spark goes on until it "
    "ends by itself. Closing the session ends it at once."
)
# Spark's jobs end within seconds after they were asked to.
CANCEL_S = 5.0


@dataclass(slots=True)
class Followed:
    """One task of mine.

    Attributes:
        session: key of its session.
        state: state word of the Kind table; any other is the server's own.
        since: when the state began, UTC.
        sent_at: when it was first followed, monotonic seconds.
        due: when to ask next; None = no id yet, or ended.
        spark_due: when to ask Spark next.
        executors_due: when to ask Spark for its executors next.
        failed_seen: stage, its attempt and number of failed tries when those were last asked for.
        errors: answers in a row that were no statement.
    """

    session: Key
    task: Task
    state: str
    since: datetime
    sent_at: float
    problem: str = ""
    due: float | None = None
    spark_due: float = 0.0
    executors_due: float = 0.0
    failed_seen: tuple[int, int, int] | None = None
    errors: int = 0

    @property
    def id(self) -> Id | None:
        """Id of its statement, None while there is none."""
        return None if self.task.statement is None else self.task.statement.id

    @property
    def key(self) -> Key:
        """Its key: by the statement's id, before that by the task key."""
        return self.session.child("statements", self.task.task_key if self.id is None else self.id)

    @property
    def ended(self) -> bool:
        """It will not change any more."""
        return self.state in TERMINAL

    @property
    def name(self) -> str:
        """What it is followed by: its task key, or its address if it was sent by others."""
        return self.task.task_key or f"{self.session.path}/{self.id}"

    def saw(self, statement: Statement, wall: datetime, *, session: str = "idle", spooled: str = "") -> None:
        """The server said how it stands. What it says after the end is kept only as output (livy §2: late output).

        Args:
            session: state of its session as last listed.
            spooled: file of its whole output, if that is large.
        """
        self.errors = 0
        self.task = self.task.model_copy(update={"statement": statement, "spooled": spooled})
        state, problem = task_state(statement)
        if state == "cancelling" and self.state in (state, STILL_RUNS):
            waits = self.state == state and wall - self.since < timedelta(seconds=CANCEL_S)
        else:
            # Livy calls what it could not stop "cancelled" after 30 s, without an output; the session stays busy.
            waits = state != "cancelled" or not statement.started or statement.output is not None or session != "busy"
        self.turn(*((state, problem) if waits else (STILL_RUNS, DRIVER_RUNS)), wall)

    def session_free(self, wall: datetime) -> None:
        """Its session has nothing to do: what could not be cancelled has come to its end."""
        if self.state == STILL_RUNS:
            self.turn("cancelled", "Asked to cancel; the driver's code went on to its own end.", wall)

    def saw_spark(self, progress: Progress | None, reason: str = "") -> None:
        """Spark gave its account, or a reason why not."""
        self.task = self.task.model_copy(update={"progress": progress or self.task.progress, "spark_ui": reason})

    def turn(self, state: str, problem: str, wall: datetime) -> None:
        """Set state and problem."""
        if state != self.state:
            self.state, self.since = state, wall
        self.problem = problem
        if self.ended:
            self.due = None

    def failed(self, error: AstroLabNetError, wall: datetime) -> None:
        """The server did not give the statement. Only what is certain ends the task; for the rest it is asked again."""
        self.errors += 1
        if self.ended:
            self.due = None
        elif isinstance(error, NotFound):
            self.turn(
                "lost",
                "The server no longer has this statement: it keeps only the newest 100 of a session, "
                "or the session was replaced.",
                wall,
            )
        elif isinstance(error, Refused) and error.status == 400:
            self.turn("lost", f"Its session ended before the result was fetched: {error.what}", wall)
        elif isinstance(error, Refused) and error.status >= 500 and self.errors >= 3:
            self.problem = (
                f"The session does not give this result ({error.what}). If that lasts, close the session: "
                "its channel to Spark is broken."
            )

    def session_ended(self, words: str, wall: datetime) -> None:
        """Its session is dead or gone: a task that was not finished never will be."""
        if not self.ended:
            self.turn("lost", words, wall)
