"""Budgets: how long and how large each kind of call may be. Nothing a server sends can cost more."""

from __future__ import annotations

from dataclasses import dataclass, replace

KB, MB = 1 << 10, 1 << 20


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one call.

    Attributes:
        connect_s: until the connection (and TLS) stands.
        idle_s: longest silence while reading or writing.
        total_s: deadline of the whole call, whatever happens in it.
        cap_bytes: largest answer, before and after unpacking.
    """

    connect_s: float
    idle_s: float
    total_s: float
    cap_bytes: int

    def scaled(self, factor: float) -> Budget:
        """The same with all times multiplied: a patient or an impatient server setting."""
        return replace(
            self, connect_s=self.connect_s * factor, idle_s=self.idle_s * factor, total_s=self.total_s * factor
        )


STATE = Budget(3, 5, 8, 64 * KB)
ONE = Budget(3, 5, 8, 1 * MB)
LIST = Budget(3, 10, 20, 16 * MB)
STATEMENT = Budget(3, 15, 60, 64 * MB)
STATEMENTS = Budget(3, 60, 60, 64 * MB)
LOG = Budget(3, 5, 10, 4 * MB)
POST = Budget(5, 60, 60, 1 * MB)
CREATE = Budget(5, 150, 150, 1 * MB)
DELETE = Budget(5, 90, 90, 1 * MB)
# A fresh Spark UI loads its classes at the first question: 13 s of silence on a busy machine.
SPARK = Budget(3, 20, 20, 32 * MB)


def upload(size_bytes: int) -> Budget:
    """Budget of an upload: half a minute and what the bytes take at 100 KB/s."""
    return Budget(5, 30, 30 + size_bytes / 100_000, 1 * MB)
