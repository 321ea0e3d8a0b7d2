"""Set-up: merging is the same in every order; no secret and no path leaves, none of mine goes where it did not."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.errors import BadInput, Missing
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from astrolabnet_gui.settings.objects import AGREED, agree, agreed, objects_of, take
from astrolabnet_gui.settings.setup import Kept, merge, read_file, read_objects, received_server, settle, write_file
from astrolabnet_gui.settings.workspace import Workspace

LAL = Server(
    uuid="1" * 32, alias="lal", url="https://lal:8998", verify="/home/me/ca.pem",
    auth=Auth(kind=AuthKind.BASIC, user="me", secret="file:/home/me/token", headers={"X-Key": "env:KEY"}),
)  # fmt: skip
ISLAND = Server(uuid="2" * 32, alias="local", url="http://127.0.0.1:1", origin="island")
STAMPS = [f"2026-11-{day:02d}T00:00:00.000000Z" for day in range(1, 6)]
NAMES = [f"servers/{'1' * 32}", f"servers/{'2' * 32}", "actions/pi.toml", "actions/sky.toml", f"places/{'1' * 32}"]
VALUES = (
    st.none()
    | st.text(max_size=3)
    | st.integers(0, 2)
    | st.floats(0, 2)
    | st.dictionaries(st.sampled_from("ab"), st.booleans())
)
KEPT = st.builds(Kept, changed=st.sampled_from(STAMPS), value=VALUES)
SETUPS = st.dictionaries(st.sampled_from(NAMES), KEPT)


def plain(objects: Any) -> str:
    return json.dumps({name: kept.rank for name, kept in objects.items()}, sort_keys=True)


@given(SETUPS, SETUPS, SETUPS)
def test_merging_is_commutative_associative_idempotent_and_loses_nothing(a: Any, b: Any, c: Any) -> None:
    assert plain(merge(a, b)) == plain(merge(b, a))
    assert plain(merge(merge(a, b), c)) == plain(merge(a, merge(b, c)))
    assert plain(merge(a, a)) == plain(a)
    both = merge(a, b)
    assert set(both) == set(a) | set(b)
    for name, kept in both.items():
        assert kept.rank == max(s[name].rank for s in (a, b) if name in s)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


def objects(workspace: Workspace, clock: Any = lambda: datetime.now(UTC)) -> dict[str, Kept]:
    return objects_of(workspace, Library(own=workspace.actions).shared(), clock)


def took(workspace: Workspace, merged: Any) -> tuple[list[Server], list[str]]:
    library = Library(own=workspace.actions)
    return take(workspace, library.shared().to_take(merged), library.take)


def test_what_leaves_names_no_secret_no_path_and_no_island(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    workspace.save_server(LAL)
    workspace.save_server(ISLAND)
    workspace.actions.mkdir()
    (workspace.actions / "night.toml").write_text('title = "Night"')
    (workspace.actions / "notes.txt").write_text("private")
    workspace.save_layout({"places": {LAL.uuid: [1.0, 2.0], ISLAND.uuid: [3.0, 4.0]}, "docks": "here"})
    write_file(tmp_path / "s.astrolabnet", objects(workspace), workspace.uuid)
    text = (tmp_path / "s.astrolabnet").read_text()
    for word in ("token", "KEY", "/home/me", "127.0.0.1", "private", "docks", str(tmp_path)):
        assert word not in text, word
    assert set(read_file(tmp_path / "s.astrolabnet")) == {
        f"servers/{LAL.uuid}", "actions/night.toml", f"places/{LAL.uuid}",
    }  # fmt: skip


def test_an_action_that_brings_a_file_of_this_computer_stays_at_home(tmp_path: Path) -> None:
    clock = Clock()
    a, b = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    a.actions.mkdir(parents=True)
    mine = a.actions / "job.toml"
    mine.write_text('title = "Job"\n[program]\nfile = "hdfs:///job.py"')
    took(b, merge(objects(b, clock), objects(a, clock)))
    assert (b.actions / "job.toml").exists()
    mine.write_text('title = "Job"\n[program]\nfile = "here:/home/me/secret/job.py"')
    shared = objects(a, clock)
    assert "/home/me" not in str(shared)
    took(b, merge(objects(b, clock), shared))
    assert (b.actions / "job.toml").exists(), "what others have of it is theirs"
    took(a, merge(objects(a, clock), objects(b, clock)))
    assert "here:" in mine.read_text(), "at home it stays"


def test_a_secret_of_mine_stays_with_the_address_it_was_for() -> None:
    came = LAL.model_copy(update={"auth": Auth(kind=AuthKind.BASIC, user="x", secret="env:AWS_SECRET"), "tint": ""})
    assert received_server(came.model_dump(mode="json"), None).auth.secret == ""
    kept = received_server(came.model_dump(mode="json"), LAL)
    assert (kept.auth, kept.verify) == (LAL.auth, LAL.verify)
    moved = came.model_copy(update={"url": "https://evil.example", "verify": "/etc/passwd"})
    stolen = received_server(moved.model_dump(mode="json"), LAL)
    assert (stolen.auth.secret, stolen.auth.headers, stolen.verify) == ("", {}, "system")


def test_two_sites_become_alike_whoever_merges_first(tmp_path: Path) -> None:
    clock = Clock()
    a, b = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    a.save_server(LAL)
    b.save_server(LAL.model_copy(update={"uuid": "3" * 32, "alias": "cern", "url": "http://cern:1"}))
    for workspace, other in itertools.chain([(a, b), (b, a)] * 2):
        merged = merge(objects(workspace, clock), objects(other, clock))
        took(workspace, merged)
    assert [s.alias for s in a.servers()] == [s.alias for s in b.servers()] == ["cern", "lal"]
    a.save_server(a.servers()[1].model_copy(update={"url": "https://lal:9000"}))
    took(b, merge(objects(b, clock), objects(a, clock)))
    assert b.servers()[1].url == "https://lal:9000"
    b.drop_server(LAL.uuid)
    took(a, merge(objects(a, clock), objects(b, clock)))
    assert [s.alias for s in a.servers()] == ["cern"], "what was removed stays removed"
    assert plain(objects(a, clock)) == plain(objects(b, clock))
    a.save_server(LAL)
    took(b, merge(objects(b, clock), objects(a, clock)))
    assert [s.alias for s in b.servers()] == ["cern", "lal"], "until somebody adds it again later"


def meet(here: Workspace, there: Workspace, clock: Clock) -> None:
    """As one site takes in what another shared."""
    came = objects(there, clock)
    took(here, settle(objects(here, clock), came, agreed(here)))
    agree(here, came)


def test_what_both_changed_since_they_agreed_becomes_two_and_what_one_changed_does_not(tmp_path: Path) -> None:
    clock = Clock()
    a, b = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    a.actions.mkdir(parents=True)
    (a.actions / "night.toml").write_text("1")
    a.save_server(LAL)
    for here, there in ((b, a), (a, b)):
        meet(here, there, clock)
    (a.actions / "night.toml").write_text("2")
    meet(b, a, clock)
    assert [f.name for f in b.actions.iterdir()] == ["night.toml"], "only one of them changed it"
    meet(a, b, clock)
    (a.actions / "night.toml").write_text("of a")
    objects(a, clock)
    (b.actions / "night.toml").write_text("of b")
    a.save_server(LAL.model_copy(update={"url": "https://a:1"}))
    objects(a, clock)
    b.save_server(LAL.model_copy(update={"url": "https://b:1"}))
    for here, there in ((a, b), (b, a), (a, b)):
        meet(here, there, clock)
    for one in (a, b):
        assert sorted(f.read_text() for f in one.actions.iterdir()) == ["of a", "of b"]
        assert (one.actions / "night.toml").read_text() == "of b", "the newer keeps the name"
        assert {s.url: s.alias for s in one.servers()} == {"https://b:1": "lal", "https://a:1": "lal-2"}
    assert plain(objects(a, clock)) == plain(objects(b, clock))
    for file in a.actions.glob("night-*.toml"):
        file.unlink()
    for here, there in ((b, a), (a, b), (b, a)):
        meet(here, there, clock)
    assert [f.name for f in b.actions.iterdir()] == ["night.toml"], "a second one that is thrown away stays away"
    (b.folder / AGREED).write_text("{ half")
    assert agreed(b) == {}


def test_a_change_is_not_lost_to_a_later_removal_elsewhere(tmp_path: Path) -> None:
    clock = Clock()
    a, b = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    a.actions.mkdir(parents=True)
    (a.actions / "night.toml").write_text("1")
    for here, there in ((b, a), (a, b)):
        meet(here, there, clock)
    (b.actions / "night.toml").write_text("hours of work")
    objects(b, clock)
    (a.actions / "night.toml").unlink()
    meet(b, a, clock)
    assert [f.read_text() for f in b.actions.iterdir()] == ["hours of work"]


def test_a_change_by_hand_or_by_git_counts_too(tmp_path: Path) -> None:
    clock = Clock()
    workspace = Workspace(tmp_path)
    workspace.actions.mkdir()
    action = workspace.actions / "night.toml"
    action.write_text("1")
    first = objects(workspace, clock)["actions/night.toml"]
    assert objects(workspace, clock)["actions/night.toml"] == first
    action.write_text("2")
    second = objects(workspace, clock)["actions/night.toml"]
    assert second.changed > first.changed
    action.unlink()
    gone = objects(workspace, clock)["actions/night.toml"]
    assert (gone.value, gone.changed > second.changed) == (None, True)
    assert objects(workspace, clock)["actions/night.toml"] == gone
    (tmp_path / "changes.json").write_text("{ half")
    assert "actions/night.toml" not in objects(workspace, clock)


def test_two_servers_of_one_name_are_both_kept(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    workspace.save_server(LAL)
    other = LAL.model_copy(update={"uuid": "9" * 32, "url": "http://other:1", "verify": "system", "auth": Auth()})
    kept = Kept(changed=STAMPS[0], value=other.model_dump(mode="json"))
    changed, removed = took(workspace, {f"servers/{other.uuid}": kept})
    assert ([s.alias for s in changed], removed) == (["lal-2"], [])


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"astrolabnet": "task"}', b'{"astrolabnet": "set-up", "format": 99}',
     b'{"astrolabnet": "set-up", "format": 1}', b'{"astrolabnet": "set-up", "format": "1", "objects": {}}'],
    ids=range(9),
)  # fmt: skip
def test_a_file_that_is_no_set_up_is_said(tmp_path: Path, rubbish: bytes) -> None:
    file = tmp_path / "s.astrolabnet"
    file.write_bytes(rubbish)
    with pytest.raises(BadInput) as caught:
        read_file(file)
    assert caught.value.field == "file"
    with pytest.raises(BadInput, match="can not be read"):
        read_file(tmp_path / "gone")


@pytest.mark.parametrize(
    ("name", "value"),
    [("../../.bashrc", "x"), ("actions/../x.py", "x"), ("actions/x.sh", "x"), ("actions/.x.py", "x"),
     ("actions/x.toml", 7), ("actions/x.py", 7),
     ("servers/x", {}), (f"servers/{'1' * 32}", {}), (f"servers/{'4' * 32}", LAL.model_dump(mode="json")),
     (f"servers/{'1' * 32}", LAL.model_dump(mode="json") | {"url": "ftp://x"}), ("layout", {}),
     (f"places/{'1' * 32}", [1]), (f"places/{'1' * 32}", ["a", 2]), (f"places/{'1' * 32}", [1e300, 1])],
)  # fmt: skip
def test_an_object_that_is_none_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError):
        read_objects({name: {"changed": STAMPS[0], "value": value}})
    with pytest.raises(ValueError):
        read_objects({NAMES[2]: {"changed": "tomorrow", "value": ""}})


def test_a_workspace_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (tmp_path / "actions").write_text("in the way")
    with pytest.raises(Missing):
        took(workspace, {"actions/a.toml": Kept(changed=STAMPS[0], value="1")})
