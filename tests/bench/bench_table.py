"""Bench of a result's table: CPU ms while a person scrolls, sorts, filters, copies and looks at a column.

python -m tests.bench.bench_table [rows …]    prints one line of JSON for each size (100 000 if none is given).

All rows are loaded; the table has eight columns of five types, with nulls. A frame is one step of the wheel, or one
jump of the scroll bar, and one painting of the whole view, off screen.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.app import application
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.output import Column, Table

FRAMES = 200
COLUMNS = (
    ("objectId", "string"), ("ra", "double"), ("dec", "double"), ("mag", "float"), ("field", "int"),
    ("visits", "bigint"), ("class", "string"), ("seen", "timestamp"),
)  # fmt: skip


def table(rows: int) -> Table:
    """Made-up alerts; one magnitude in fifty is missing."""
    dice = random.Random(7)
    cells = [
        (
            f"ZTF{n:09d}", dice.uniform(0, 360), dice.uniform(-30, 90),
            None if n % 50 == 0 else round(dice.uniform(14, 22), 3),
            dice.randint(200, 900), dice.randint(1, 10**7), dice.choice(("AGN", "SN Ia", "RRLyr", "unknown")),
            f"2026-11-{1 + n % 28:02d} {n % 24:02d}:00:00",
        )
        for n in range(rows)
    ]  # fmt: skip
    return Table(columns=tuple(Column(name=name, type=type_) for name, type_ in COLUMNS), rows=tuple(cells))


def measure(rows: int, dress: Dress) -> dict[str, object]:
    """All acts on one table."""
    page = TablePage(table(rows), dress)
    page.resize(1200, 900)
    page.show()
    QApplication.processEvents()
    found: dict[str, object] = {"rows": rows, "columns": len(COLUMNS)}

    def once(name: str, act: Callable[[], object]) -> None:
        """All of its CPU time, and of it the longest time in which nothing else was heard."""
        slices = []
        turning = (page.model.slices, page.copying, page.card.slices)
        while not slices or any(one.turning for one in turning):
            begun = time.thread_time()
            if not slices:
                act()
            QApplication.processEvents()
            slices.append((time.thread_time() - begun) * 1000)
        found[name] = {"all": round(sum(slices), 1), "longest": round(max(slices), 1)}

    def frames(name: str, step: Callable[[int], object]) -> None:
        spent = []
        for n in range(FRAMES):
            begun = time.thread_time()
            step(n)
            QApplication.processEvents()
            spent.append((time.thread_time() - begun) * 1000)
        p50, p95, most = np.percentile(spent, [50, 95, 100])
        found[name] = {"p50": round(float(p50), 2), "p95": round(float(p95), 2), "max": round(float(most), 2)}

    once("load_all_ms", page.model.show_all)
    assert page.model.rowCount() == rows
    bar = page.view.verticalScrollBar()
    frames("wheel_ms", lambda n: bar.setValue(bar.value() + 60))
    frames("jump_ms", lambda n: bar.setValue(n * 7919 % max(1, bar.maximum())))
    for column, name in ((3, "number"), (0, "text")):
        for order, way in ((Qt.SortOrder.AscendingOrder, "up"), (Qt.SortOrder.DescendingOrder, "down")):
            once(f"sort_{name}_{way}_ms", partial(page.view.sortByColumn, column, order))
    frames("wheel_sorted_ms", lambda n: bar.setValue(n * 60))

    def sift(words: str) -> None:
        page.filter.setText(words)
        page.sift()

    once("filter_condition_ms", lambda: sift("mag<19.5"))
    once("filter_word_ms", lambda: sift("rrlyr"))
    assert 0 < page.model.fitting < rows
    once("filter_off_ms", lambda: sift(""))
    page.view.setCurrentIndex(page.model.index(0, 3))
    once("statistics_ms", page._open_card)
    last = page.model.index(min(9_999, rows - 1), len(COLUMNS) - 1)
    chosen = QItemSelection(page.model.index(0, 0), last)
    once(
        "choose_10000_rows_ms",
        lambda: page.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.Select),
    )
    once("copy_10000_rows_ms", page.copy)
    page.close()
    page.deleteLater()
    QApplication.processEvents()
    return found


def main(argv: list[str]) -> int:
    """Measure, print."""
    _, dress = application([sys.argv[0]])
    for rows in [int(word) for word in argv] or [100_000]:
        print(json.dumps(measure(rows, dress) | {"load": round(os.getloadavg()[0], 1)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
