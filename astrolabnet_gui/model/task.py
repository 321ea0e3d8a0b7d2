"""Task: one sending of code to one server; what the tree and the result panel show of a statement."""

from __future__ import annotations

from datetime import datetime

from .livy import Statement
from .spark import Progress
from .thing import Value


class Task(Value):
    """Payload of a Thing of kind ``statements``.

    Attributes:
        statement: Livy's own value, as last seen; None while it is only sent and has no id yet.
        spooled: file of this computer with the whole output, where that is large; the statement holds then nothing of
            it, of an error a shortened one. Read it by ``tasks.spool.output_of``. Nothing a server says comes here.
        name: name of the action, or the first words of the code.
        task_key: ULID made before sending; "" for a statement others sent.
        language: Livy's kind word.
        code: what the user wrote, without marker and guard.
        line_shift: lines of marker and guard before the user's first line (subtract in tracebacks).
        progress: Spark's own account; None if Spark could not be asked.
        spark_ui: why Spark can not be asked; "" if it can.
        sent: when, UTC.
        archived: "kept" once the archive has it, "pinned" if it is never dropped there, "told" if another site has it;
            "" = not yet.
        place: where it ran, in words, for one that is shown from the archive.
        site: workspace that sent it, eight letters, if it was seen to come from another site; "" = sent from here.
        owner: whose session it was found in, if it is not mine; "" if the server does not say.
    """

    statement: Statement | None = None
    spooled: str = ""
    name: str = ""
    task_key: str = ""
    language: str = ""
    code: str = ""
    line_shift: int = 0
    progress: Progress | None = None
    spark_ui: str = ""
    sent: datetime | None = None
    archived: str = ""
    place: str = ""
    site: str = ""
    owner: str = ""

    @property
    def gave(self) -> bool:
        """It has an output here, in memory or in its file."""
        return bool(self.spooled) or (self.statement is not None and self.statement.output is not None)
