"""Lineage: what a run read and wrote, as an OpenLineage event (https://openlineage.io/spec/2-0-2), readable by others
and by ``spark.read.json``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

PRODUCER = "https://astrolabnet"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_SPACE = uuid.UUID("6b0a1c5e-4f43-5d0f-9a6e-6f1c0d6a2b11")
State = Literal["START", "COMPLETE", "FAIL", "ABORT"]
Name = tuple[str, str]


def run_event(
    state: State,
    run: str,
    job: Name,
    when: datetime,
    *,
    inputs: Iterable[Name] = (),
    outputs: Iterable[Name] = (),
    facets: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One event.

    Args:
        run: key of the task; the same key gives the same run id.
        job: namespace (the server's address) and name.
        inputs, outputs: datasets, each by namespace and name.
        facets: more of ours about the run, below ``run.facets.astrolabnet``.
    """
    told: dict[str, Any] = {"runId": str(uuid.uuid5(_SPACE, run))}
    if facets:
        told["facets"] = {"astrolabnet": {"_producer": PRODUCER, "_schemaURL": SCHEMA, **facets}}
    return {
        "eventType": state, "eventTime": when.isoformat(), "producer": PRODUCER, "schemaURL": SCHEMA, "run": told,
        "job": {"namespace": job[0], "name": job[1]},
        "inputs": [{"namespace": space, "name": name} for space, name in inputs],
        "outputs": [{"namespace": space, "name": name} for space, name in outputs],
    }  # fmt: skip
