"""Spark's catalog in memory as the warehouse needs it: entries in, entries out, and no file harmed by it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from astrolabnet_gui.island.driver.context import Context

Key = tuple[str, str]
"""Database and table."""

Definition = dict[str, Any]
"""What the data alone do not say: provider, schema, partitions, bucket, comment, properties, options."""


class Catalog:
    """One session's catalog; from one thread at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._hashes: dict[str, int] = {}
        self._entries: dict[Key, int] = {}

    def databases(self) -> set[str]:
        """Names of all."""
        return set(self._seq(self._tables.listDatabases()))

    def add_database(self, name: str, folder: Path, about: Mapping[str, Any]) -> None:
        """Let a folder be a database, unless there is one of that name."""
        self._tables.createDatabase(self._database(name, folder, about), True)

    def forget_database(self, name: str, nowhere: Path) -> None:
        """Take an entry out. The catalog deletes its location then, so that is ``nowhere`` before."""
        if self._tables.databaseExists(name):
            self._tables.alterDatabase(self._database(name, nowhere, {}))
            self._tables.dropDatabase(name, True, True)

    def about_database(self, name: str) -> Definition:
        """Its comment and properties."""
        database = self._tables.getDatabase(name)
        properties = self._map(database.properties())
        return {"comment": database.description(), "properties": properties}

    def add_table(self, key: Key, place: Path | str, definition: Definition) -> None:
        """Let a folder be a managed table, or a place elsewhere (``location``) an external one, unless there is one of
        that name."""
        table = self._table(key, place, definition, "EXTERNAL" if definition.get("location") else "MANAGED")
        self._session.createTable(table, True, False)
        self._partitions(key, bool(definition["partitions"]))

    def forget_table(self, key: Key, place: Path | str) -> None:
        """Take an entry out if it is that place's; files stay, for somebody may write there again by now."""
        if not self._is_at(key, place):
            return
        with suppress(Exception):  # Spark may refuse to name what has no files any more
            self._java.catalog().uncacheTable(_quoted(key))
        self._session.invalidateCachedTable(self._identifier(key))
        self._tables.alterTable(self._table(key, place, _EMPTY, "EXTERNAL"))  # the drop of a managed one deletes
        self._tables.dropTable(*key, True, False)

    def refresh_table(self, key: Key) -> None:
        """See what others wrote."""
        table = self._tables.getTable(*key)
        self._partitions(key, table.partitionColumnNames().nonEmpty())
        self._java.catalog().refreshTable(_quoted(key))

    def changed(self, databases: Iterable[str]) -> Iterator[Key]:
        """Tables whose entries are new or other than at the last call."""
        for database in databases:
            if not self._tables.databaseExists(database):
                continue
            tables = self._tables.getTablesByName(database, self._tables.listTables(database))
            known = tables.hashCode()
            if self._hashes.get(database) == known:
                continue
            self._hashes[database] = known
            for table in self._seq(tables):
                key = (database, table.identifier().table())
                entry = table.hashCode()
                if self._entries.get(key) != entry:
                    self._entries[key] = entry
                    yield key

    def definition(self, key: Key, folder: Path) -> Definition | None:
        """Of a managed table in that folder; None if it is another kind, or elsewhere."""
        if not self._is_at(key, folder):
            return None
        table = self._tables.getTable(*key)
        if table.tableType().name() != "MANAGED" or table.provider().isEmpty():
            return None
        return self._told(table)

    def external(self, key: Key) -> Definition | None:
        """Of a table whose files lie elsewhere, with their ``location``; None if it is another kind."""
        table, place = self._tables.getTable(*key), ""
        if table.tableType().name() == "EXTERNAL" and table.provider().isDefined():
            uri = table.storage().locationUri()
            # As a statement writes it: in a URI's own text a blank would be %20, which Spark would take for a name.
            place = self._context.jvm.org.apache.hadoop.fs.Path(uri.get()).toString() if uri.isDefined() else ""
        return {**self._told(table), "location": place} if place else None

    def has(self, key: Key) -> bool:
        """There is a table of that name."""
        return bool(self._tables.databaseExists(key[0]) and self._tables.tableExists(*key))

    def _told(self, table: Any) -> Definition:
        bucket = table.bucketSpec()
        spec = None
        if bucket.isDefined():
            one = bucket.get()
            spec = [one.numBuckets(), self._seq(one.bucketColumnNames()), self._seq(one.sortColumnNames())]
        return {
            "provider": table.provider().get(),
            "schema": json.loads(table.schema().json()),
            "partitions": self._seq(table.partitionColumnNames()),
            "bucket": spec,
            "comment": table.comment().get() if table.comment().isDefined() else None,
            "properties": self._map(table.properties()),
            "options": self._map(table.storage().properties()),
        }

    def inferred(self, folder: Path, provider: str, partitions: list[str]) -> Definition:
        """The definition the data themselves suggest."""
        self._context.sc.setJobGroup("warehouse", f"what is in {folder.name}")
        with self._context.called_by("warehouse"):
            schema = self._java.read().format(provider).load(str(folder)).schema()
        return _EMPTY | {"provider": provider, "schema": json.loads(schema.json()), "partitions": partitions}

    # -- inside ----------------------------------------------------------------------------------------------------

    @property
    def _java(self) -> Any:
        return self._context.spark._jsparkSession

    @property
    def _session(self) -> Any:
        return self._java.sessionState().catalog()

    @property
    def _tables(self) -> Any:
        return self._java.sharedState().externalCatalog()

    def _is_at(self, key: Key, place: Path | str) -> bool:
        if not self.has(key):
            return False
        uri = self._tables.getTable(*key).storage().locationUri()
        return bool(uri.isDefined() and uri.get().getPath().rstrip("/") == self._path(place).toUri().getPath())

    def _partitions(self, key: Key, partitioned: bool) -> None:
        if partitioned:
            self._java.sql(f"MSCK REPAIR TABLE {_quoted(key)} SYNC PARTITIONS")

    def _database(self, name: str, folder: Path, about: Mapping[str, Any]) -> Any:
        make = self._context.jvm.org.apache.spark.sql.catalyst.catalog.CatalogDatabase
        place = self._qualified(folder)
        return make(name, about.get("comment") or "", place, self._scala_map(about.get("properties") or {}))

    def _table(self, key: Key, folder: Path | str, definition: Definition, kind: str) -> Any:
        jvm = self._context.jvm
        of = jvm.org.apache.spark.sql.catalyst.catalog
        nothing, no_text = jvm.scala.Option.empty(), self._scala_map({})
        some = jvm.scala.Option.apply
        options = self._scala_map(definition["options"])
        storage = of.CatalogStorageFormat(some(self._qualified(folder)), nothing, nothing, nothing, False, options)
        bucket = nothing
        if definition["bucket"]:
            count, by, order = definition["bucket"]
            bucket = some(of.BucketSpec(count, self._scala_seq(by), self._scala_seq(order)))
        return of.CatalogTable(
            self._identifier(key),
            getattr(of.CatalogTableType, kind)(),
            storage,
            jvm.org.apache.spark.sql.types.DataType.fromJson(json.dumps(definition["schema"])),
            some(definition["provider"]),
            self._scala_seq(definition["partitions"]),
            bucket,
            "",
            jvm.java.lang.System.currentTimeMillis(),
            -1,
            "",
            self._scala_map(definition["properties"]),
            nothing,
            nothing,
            some(definition["comment"]),
            self._scala_seq([]),
            bool(definition["partitions"]),
            True,
            no_text,
            nothing,
        )

    def _identifier(self, key: Key) -> Any:
        jvm = self._context.jvm
        return jvm.org.apache.spark.sql.catalyst.TableIdentifier(key[1], jvm.scala.Option.apply(key[0]))

    def _path(self, folder: Path | str) -> Any:
        return self._context.jvm.org.apache.hadoop.fs.Path(str(folder))

    def _qualified(self, folder: Path | str) -> Any:
        path = self._path(folder)
        return path.getFileSystem(self._java.sessionState().newHadoopConf()).makeQualified(path).toUri()

    def _seq(self, values: Any) -> list[Any]:
        return list(self._context.jvm.scala.collection.JavaConverters.seqAsJavaList(values))

    def _map(self, values: Any) -> dict[str, str]:
        return dict(self._context.jvm.scala.collection.JavaConverters.mapAsJavaMap(values))

    def _scala_seq(self, values: Iterable[str]) -> Any:
        array = self._context.jvm.java.util.ArrayList()
        for value in values:
            array.add(value)
        return self._context.jvm.org.apache.spark.api.python.PythonUtils.toSeq(array)

    def _scala_map(self, values: Mapping[str, str]) -> Any:
        table = self._context.jvm.java.util.HashMap()
        for name, value in values.items():
            table.put(name, value)
        return self._context.jvm.org.apache.spark.api.python.PythonUtils.toScalaMap(table)


_EMPTY: Definition = {
    "provider": "parquet",
    "schema": {"type": "struct", "fields": []},
    "partitions": [],
    "bucket": None,
    "comment": None,
    "properties": {},
    "options": {},
}


def _quoted(key: Key) -> str:
    return ".".join("`" + part.replace("`", "``") + "`" for part in key)
