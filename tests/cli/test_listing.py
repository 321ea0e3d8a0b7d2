"""Rows are printed, watched as a live table, or streamed as they change; no server's text steers the terminal."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from astrolabnet_gui.cli import listing
from astrolabnet_gui.cli.listing import Listing, drawn, print_listing, things, watch
from astrolabnet_gui.net.desk import Desk

from .fakes import LAL, SESSION, FakeLink, server, session, task


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAUSE_S", 0.0)


def desk_of(link: FakeLink) -> Desk:
    return Desk(link, lambda question: "yes", lambda event: None)


def test_quiet_prints_addresses_only(capsys: pytest.CaptureFixture[str]) -> None:
    desk = desk_of(FakeLink(server("lal"), session()))
    desk.settle(0.0)
    print_listing(things(desk.store, desk.store.things.values()), quiet=True)
    assert capsys.readouterr().out == "lal\nlal/sessions/3\n"


def test_a_watch_streams_what_changes_until_it_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    link = FakeLink(server("lal"), session())
    desk = desk_of(link)
    desk.settle(0.0)
    steps = iter([
        lambda: None, lambda: link.change(session("busy")), lambda: None, lambda: link.change(removed=(SESSION,)),
    ])  # fmt: skip

    def now() -> Listing:
        found = things(desk.store, desk.store.children(LAL))
        next(steps, stop)()
        return found

    def stop() -> None:
        raise KeyboardInterrupt

    assert watch(desk, now, as_json=True) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one.get("state", one.get("gone")) for one in told] == ["idle", "busy"]


def test_a_live_table_shows_progress_and_no_markup_nor_escape() -> None:
    evil = task("running", progress=0.5).model_copy(update={"label": "[red]\x1b[2Jpi[/red]"})
    desk = desk_of(FakeLink(server("lal"), session(), evil))
    desk.settle(0.0)
    out = io.StringIO()
    Console(file=out, width=140, force_terminal=True, color_system=None).print(
        drawn(things(desk.store, [evil])), markup=True
    )
    said = out.getvalue()
    assert "[red][2Jpi[/red]" in said
    assert "\x1b[2J" not in said
    assert "━" in said


def test_a_narrow_terminal_keeps_where_it_is_how_it_is_and_how_far() -> None:
    code = "SELECT id, rand(7) AS flux FROM range(30) WHERE id > 7 ORDER BY flux"
    cells: list[tuple[str, ...]] = [
        ("local/sessions/1/statements/12", "running 45%", "3 s ago", code, ""),
        ("local/sessions/1/statements/3", "failed", "2 min ago", code, "The code raised ZeroDivisionError"),
    ]
    out = io.StringIO()
    Console(file=out, width=80).print(
        drawn(Listing(("ADDRESS", "STATE", "SINCE", "WHAT", ""), cells, [{}, {}], [0.45, None]))
    )
    said = out.getvalue()
    assert all(cell in said for row in cells for cell in row[:3]), said
    assert "SELE" in said
    assert "━" in said


def test_a_live_table_ends_with_its_person(capsys: pytest.CaptureFixture[str]) -> None:
    desk = desk_of(FakeLink(server("lal"), session()))
    seen: list[int] = []

    def now() -> Listing:
        seen.append(1)
        if len(seen) > 2:
            raise KeyboardInterrupt
        return things(desk.store, desk.store.things.values())

    desk.settle(0.0)
    assert watch(desk, now) == 0
    assert "lal/sessions/3" in capsys.readouterr().out
