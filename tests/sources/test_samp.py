"""Tables and places go to other programs at a real hub and come from them; no thread stays."""

from __future__ import annotations

import queue
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import astropy.table  # noqa: F401  (it warns of homes that are gone when it is first imported in a test)
import pytest

from astrolabnet_gui.errors import NotApplicable
from astrolabnet_gui.sources import samp
from astrolabnet_gui.sources.sheet_files import write_sheet
from astrolabnet_gui.sources.sheets import read
from tests.sources.test_sheet_files import sheet

with warnings.catch_warnings(action="ignore"):
    from pyvo.samp import SAMPHubServer, SAMPIntegratedClient, conf

conf.use_internet = False


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub as TOPCAT would run it."""
    lock = tmp_path / "samp.lock"
    monkeypatch.setenv("SAMP_HUB", f"std-lockurl:{lock.as_uri()}")
    made = SAMPHubServer(lockfile=str(lock), addr="127.0.0.1", web_profile=False)
    made.start()
    yield
    made.stop()


@pytest.fixture
def topcat(hub: None) -> Iterator[Any]:
    """Another program, which takes tables and places; ``told`` holds what came."""
    client = SAMPIntegratedClient(name="TOPCAT", addr="127.0.0.1")
    client.connect()
    client.told = queue.SimpleQueue()
    for mtype in (samp.TABLES[0], samp.POINT):
        client.bind_receive_notification(mtype, lambda _k, _s, mtype, params, _m: client.told.put((mtype, params)))
    yield client
    client.disconnect()


def test_a_table_and_a_place_go_out(topcat: Any, tmp_path: Path) -> None:
    file = tmp_path / "a b.vot"
    write_sheet(sheet(), file)
    assert samp.send_table(file, "sky.stars") == ("TOPCAT",)
    mtype, params = topcat.told.get(timeout=20)
    assert (mtype, params["name"], params["url"]) == ("table.load.votable", "sky.stars", file.as_uri())
    assert samp.point_at(10.5, -41.25, "topcat") == ("TOPCAT",)
    assert topcat.told.get(timeout=20) == ("coord.pointAt.sky", {"ra": "10.5", "dec": "-41.25"})
    with pytest.raises(NotApplicable, match="Aladin takes no such message"):
        samp.point_at(0, 0, "Aladin")


@pytest.mark.parametrize("way", ["notify", "call"])
def test_a_table_and_a_place_come_in(topcat: Any, tmp_path: Path, way: str) -> None:
    file = tmp_path / "mine.vot"
    write_sheet(sheet(), file)
    wanted = [
        {"samp.mtype": "table.load.votable", "samp.params": {"url": file.as_uri(), "name": "mine"}},
        {"samp.mtype": "coord.pointAt.sky", "samp.params": {"ra": "10.5", "dec": "-41.25"}},
    ]
    came = []
    for message in wanted:
        sent = threading.Event()

        def stop(message: dict[str, Any] = message, sent: threading.Event = sent) -> bool:
            """Asked at each turn while it waits: it is at the hub by then."""
            if not sent.is_set():
                sent.set()
                [ours] = topcat.get_subscribed_clients(message["samp.mtype"])
                if way == "notify":
                    topcat.notify(ours, message)
                else:
                    topcat.call(ours, "tag", message)
            return False

        came.append(samp.receive(stop, 30.0))
    table, point = came
    assert (table.sender, table.name) == ("TOPCAT", "mine")
    assert table.sheet is not None
    assert table.sheet.arrow.column("n").to_pylist() == read(file).arrow.column("n").to_pylist()
    assert point.place == (10.5, -41.25)


def test_without_a_hub_and_without_a_message(hub: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(NotApplicable, match="nothing came"):
        samp.receive(lambda: True, 30.0)
    monkeypatch.setenv("SAMP_HUB", f"std-lockurl:{(tmp_path / 'none').as_uri()}")
    with pytest.raises(NotApplicable, match="no SAMP hub runs"):
        samp.point_at(1, 2)
