"""What the detail panel and the status bar say of channels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from astrolabnet_gui.gui.panels.facts import VERBS, figures, rows
from astrolabnet_gui.gui.status import _flow_words
from astrolabnet_gui.gui.words import THIN, numbered, place
from astrolabnet_gui.model.channel import Channel
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing

LAL = Key("lal")
FLOW = Channel(
    name="night-1f", origin=Key("").child("sources", "Fink"), target=LAL, rows_s=412.4, rows=12_288, waiting_rows=3000,
    catch_up_s=90, bad=2, bad_why="container: it is cut", to="hdfs:///night", table="night.alerts", where="magpsf < 18",
    at_once=400,
)  # fmt: skip


def thing(state: str, value: Channel = FLOW, ident: str = "night-1f") -> Thing:
    return Thing(key=Key("").child("channels", ident), label="Night", fact="stream", state=state, payload=value)


def test_figures_and_rows_of_a_channel() -> None:
    assert figures(thing("flowing"), []) == (
        ("Rows", f"12{THIN}288"), ("Rate", "412 rows/s"), ("Waiting", f"3{THIN}000"), ("Caught up in", f"1{THIN}min"),
        ("Not readable", "2"),
    )  # fmt: skip
    said = dict(rows(thing("flowing")))
    assert said["Into"] == "hdfs:///night"
    assert said["Only where"] == "magpsf < 18"
    assert said["Proof"] == "none yet"
    assert said["Last not readable"] == "container: it is cut"
    asked = datetime.now(UTC) - timedelta(minutes=3)
    away = FLOW.model_copy(update={
        "route": "relay", "road": "same storage", "road_asked": asked, "lag_s": 30.0, "fullness": 0.66,
        "full_in_s": 26.0, "written_bytes": 81_000_000,
    })  # fmt: skip
    said = dict(rows(thing("behind", away)))
    assert (said["Route"], said["Way that was found"]) == (
        "through this computer",
        f"same storage, asked 3{THIN}min ago",
    )
    assert (said["Behind by"], said["Room for what waits"], said["Volume"]) == (
        f"30{THIN}s",
        "66% full",
        f"81.0{THIN}MB",
    )
    assert dict(figures(thing("behind", away), []))["Full in"] == f"26{THIN}s", "what loses data goes first"
    empty = Channel(name="x", origin=LAL, target=LAL)
    assert dict(figures(thing("pending", empty), []))["Waiting"] == "–"
    assert dict(rows(thing("pending", empty)))["At most at once"] == "all that is there"
    assert VERBS["channels"]


def test_its_name_is_not_its_id() -> None:
    assert numbered(thing("flowing")) == "Night"
    assert place(thing("flowing").key, "") == "channels › night-1f"


def test_the_status_bar_sums_what_flows() -> None:
    assert _flow_words([]) == ""
    assert _flow_words([thing("paused")]) == ""
    other = FLOW.model_copy(update={"rows_s": None, "rate_bytes_s": 64e6})
    assert _flow_words([thing("flowing"), thing("behind", other, "b")]) == f"2 channels · 412 rows/s · 64.0{THIN}MB/s"
    assert _flow_words([thing("flowing")]) == "1 channel · 412 rows/s"
