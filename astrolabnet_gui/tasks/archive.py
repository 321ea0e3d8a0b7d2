"""Archive: results of tasks sent from here, kept on this computer whatever becomes of the server.

    records/<task key>.json   what is known of the task
    blobs/ab/<sha-256>        its code and its output
    index.sqlite              finds records; made anew from them if it is damaged
    deleted/<task key>        empty: a person deleted it, what is left of it elsewhere is not fetched again

A record is written after its blobs and entered after it is written, so a crash leaves bytes too many, never too few.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import apsw

from ..errors import BadInput, Missing
from ..model.output import Failure, Table, Text, parse
from ..model.record import Record
from ..settings.files import read_capped, set_aside, write_whole
from .archive_index import Index, Wanted
from .blobs import Blobs

CAP_BYTES = 2_000_000_000
_WORDS = 6000
T = TypeVar("T")


class Archive:
    """One folder of kept results. Calls block: make them beside the loop; any thread, one at a time.

    Attributes:
        problem: why nothing can be kept or found, as last seen; "" if it can.
        blobs: its code and outputs.
    """

    def __init__(self, folder: Path, cap_bytes: int = CAP_BYTES) -> None:
        self.problem = ""
        self._folder, self._cap = folder, cap_bytes
        self.blobs = Blobs(folder / "blobs")
        self._index: Index | None = None
        self._turn = threading.Lock()

    def put(self, record: Record, code: str, output: Mapping[str, Any] | None) -> Record:
        """Keep a task, new or known better; the record as it is kept. What was pinned stays pinned.

        Raises:
            Missing: it could not be kept.
        """

        def keep(index: Index) -> Record:
            before = index.get(record.task_key)
            bytes_of = None if output is None else json.dumps(output, ensure_ascii=True).encode()
            kept = record.model_copy(
                update={
                    "code": self.blobs.put(code.encode("utf-8", "replace")) if code else "",
                    "output": "" if bytes_of is None else self.blobs.put(bytes_of),
                    "size_bytes": len(bytes_of or b""),
                    "pinned": record.pinned or (before is not None and before.pinned),
                }
            )
            if bytes_of is None and before is not None and before.output:
                # An output that was seen once is not lost because the server forgot it since.
                kept = kept.model_copy(update={"output": before.output, "size_bytes": before.size_bytes})
            self._write(index, kept, _words(kept, code, output))
            self._make_room(index, kept.task_key)
            return kept

        return self._do(keep)

    def get(self, task_key: str) -> Record:
        """One record.

        Raises:
            BadInput: there is none.
            Missing: the archive can not be read.
        """
        found = self._do(lambda index: index.get(task_key))
        if found is None:
            raise BadInput(f"the archive holds no task {task_key!r}.", field="task")
        return found

    def has(self, task_key: str) -> bool:
        """Whether it is kept.

        Raises:
            Missing: the archive can not be read.
        """
        return self._do(lambda index: index.get(task_key)) is not None

    def code(self, record: Record) -> str:
        """Code of a task.

        Raises:
            Missing: it is gone or damaged.
        """
        return self.blobs.get(record.code).decode("utf-8", "replace") if record.code else ""

    def output(self, record: Record) -> dict[str, Any] | None:
        """Livy's output object of a task, None if it gave none.

        Raises:
            Missing: it is gone or damaged.
        """
        if not record.output:
            return None
        found: dict[str, Any] = json.loads(self.blobs.get(record.output))
        return found

    def spooled(self, record: Record) -> str:
        """File of a large output; "" if it is a small one, or none."""
        return str(self.blobs.place(record.output)) if record.large else ""

    def find(self, wanted: Wanted) -> tuple[Record, ...]:
        """A page of records, newest first.

        Raises:
            Missing: the archive can not be read.
        """
        return self._do(lambda index: index.find(wanted))

    def count(self, wanted: Wanted | None = None) -> int:
        """How many records there are.

        Raises:
            Missing: the archive can not be read.
        """
        return self._do(lambda index: index.count(wanted or Wanted()))

    def not_wanted(self) -> frozenset[str]:
        """Keys of tasks that are never fetched again: their output is kept, or they were deleted.

        Raises:
            Missing: the archive can not be read.
        """
        return self._do(lambda index: index.with_output() | self._deleted())

    def deleted(self) -> frozenset[str]:
        """Keys of tasks that a person deleted.

        Raises:
            Missing: the archive can not be read.
        """
        return self._do(lambda _: self._deleted())

    def size(self) -> int:
        """Bytes of all outputs.

        Raises:
            Missing: the archive can not be read.
        """
        return self._do(lambda index: index.size())

    def pin(self, task_key: str, pinned: bool) -> Record:
        """Never drop the output of a task, or let it be dropped again.

        Raises:
            BadInput: there is no such task.
            Missing: it could not be written.
        """
        record = self.get(task_key).model_copy(update={"pinned": pinned})
        self._do(lambda index: self._write(index, record, index.words(task_key)))
        return record

    def drop(self, task_key: str) -> None:
        """Forget a task with code and output for good; one that is not there is forgotten already.

        Raises:
            Missing: it could not be removed.
        """

        def forget(index: Index) -> None:
            record = index.get(task_key)
            write_whole(self._folder / "deleted" / task_key, b"")
            self._record_file(task_key).unlink(missing_ok=True)
            index.drop(task_key)
            if record is not None:
                self._drop_blobs(index, record.code, record.output)

        self._do(forget)

    def close(self) -> None:
        """Give the files back."""
        with self._turn:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _write(self, index: Index, record: Record, words: str) -> None:
        write_whole(self._record_file(record.task_key), record.text(indent=1).encode())
        index.put([(record, words)])

    def _make_room(self, index: Index, newest: str) -> None:
        """Drop the oldest outputs that are not pinned; code, times and state stay."""
        while index.size() > self._cap:
            record = index.oldest_droppable()
            if record is None or record.task_key == newest:
                return
            blob = record.output
            record = record.model_copy(update={"output": "", "size_bytes": 0, "dropped": True})
            self._write(index, record, index.words(record.task_key))
            self._drop_blobs(index, blob)

    def _drop_blobs(self, index: Index, *names: str) -> None:
        for name in names:
            if name and not index.used(name):
                self.blobs.drop(name)

    def _deleted(self) -> frozenset[str]:
        folder = self._folder / "deleted"
        return frozenset(file.name for file in folder.iterdir()) if folder.is_dir() else frozenset()

    def _record_file(self, task_key: str) -> Path:
        return self._folder / "records" / f"{task_key}.json"

    def _do(self, act: Callable[[Index], T]) -> T:
        with self._turn:
            try:
                if self._index is None:
                    self._index = self._open()
                result = act(self._index)
            except Missing as exc:
                self.problem = str(exc)
                raise
            except (apsw.Error, OSError, ValueError) as exc:
                if self._index is not None:
                    self._index.close()
                    self._index = None
                self.problem = f"the archive can not be used: {exc}."
                raise Missing(
                    self.problem, remedy=f"Make room, or give yourself the right to write in {self._folder}."
                ) from exc
            self.problem = ""
            return result

    def _open(self) -> Index:
        path = self._folder / "index.sqlite"
        try:
            index = Index(path)
        except (apsw.CorruptError, apsw.NotADBError):
            set_aside(path)
            path.with_name(path.name + "-journal").unlink(missing_ok=True)
            index = Index(path)
        if index.fresh:
            index.put(self._records())
        return index

    def _records(self) -> list[tuple[Record, str]]:
        """All records as their files say, for an index that has been lost; a damaged one is left out."""
        found = []
        for file in sorted((self._folder / "records").glob("*.json")):
            try:
                record = Record.read(read_capped(file))
            except (OSError, ValueError):
                continue
            try:
                words = _words(record, self.code(record), self.output(record))
            except (Missing, ValueError):
                words = _words(record, "", None)
            found.append((record, words))
        return found


def _words(record: Record, code: str, output: Mapping[str, Any] | None) -> str:
    """What a task is found by: names, problem, and the first of its code and of what it said."""
    said: list[str] = []
    for part in parse(output):
        match part:
            case Text():
                said.append(part.text[:_WORDS])
            case Failure():
                said.append(f"{part.name} {part.message[:_WORDS]}")
            case Table():
                said.append(" ".join(column.name for column in part.columns))
    head = (record.name, record.alias, record.session_name, record.problem, code[:_WORDS])
    return "\n".join((*head, "\n".join(said)[:_WORDS]))
