"""Sessions, or batches, by id and by name; ids count from 0 in each run of the island."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from astrolabnet_gui.island.request import Rejected

_INT_MAX = 2**31 - 1


class Entry(Protocol):
    """What a register holds."""

    id: int
    name: str | None


E = TypeVar("E", bound=Entry)


class Register(Generic[E]):
    """Insertion order is id order. A refused request uses up an id, as in Livy."""

    def __init__(self) -> None:
        self._next = 0
        self._held: dict[int, E] = {}

    def next_id(self) -> int:
        """The next id, used up by asking."""
        self._next += 1
        return self._next - 1

    def check_name(self, name: str | None, number: int) -> None:
        """Look whether the entry ``number`` may have this name.

        Raises:
            Rejected: all digits (it would look like an id), empty, or another one has it.
        """
        if name is None:
            return
        if name == "" or name.isdigit():
            raise Rejected(f"Invalid session name: {name}")
        if any(entry.name == name for entry in self._held.values()):
            raise Rejected(f"Duplicate session name: Some({name}) for session {number}")

    def add(self, entry: E) -> None:
        """Hold it."""
        self._held[entry.id] = entry

    def get(self, id_or_name: str) -> E | None:
        """An entry by what stands in the path.

        Raises:
            OverflowError: digits, but too large for an id.
        """
        if id_or_name.isdigit():
            if int(id_or_name) > _INT_MAX:
                raise OverflowError(id_or_name)
            return self._held.get(int(id_or_name))
        return next((entry for entry in self._held.values() if entry.name == id_or_name), None)

    def drop(self, entry: E) -> None:
        """Forget it; its name is free again."""
        self._held.pop(entry.id, None)

    def page(self, start: int, size: int) -> list[E]:
        """A slice by position."""
        held = list(self._held.values())
        return held[max(0, start) : max(0, start + size)]

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[E]:
        return iter(list(self._held.values()))
