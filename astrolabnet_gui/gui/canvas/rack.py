"""Rack: where the children of one server stand below its plate. A slot once taken is kept; nothing else ever moves."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

PITCH_X, PITCH_Y = 64.0, 62.0
COLUMNS = 3
TASK_PITCH = 28.0
TASKS_SHOWN = 5
# Four lines less the cell of "+7": a server with more is read in the tree.
SLOTS_SHOWN = 4 * COLUMNS - 1
# From the plate's middle down to the middle of the first row of children, then of the first task.
FIRST_ROW = 53.0
FIRST_TASK = 50.0
PLATE_W, PLATE_H = 164.0, 46.0


@dataclass(slots=True)
class Rack:
    """Slots of one server: a grid for sessions, batches and data, under it a list of tasks.

    Attributes:
        slots: child row -> slot number; at most SLOTS_SHOWN.
        waiting: children that found no free slot, in the order of their coming.
        tasks: task rows, newest first shown; at most TASKS_SHOWN of them have a place.
        folded: nothing of it is shown but how much there is.
    """

    slots: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, None] = field(default_factory=dict)
    tasks: list[int] = field(default_factory=list)
    folded: bool = False
    _free: list[int] = field(default_factory=list)

    def take(self, row: int, column: int | None = None) -> int | None:
        """Slot for a child: the lowest that was left, else a new one at the end; None if all are taken: it waits.

        Args:
            column: where it would rather stand: there it gets a free slot of the first line, if there is one.
        """
        if column is not None and column not in self.slots.values():
            self._free = sorted({*self._free, *range(self.span, column)} - {column})
            slot = column
        elif not self._free and len(self.slots) >= SLOTS_SHOWN:
            self.waiting[row] = None
            return None
        else:
            slot = self._free.pop(0) if self._free else len(self.slots)
        self.slots[row] = slot
        return slot

    def alone(self, row: int) -> bool:
        """No child stands directly beside this one: its name may be twice as wide."""
        slot = self.slots.get(row)
        if slot is None:
            return False
        line, taken = slot // COLUMNS, self.slots.values()
        return not any(near // COLUMNS == line and near in taken for near in (slot - 1, slot + 1))

    def empty(self) -> None:
        """All slots are free; those that wait wait on, the tasks stay listed."""
        self.slots.clear()
        self._free.clear()

    def leave(self, row: int) -> int | None:
        """A child is gone; its slot goes to the one that waited least (returned), else stays empty until one comes."""
        self.waiting.pop(row, None)
        slot = self.slots.pop(row, None)
        if slot is None:
            return None
        if self.waiting:
            heir = self.waiting.popitem()[0]
            self.slots[heir] = slot
            return heir
        insort(self._free, slot)
        while self._free and self._free[-1] == len(self.slots) + len(self._free) - 1:
            self._free.pop()
        return None

    @property
    def span(self) -> int:
        """Number of slots, the empty ones between included."""
        return len(self.slots) + len(self._free)

    @property
    def lines(self) -> int:
        """Rows of the grid."""
        return -(-self.span // COLUMNS)

    @property
    def children(self) -> int:
        """Sessions, batches and data, seen or waiting."""
        return len(self.slots) + len(self.waiting)

    @property
    def more(self) -> tuple[tuple[int, tuple[float, float]], ...]:
        """How many have no place, for "+7", and where that stands: for the grid in its last cell, for the tasks below
        them, for all under a folded plate."""
        if self.folded:
            return ((self.children + len(self.tasks), (-6.0, FIRST_ROW - 14.0)),)
        x, y = self.slot_at(SLOTS_SHOWN)
        both = (len(self.waiting), (x - 6.0, y)), (len(self.tasks) - TASKS_SHOWN, self.task_at(TASKS_SHOWN))
        return tuple(pair for pair in both if pair[0] > 0)

    def slot_at(self, slot: int) -> tuple[float, float]:
        """Middle of a slot, from the plate's middle. The first column stands under the plate's left third, so that
        the second child does not move the first."""
        line, column = divmod(slot, COLUMNS)
        return (column - 1) * PITCH_X, FIRST_ROW + line * PITCH_Y

    def task_at(self, place: int) -> tuple[float, float]:
        """Middle of a task's square in the list, from the plate's middle."""
        top = FIRST_TASK + max(1, self.lines) * PITCH_Y if self.lines else FIRST_ROW
        return -PLATE_W / 2 + 5.0, top + place * TASK_PITCH

    def box(self, plate_w: float, shore: float) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of plate and rack, from the plate's middle."""
        half_w, half_h = plate_w / 2 + shore, PLATE_H / 2 + shore
        bottom, right, left = half_h, half_w, -half_w
        if self.folded:
            return left, -half_h, right, FIRST_ROW - 6.0
        if self.span:
            bottom = max(bottom, FIRST_ROW + (self.lines - 1) * PITCH_Y + 36.0)
            left, right = min(left, -PITCH_X - 32.0), max(right, PITCH_X + 32.0)
        if self.tasks:
            shown = min(len(self.tasks), TASKS_SHOWN) + (len(self.tasks) > TASKS_SHOWN)
            bottom = self.task_at(shown - 1)[1] + 14.0
            right = max(right, 110.0)
        return left, -half_h, right, bottom
