"""Jars that Spark does not bring: Kafka and Avro for Spark, got once by the resolver that Spark itself has."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import quoteattr

from astrolabnet_gui.errors import Missing

from . import platform
from .jre import choose

# 3.5.5 and 3.5.6 of the connector are not served; 3.5.7 runs with every Spark 3.5.
KAFKA = (
    "org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.7",
    "org.apache.spark:spark-token-provider-kafka-0-10_2.12:3.5.7",
    "org.apache.kafka:kafka-clients:3.4.1",
    "org.apache.commons:commons-pool2:2.11.1",
    "org.apache.spark:spark-avro_2.12:3.5.7",
)
# What a broker is made of; the second brings the log, without which nobody hears why it does not start.
BROKER = ("org.apache.kafka:kafka_2.13:4.3.1", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4")
_LIMIT_S = 300.0


def jars(folder: Path, name: str, coordinates: Sequence[str], *, whole: bool = False) -> tuple[Path, ...]:
    """Files of these packages, fetched once into ``folder/name``; those that are there are not asked for again.

    Args:
        whole: with all they need themselves; else these alone.

    Raises:
        Missing: no Spark or Java here, or the packages can not be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place, note = folder / name, "\n".join(coordinates) + "\n"
    with _one_at_a_time(folder / f"{name}.lock"):
        if not (place / "packages").is_file() or (place / "packages").read_text("utf-8") != note:
            _fetch(folder, place, coordinates, whole)
            (place / "packages").write_text(note, "utf-8")
    return tuple(sorted(place.glob("*.jar")))


def there(folder: Path, name: str) -> tuple[Path, ...]:
    """Files that were fetched; () if they were not."""
    return tuple(sorted((folder / name).glob("*.jar"))) if (folder / name / "packages").is_file() else ()


def _fetch(folder: Path, place: Path, coordinates: Sequence[str], whole: bool) -> None:
    found = find_spec("pyspark")
    if found is None or not found.submodule_search_locations:
        raise Missing("Spark is not installed here.", remedy="Run: pip install 'astrolabnet-gui[island]'")
    spark = Path(found.submodule_search_locations[0]) / "jars"
    work = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=folder))
    try:
        (work / "ivy.xml").write_text(_wanted(coordinates, whole), "utf-8")
        command = [
            str(choose().java), "-cp", f"{spark}{os.sep}*", "org.apache.ivy.Main", "-ivy", str(work / "ivy.xml"),
            "-cache", str(folder / "ivy"), "-confs", "default", "-types", "jar", "bundle", "-retrieve",
            f"{work}/jars/[artifact]-[revision](-[classifier]).[ext]",
        ]  # fmt: skip
        try:
            told = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=_LIMIT_S, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise Missing(f"the packages could not be fetched ({exc}).", remedy="Try again with a network.") from exc
        if told.returncode != 0 or not list((work / "jars").glob("*.jar")):
            lines = [line.strip() for line in (told.stdout + told.stderr).splitlines() if line.strip()]
            why = next((line for line in lines if "not found" in line or "ERROR" in line), lines[-1] if lines else "")
            raise Missing(f"the packages can not be had: {why[:200]}.", remedy="Look at the network, then try again.")
        shutil.rmtree(place, ignore_errors=True)
        (work / "jars").rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _wanted(coordinates: Sequence[str], whole: bool) -> str:
    rows = []
    for one in coordinates:
        org, name, rev = one.split(":")
        rows.append(
            f"<dependency org={quoteattr(org)} name={quoteattr(name)} rev={quoteattr(rev)} "
            f'conf="default" transitive="{str(whole).lower()}"/>'
        )
    return (
        '<ivy-module version="2.0"><info organisation="astrolabnet" module="jars"/>'
        f'<configurations><conf name="default"/></configurations>'
        f"<dependencies>{''.join(rows)}</dependencies></ivy-module>"
    )


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Two that want the same at once: the second waits, then finds it there."""
    end = time.monotonic() + _LIMIT_S
    while (held := platform.lock(lock)) is None:
        if time.monotonic() > end:
            raise Missing("another program has been fetching the same packages for long.", remedy="Try again later.")
        time.sleep(0.2)
    with held:
        yield
