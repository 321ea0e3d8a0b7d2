"""P17: secrets are nowhere but in the keyring: canaries in every secret field, and a look into every file, in any form.

The acts are those of a person: a server is added, asked, edited, shared, fails, and what could be copied is copied.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from astrolabnet_gui.client.redact import forms
from tests.client.test_secrets import Ring
from tests.command.rig import Rig
from tests.faultserver import FaultServer, always

CANARIES = {name: f"canary-{name}-9zQ/+7=ü" for name in ("secret", "header", "key", "edited", "probe", "proxy")}
ASCII = {name: value.encode("ascii", "ignore").decode() for name, value in CANARIES.items()}
LIST = b'{"from":0,"total":0,"sessions":[]}'


def hits(folder: Path) -> list[str]:
    """Files with a canary in whatever form."""
    wanted = {form.encode("utf-8", "replace") for one in ASCII.values() for form in forms(one)}
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            found += [f"{file.name}: {form!r}" for form in wanted if form in held]
    return found


async def test_no_file_of_the_program_holds_a_secret(
    tmp_home: Path, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("about a login")
    ring = Ring()
    async with Rig() as rig, FaultServer(always(LIST)) as server:
        rig.house.secrets._backend = ring
        added = await rig.well(
            "server.add", None, alias="eso", url=server.url, login="basic", user="u", secret=ASCII["secret"],
            headers={"X-Api-Key": ASCII["header"]}, key_password=ASCII["key"],
            proxy="http://127.0.0.1:9", proxy_user="max", proxy_password=ASCII["proxy"],
        )  # fmt: skip
        await rig.well("server.edit", added.focus, secret=ASCII["edited"], proxy="")
        await rig.do(
            "server.probe", None, {"alias": "x", "url": server.url, "login": "bearer", "secret": ASCII["probe"]}
        )
        client = rig.house.connect(rig.engine.server(added.focus.server))  # type: ignore[union-attr]
        await client.sessions()
        await client.aclose()
        shared = tmp_path / "shared.json"
        await rig.well("workspace.share", None, file=str(shared))
        logging.getLogger("x").warning("about a login")
        said = " ".join([added.line, added.text, str(added.result), *rig.said, *map(str, await rig.rows())])
    assert set(ring.kept.values()) >= {ASCII["edited"], ASCII["header"], ASCII["key"], ASCII["proxy"]}, (
        "they are in the keyring"
    )
    assert not [one for one in ASCII.values() for form in forms(one) if form in said]
    assert hits(tmp_home) == []
    assert shared.is_file()
    assert hits(tmp_path) == []


def test_the_search_finds_a_canary_in_any_form(tmp_path: Path) -> None:
    for n, form in enumerate(sorted(forms(ASCII["secret"]))):
        (tmp_path / str(n)).write_bytes(b"x" + form.encode() + b"y")
    assert len({hit.split(":")[0] for hit in hits(tmp_path)}) == len(forms(ASCII["secret"]))
