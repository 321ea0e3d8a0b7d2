"""Workspace: servers come back as they were; damaged, foreign and newer files cost nothing but themselves."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from astrolabnet_gui.errors import BadInput, Missing
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from astrolabnet_gui.settings import files
from astrolabnet_gui.settings.workspace import Workspace, free_alias

LAL = Server(uuid="1" * 32, alias="lal", url="http://lal:8998", auth=Auth(kind=AuthKind.BASIC, user="u", secret="ref"))


def test_a_new_workspace_gets_an_identity_that_stays(tmp_path: Path) -> None:
    first, again = Workspace(tmp_path / "w"), Workspace(tmp_path / "w")
    assert first.uuid == again.uuid
    assert len(first.short) == 8
    assert again.problems == []


def test_servers_come_back_and_unknown_fields_stay(tmp_path: Path) -> None:
    Workspace(tmp_path).save_server(LAL)
    file = tmp_path / "servers" / f"{LAL.uuid}.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"future": {"a": 1}}))
    workspace = Workspace(tmp_path)
    assert workspace.servers() == (LAL,)
    workspace.save_server(LAL.model_copy(update={"url": "http://lal:9000"}))
    assert json.loads(file.read_text())["future"] == {"a": 1}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    workspace.drop_server(LAL.uuid)
    workspace.drop_server(LAL.uuid)
    assert Workspace(tmp_path).servers() == ()


def test_two_servers_never_share_a_name(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.save_server(LAL)
    other = LAL.model_copy(update={"uuid": "2" * 32})
    with pytest.raises(BadInput, match="already") as caught:
        workspace.save_server(other)
    assert caught.value.field == "alias"
    (tmp_path / "servers" / f"{other.uuid}.json").write_text(other.model_dump_json())
    again = Workspace(tmp_path)
    assert sorted(s.alias for s in again.servers()) == ["lal", "lal-2"]
    assert "Two servers are named" in again.problems[0]
    assert free_alias("lal", again.servers()) == "lal-3"


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"{", b"\xff\x00" * 100, b"[]", b'{"uuid": "x"}', b'{"uuid":"' + b"1" * 32 + b'","alias":"a","url":"ftp://x"}',
     b"[" * 200_000],
)  # fmt: skip
def test_a_damaged_server_is_kept_aside_and_the_others_live(tmp_path: Path, rubbish: bytes) -> None:
    Workspace(tmp_path).save_server(LAL.model_copy(update={"uuid": "3" * 32}))
    file = tmp_path / "servers" / f"{'1' * 32}.json"
    file.write_bytes(rubbish)
    workspace = Workspace(tmp_path)
    assert [s.alias for s in workspace.servers()] == ["lal"]
    assert len(workspace.problems) == 1
    (aside,) = (tmp_path / "servers").glob("*.damaged-*")
    assert aside.read_bytes() == rubbish


def test_a_damaged_identity_is_kept_aside(tmp_path: Path) -> None:
    file = tmp_path / "workspace.json"
    file.write_text("{}")
    workspace = Workspace(tmp_path)
    assert "no uuid" in workspace.problems[0]
    assert Workspace(tmp_path).uuid == workspace.uuid


def test_a_newer_workspace_is_read_and_left_alone(tmp_path: Path) -> None:
    Workspace(tmp_path).save_server(LAL)
    file = tmp_path / "workspace.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 99}))
    before = file.read_bytes()
    workspace = Workspace(tmp_path)
    assert workspace.servers() == (LAL,)
    for act in (
        lambda: workspace.save_server(LAL),
        lambda: workspace.drop_server(LAL.uuid),
        lambda: workspace.save_layout({}),
    ):
        with pytest.raises(Missing, match="newer"):
            act()
    assert file.read_bytes() == before


def test_places_come_back_and_damaged_ones_are_forgotten(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert workspace.layout() == {}
    workspace.save_layout({"nodes": {"a": [1, 2]}})
    assert Workspace(tmp_path).layout() == {"nodes": {"a": [1, 2]}}
    (tmp_path / "layout.json").write_text("{")
    assert workspace.layout() == {}
    assert "layout.json" in workspace.problems[0]


def test_a_failed_rename_leaves_the_old_file_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    files.write_whole(file, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Missing, match="No space left"):
        files.write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


_WRITER = """
import sys
from pathlib import Path
from astrolabnet_gui.settings.files import write_whole
n = 0
while True:
    n += 1
    write_whole(Path(sys.argv[1]), (str(n % 10) * 200_000).encode())
    print(n, flush=True)
"""


def test_a_reader_never_sees_half_a_file_even_after_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    with subprocess.Popen([sys.executable, "-c", _WRITER, file], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        for _ in range(50):
            data = file.read_bytes()
            assert len(data) == 200_000
            assert len(set(data)) == 1
        writer.kill()
    assert len(set(file.read_bytes())) == 1


def test_of_two_processes_that_begin_at_once_one_gives_the_identity(tmp_path: Path) -> None:
    first = Workspace(tmp_path / "ws")
    late = Workspace.__new__(Workspace)
    late.folder, late.problems, late.writable = tmp_path / "ws", [], True
    # It saw no file, and comes to write after the first has written.
    assert late._first(tmp_path / "ws" / "workspace.json", "f" * 32) == first.uuid
    assert Workspace(tmp_path / "ws").uuid == first.uuid
    assert not list((tmp_path / "ws").glob("*.tmp"))
