"""World: what every actor is handed: ways out, ways back, clocks."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..model.livy import Session
from ..model.server import Server
from .ask import Livy, Spark
from .budget import Budget
from .delta import Delta
from .memory import Memories
from .spooled import Put


@dataclass(frozen=True, slots=True)
class World:
    """What lies around an actor.

    Attributes:
        connect: makes the client of a server.
        spark: makes the way to the Spark of a session; None = nobody knows where it is.
        budget: of all servers together.
        publish: takes each Delta.
        owns: says of a session's or batch's name whether this workspace gave it.
        clock: monotonic seconds; wall: time of day, UTC.
        rng: for jitter.
        memories: ids of servers as an earlier run of the program saw them, and as they are now.
        spool: keeps large outputs in files.
    """

    connect: Callable[[Server], Livy]
    spark: Callable[[Server, Session], Spark | None]
    budget: Budget
    publish: Callable[[Delta], None]
    owns: Callable[[str], bool]
    clock: Callable[[], float]
    wall: Callable[[], datetime]
    rng: random.Random
    memories: Memories
    spool: Put
