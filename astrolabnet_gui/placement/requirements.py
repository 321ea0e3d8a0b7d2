"""Requirements: what a job needs of a server, true or false; each that fails is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model.thing import Value


class Job(Value):
    """What is to be sent.

    Attributes:
        kind: language; datasets: names of those it reads.
        sources: Spark formats it needs (kafka, avro); file_systems: schemes (s3a, hdfs); modules: of Python.
        out_bytes: what it gives back, as far as known.
        label: under which runs of the same job are measured together.
    """

    kind: str
    datasets: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    file_systems: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    out_bytes: float = 1e6
    label: str = ""


class Abilities(Value):
    """What a server can do, by its probe; None where nobody asked.

    Attributes:
        answers: why it takes nothing now; "" if it does.
    """

    answers: str = ""
    kinds: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    file_systems: frozenset[str] | None = None
    modules: frozenset[str] | None = None
    cores: int | None = None
    free_bytes: int | None = None


_WORDS = {"pyspark": "Python", "spark": "Scala", "sql": "SQL", "sparkr": "R"}


def failures(job: Job, able: Abilities, moved_bytes: float, unreachable: Iterable[str] = ()) -> tuple[str, ...]:
    """Why a server can not do it; () if it can, as far as is known.

    Args:
        moved_bytes: what would have to be brought there.
        unreachable: datasets that have no replica there and no way to it.
    """
    if able.answers:
        return (able.answers,)
    found = []
    if able.kinds is not None and job.kind not in able.kinds:
        found.append(f"{_WORDS.get(job.kind, job.kind)} is absent")
    wanted: Mapping[str, tuple[tuple[str, ...], frozenset[str] | None]] = {
        "{} source absent": (job.sources, able.sources),
        "file system {}: absent": (job.file_systems, able.file_systems),
        "Python module {} absent": (job.modules, able.modules),
    }
    for words, (needs, has) in wanted.items():
        if has is not None:
            found += [words.format(need) for need in needs if need not in has]
    found += [f"no replica of {name}, and no way to one" for name in unreachable]
    if able.free_bytes is not None and moved_bytes > able.free_bytes:
        found.append(f"{moved_bytes / 1e9:.1f} GB would be brought, {able.free_bytes / 1e9:.1f} GB are free")
    return tuple(found)
