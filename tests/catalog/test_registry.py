"""Registry: small files written whole, on the disk or by a server; what can not be read hides nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from astrolabnet_gui.catalog import scala
from astrolabnet_gui.catalog.registry import MAX_BYTES, DiskShelf, Registry, ServerShelf, file_name
from astrolabnet_gui.errors import AstroLabNetError, BadInput, Malformed


async def beside(call: Callable[[], Any]) -> Any:
    return call()


async def test_documents_are_kept_and_broken_files_are_named(tmp_path: Path) -> None:
    registry = Registry(DiskShelf(tmp_path, beside))
    assert (await registry.all("channels")).documents == {}
    await registry.put("channels", "ztf → lyon/..", {"mode": "mirror", "n": 1})
    await registry.put("channels", "ztf → lyon/..", {"mode": "mirror", "n": 2})
    assert [f.name for f in (tmp_path / "channels").iterdir()] == [file_name("ztf → lyon/..")]
    assert await registry.get("channels", "ztf → lyon/..") == {"mode": "mirror", "n": 2}
    (tmp_path / "channels" / "half.json").write_text('{"mode": ')
    (tmp_path / "channels" / "list.json").write_text("[1]")
    (tmp_path / "channels" / ".x.json.abc.tmp").write_text("{")
    found = await registry.all("channels")
    assert list(found.documents) == ["ztf → lyon/.."]
    assert [p.split()[0] for p in found.problems] == ["channels/list.json", "channels/half.json"]
    await registry.drop("channels", "ztf → lyon/..")
    await registry.drop("channels", "ztf → lyon/..")
    assert await registry.get("channels", "ztf → lyon/..") is None
    await registry.tell({"eventType": "START"})
    await registry.tell({"eventType": "COMPLETE"})
    assert [e["eventType"] for e in (await registry.all("journal")).documents.values()] == ["COMPLETE", "START"]


async def test_what_is_no_document_is_refused(tmp_path: Path) -> None:
    registry = Registry(DiskShelf(tmp_path, beside))
    for name in ("", " ", "x" * 300):
        with pytest.raises(BadInput):
            await registry.put("datasets", name, {})
    with pytest.raises(BadInput, match="too large"):
        await registry.put("datasets", "big", {"x": "x" * MAX_BYTES})
    with pytest.raises(BadInput, match="JSON"):
        await registry.put("datasets", "nan", {"x": float("nan")})


@given(some.text(min_size=1, max_size=60))
def test_a_name_is_one_file_in_its_folder_whatever_it_holds(name: str) -> None:
    try:
        file = file_name(name)
    except (BadInput, UnicodeEncodeError):
        return
    assert "/" not in file
    assert "\\" not in file
    assert not file.startswith(".")
    assert file.isascii()


async def test_a_server_writes_by_one_statement_that_carries_data_as_data() -> None:
    told: list[str] = []

    async def tell(code: str) -> dict[str, Any]:
        told.append(code)
        return {"rows": [["a%20b.json", base64.b64encode(b'{"x": 1}').decode()]]}

    registry = Registry(ServerShelf('file:/r"${env:HOME}/', tell))
    await registry.put("topology", "lal", {"url": '"; sys.exit(1) //'})
    assert (await registry.all("topology")).documents == {"a b": {"x": 1}}
    for code in told:
        assert "\n" not in code
        assert "sys.exit" not in code
        assert "env:HOME" not in code
    values = json.loads(base64.b64decode(told[0].partition('decode("')[2].partition('"')[0]))
    assert values["uri"] == 'file:/r"${env:HOME}/topology/lal.json'


@given(some.dictionaries(some.text(max_size=8), some.text(max_size=40), max_size=3))
def test_a_line_of_scala_holds_no_value_as_text(values: dict[str, str]) -> None:
    code = scala.statement("out.put(1)", values)
    inside = code.partition('decode("')[2].partition('"')[0]
    assert json.loads(base64.b64decode(inside)) == values
    assert code.replace(inside, "") == scala.statement("out.put(1)", {}).replace(base64.b64encode(b"{}").decode(), "")


def test_an_answer_is_the_last_marked_line() -> None:
    assert scala.answer('val x = 1\nALN {"a": 1}\nALN {"a": 2}\nres0: Unit = ()') == {"a": 2}
    for text in ("", "ALN {", "ALN [1]", "no"):
        with pytest.raises(Malformed):
            scala.answer(text)
    with pytest.raises(AstroLabNetError, match="no such file or folder: File file:/x does not exist"):
        scala.answer('ALN {"error": "FileNotFoundException", "why": "File file:/x does not exist\\nat …"}')
