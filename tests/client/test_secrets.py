"""Secrets: by name only; the keyring, the environment, a file of mode 600."""

from __future__ import annotations

from pathlib import Path

import pytest
from keyring.backends import fail, null

from astrolabnet_gui.client.secrets import Secrets, resolve
from astrolabnet_gui.errors import BadInput, Missing


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Plain(Ring):
    """What keyrings.alt does: an open file."""


Plain.__module__ = "keyrings.alt.file"


class Chain(Ring):
    """A chain of backends."""

    def __init__(self, *backends: object) -> None:
        super().__init__()
        self.backends = backends


def test_the_keyring_keeps_and_forgets() -> None:
    ring = Ring()
    secrets = Secrets(ring)
    assert secrets.write("lal/alice", "x")
    assert secrets.read("lal/alice") == "x"
    assert ring.kept == {("AstroLabNet", "lal/alice"): "x"}
    secrets.forget("lal/alice")
    assert secrets.read("lal/alice") is None


@pytest.mark.parametrize(
    "backend",
    [fail.Keyring(), null.Keyring(), Plain(), Chain(), Chain(Ring(), Plain())],
    ids=lambda b: type(b).__name__,
)
def test_a_backend_that_keeps_no_secrets_is_refused(backend: Ring) -> None:
    secrets = Secrets(backend)
    with pytest.raises(Missing, match="no keyring that keeps secrets") as caught:
        secrets.read("lal/alice")
    assert "env:NAME" in caught.value.remedy
    assert not secrets.write("lal/alice", "x")
    assert secrets.read("lal/alice") == "x"
    assert not getattr(backend, "kept", None)
    secrets.forget("lal/alice")
    with pytest.raises(Missing):
        secrets.read("lal/alice")


def test_a_chain_of_good_backends_is_used() -> None:
    assert Secrets(Chain(Ring())).write("n", "x")


def test_environment_and_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAL", "from env")
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text("  from file \nsecond line\n")

    def ring(name: str) -> str | None:
        return f"ring:{name}"

    assert resolve("env:LAL", ring) == "from env"
    assert resolve("env:NO_SUCH", ring) is None
    assert resolve(f"file:{file}", ring) == "from file"
    assert resolve(f"file:{tmp_path}/none", ring) is None
    assert resolve("lal/alice", ring) == "ring:lal/alice"


def test_a_file_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("open secret")
    file.chmod(0o640)
    with pytest.raises(BadInput, match=r"can be read by others\. Run: chmod 600") as caught:
        resolve(f"file:{file}", lambda _: None)
    assert "open secret" not in str(caught.value)


def test_a_folder_or_a_huge_file_is_no_secret(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(BadInput):
        resolve(f"file:{tmp_path}", lambda _: None)
    file = tmp_path / "big"
    file.touch(mode=0o600)
    file.write_bytes(b"x" * 70_000)
    with pytest.raises(BadInput, match="not a small plain file"):
        resolve(f"file:{file}", lambda _: None)
