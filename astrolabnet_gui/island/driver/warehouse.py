"""The warehouse folder, shared by all sessions of an island: what one has written, the others see.

Each session has its catalog in memory (one in a database would serve a single Java process, and cost each start
seconds). The folders are the truth: before a statement the catalog follows them, after it what only the catalog knows
is written beside the data. A table whose files lie elsewhere has a folder with nothing but that note. Nothing here may
fail a statement: what goes wrong is a line of the session's log.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from astrolabnet_gui.island.driver.catalog import Catalog, Definition, Key
from astrolabnet_gui.island.driver.context import Context
from astrolabnet_gui.island.driver.wire import log

TABLE, DATABASE = ".aln-table.json", ".aln-database.json"
_DEFAULT, _SUFFIX = "default", ".db"
_SETTLED_NS = 50_000_000
_PROVIDERS = {".parquet": "parquet", ".orc": "orc", ".csv": "csv", ".json": "json"}

Stamp = tuple[int, int]
"""Of a folder: which one it is, and when its list of files changed. Every write by Spark changes that list."""


class Warehouse:
    """Keeps one session's catalog in step: ``before`` and ``after`` each statement, and once while it warms up."""

    def __init__(self, context: Context, folder: Path | None) -> None:
        self._folder = folder
        self._catalog = Catalog(context)
        self._databases: set[str] = set()
        self._stamps: dict[Key, Stamp | None] = {}
        self._texts: dict[Key, str] = {}
        self._attached = False
        self._lock = threading.Lock()

    def before(self) -> None:
        """Let the catalog follow the folders."""
        with self._lock:
            self._follow()

    def after(self) -> None:
        """Write down what this session's statement has defined."""
        with self._lock:
            self._note()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        databases, found = self._look()
        if found == self._stamps and databases == self._databases:
            return
        self._attached = True
        for key in self._stamps.keys() - found.keys():
            with _logged(f"{key[0]}.{key[1]} is gone"):
                self._catalog.forget_table(key, self._site(key))
            self._stamps.pop(key)
            self._texts.pop(key, None)
        for name in self._databases - databases:
            with _logged(f"database {name} is gone"):
                self._catalog.forget_database(name, self._home(name).with_name("_gone"))
        for name in databases - self._databases:
            with _logged(f"database {name}"):
                about = _read(self._home(name) / DATABASE)
                self._catalog.add_database(name, self._home(name), json.loads(about) if about else {})
        self._databases = databases
        now = time.time_ns()
        for key, stamp in found.items():
            if self._stamps.get(key) != stamp:
                with _logged(f"{key[0]}.{key[1]}"):
                    self._take(key, stamp)
                # A folder that has just changed may change again without a later time to show for it.
                self._stamps[key] = stamp if now - stamp[1] > _SETTLED_NS else None

    def _note(self) -> None:
        databases, found = self._look()
        moved = {key for key, stamp in found.items() if self._stamps.get(key) != stamp}
        if not (self._attached or moved or databases - self._databases):
            return
        self._attached = True
        for name in databases - self._databases:
            with _logged(f"database {name}"):
                self._describe(name)
        with _logged("the catalog"):
            bare = {key for key in moved if not (self._place(key) / TABLE).exists()}
            changed = {*self._catalog.changed({_DEFAULT, *databases}), *bare}
            for key in changed & found.keys():
                with _logged(f"{key[0]}.{key[1]}"):
                    self._write(key)
            for key in changed - found.keys():
                with _logged(f"{key[0]}.{key[1]}"):
                    self._write_external(key)
            for key in [key for key in found if isinstance(self._site(key), str) and not self._catalog.has(key)]:
                with _logged(f"{key[0]}.{key[1]} is dropped"):
                    self._drop_external(key)

    def _take(self, key: Key, stamp: Stamp) -> None:
        """One table that is new, or has changed."""
        place = self._place(key)
        text, known, before = _read(place / TABLE), self._texts.get(key), self._stamps.get(key)
        same_folder = before is None or before[0] == stamp[0]
        if known is not None and (text == known or (not text and same_folder)):
            self._catalog.refresh_table(key)
            return
        if known is not None:
            self._catalog.forget_table(key, self._site(key))
            del self._texts[key]
        definition = json.loads(text) if text else self._inferred(place)
        if definition is not None:
            self._catalog.add_table(key, definition.get("location") or place, definition)
            self._texts[key] = text

    def _inferred(self, place: Path) -> Definition | None:
        """The definition of a folder without one; None while it is being written, or holds no table."""
        if not (place / "_SUCCESS").exists() or (place / "_temporary").exists():
            return None
        partitions: list[str] = []
        level = place
        while True:
            shown = sorted((e for e in os.scandir(level) if e.name[0] not in "._"), key=lambda e: e.name)
            for entry in shown:
                provider = _PROVIDERS.get(Path(entry.name).suffix)
                if provider and entry.is_file():
                    return self._catalog.inferred(place, provider, partitions)
            deeper = next((e for e in shown if e.is_dir() and "=" in e.name), None)
            if deeper is None:
                return None
            partitions.append(unquote(deeper.name.partition("=")[0]))
            level = Path(deeper.path)

    def _write(self, key: Key) -> None:
        place = self._place(key)
        away = isinstance(self._site(key), str)
        definition = self._catalog.external(key) if away else self._catalog.definition(key, place)
        if definition is None:
            return
        text = json.dumps(definition, sort_keys=True)
        if _read(place / TABLE) != text:
            _replace(place / TABLE, text)
        self._texts[key] = text
        self._stamps.setdefault(key, None)

    def _write_external(self, key: Key) -> None:
        definition = self._catalog.external(key)
        if definition is None or self._place(key).exists():
            return
        self._place(key).mkdir(parents=True)
        text = json.dumps(definition, sort_keys=True)
        _replace(self._place(key) / TABLE, text)
        self._texts[key], self._stamps[key] = text, None

    def _drop_external(self, key: Key) -> None:
        """Its files are not touched; the note is, if nobody has written another one meanwhile."""
        place = self._place(key)
        if _read(place / TABLE) == self._texts[key]:
            (place / TABLE).unlink()
            place.rmdir()
        self._texts.pop(key)
        self._stamps.pop(key, None)

    def _site(self, key: Key) -> Path | str:
        """Where the files of a table lie: its folder, or elsewhere."""
        text = self._texts.get(key)
        location = json.loads(text).get("location") if text else None
        return str(location) if location else self._place(key)

    def _describe(self, name: str) -> None:
        about = self._catalog.about_database(name) if name in self._catalog.databases() else {}
        note = self._home(name) / DATABASE
        if any(about.values()) and not note.exists():
            _replace(note, json.dumps(about, sort_keys=True))

    def _look(self) -> tuple[set[str], dict[Key, Stamp]]:
        """Databases and tables as the folders have them."""
        databases: set[str] = set()
        found: dict[Key, Stamp] = {}
        for name, path, stamp in _folders(self._folder):
            if not name.endswith(_SUFFIX):
                found[_DEFAULT, name] = stamp
                continue
            database = name.removesuffix(_SUFFIX)
            databases.add(database)
            found.update({(database, table): stamp for table, _, stamp in _folders(path)})
        return databases, found

    def _home(self, database: str) -> Path:
        assert self._folder is not None
        return self._folder if database == _DEFAULT else self._folder / f"{database}{_SUFFIX}"

    def _place(self, key: Key) -> Path:
        return self._home(key[0]) / key[1]


def folder_of(setting: str) -> Path | None:
    """The folder a ``spark.sql.warehouse.dir`` names; None if it is on no disk of ours."""
    parts = urlsplit(setting)
    if len(parts.scheme) < 2:  # one letter is a Windows drive
        return Path(setting).absolute()
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None


def guarded(step: Callable[[], None]) -> None:
    """Do a step of the bookkeeping; it fails in the log only."""
    with _logged("not in step"):
        step()


@contextmanager
def _logged(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as e:  # noqa: BLE001 - Spark, Java, the disk: the user's statement goes on
        java = getattr(e, "java_exception", None)
        words = str(java if java is not None else e).strip().split("\n", 1)[0]
        log(f"warehouse: {what}: {words or type(e).__name__}")


def _folders(parent: Path | str | None) -> Iterator[tuple[str, str, Stamp]]:
    """Name, path and stamp of those that count."""
    if parent is None:
        return
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.name[0] not in "._" and entry.is_dir():
                    about = entry.stat()
                    yield entry.name, entry.path, (about.st_ino, about.st_mtime_ns)


def _read(path: Path) -> str:
    """Its text; empty if it is not there."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _replace(path: Path, text: str) -> None:
    """Write it in one piece: another session may read at any time."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
