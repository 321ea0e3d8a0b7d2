"""Listing: rows that can be printed once, as a table, as JSON or as bare addresses, or watched as they change."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..model.inert import plain
from ..model.thing import Thing
from ..net.desk import Desk
from ..network.store import Store
from .show import columns, plain_data, print_json, say, words

PAUSE_S = 1.0
BAR = 12
# Columns that are not cut: address, state, since; of a name that is very long the rest all the same.
WHOLE, MOST_WIDE = 3, 40


@dataclass(frozen=True)
class Listing:
    """Rows of cells, and the same as plain data.

    Attributes:
        cells: the first is the address.
        data: one for each row of cells.
        progress: 0..1 of each row, None where there is none.
    """

    head: tuple[str, ...]
    cells: list[tuple[str, ...]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)
    progress: list[float | None] = field(default_factory=list)


def things(store: Store, found: Iterable[Thing]) -> Listing:
    """Things, one a row."""
    rows = list(found)
    return Listing(
        ("ADDRESS", "STATE", "SINCE", "WHAT", ""),
        [words(store, thing) for thing in rows],
        [plain_data(store, thing) for thing in rows],
        [None if thing.state in thing.kind.terminal else thing.progress for thing in rows],
    )


def print_listing(listing: Listing, *, as_json: bool = False, quiet: bool = False) -> None:
    """Print it once."""
    if as_json:
        for one in listing.data:
            print_json(one)
    elif quiet:
        for cells in listing.cells:
            say(cells[0])
    elif listing.cells:
        columns(listing.head, listing.cells)


def watch(desk: Desk, now: Callable[[], Listing], *, as_json: bool = False, quiet: bool = False) -> int:
    """Show it as it changes until the person stops it; as JSON, or quietly, each new or changed row is a line."""
    try:
        if as_json or quiet:
            _stream(desk, now, as_json)
        else:
            _live(desk, now)
    except KeyboardInterrupt:
        return 0
    raise AssertionError("a watch ends only by its person")


def _stream(desk: Desk, now: Callable[[], Listing], as_json: bool) -> None:
    known: dict[str, dict[str, Any]] = {}
    while True:
        listing = now()
        fresh = {cells[0]: one for cells, one in zip(listing.cells, listing.data, strict=True)}
        gone = [{"address": address, "gone": True} for address in known.keys() - fresh.keys()]
        for one in [*(one for address, one in fresh.items() if known.get(address) != one), *gone]:
            print_json(one) if as_json else say(str(one["address"]))
        known = fresh
        desk.hear(PAUSE_S)


def _live(desk: Desk, now: Callable[[], Listing]) -> None:
    # Here, for it takes longer to load than most words run.
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(file=sys.stdout), auto_refresh=False, transient=False) as live:
        while True:
            live.update(drawn(now()), refresh=True)
            desk.hear(PAUSE_S)


def drawn(listing: Listing) -> Any:
    """A table of rich; what servers say is text in it, never markup."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    # Where it is, how it is and how far stay on a narrow terminal too; what it is called is cut.
    shown = [n for n, name in enumerate(listing.head) if name or any(cells[n] for cells in listing.cells)]
    flat = [[" ".join(plain(cells[n]).split()) for n in shown] for cells in listing.cells]
    for n, name in enumerate(listing.head[n] for n in shown):
        longest = max([len(name), *(len(cells[n]) for cells in flat)])
        room: dict[str, Any] = {"width": min(longest, MOST_WIDE)} if n < WHOLE else {"ratio": 3 if name else 2}
        table.add_column(name, overflow="ellipsis", no_wrap=True, **room)
    bars = any(part is not None for part in listing.progress)
    if bars:
        table.add_column("", no_wrap=True, width=BAR)
    for cells, part in zip(flat, listing.progress or [None] * len(flat), strict=True):
        bar = "" if part is None else ProgressBar(total=1.0, completed=part, width=BAR)
        table.add_row(*map(Text, cells), *([bar] if bars else []))
    return table
