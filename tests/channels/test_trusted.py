"""What a channel may know and run: secrets that its server alone looks up, what lacks before its start, its folder."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.channels.folder import code, told
from astrolabnet_gui.channels.spec import Spec, approval, runner
from tests.channels.runs import Bench, drop, ids, packed, stage

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
_PLACED = """
import os
os.environ["ALN_WORD"] = ";"
conf = spark._jsc.hadoopConfiguration()
conf.set("hadoop.security.credential.provider.path", "localjceks://file{place}/words.jceks")
conf.set("hadoop.security.credstore.java-keystore-provider.password-file", "")
provider = spark._jvm.org.apache.hadoop.security.alias.CredentialProviderFactory.getProviders(conf).get(0)
word = spark.sparkContext._gateway.new_array(spark._jvm.char, 1)
word[0] = ";"
provider.createCredentialEntry("archive", word)
provider.flush()
"""
_GONE = """
import os
os.environ.pop("ALN_WORD")
spark._jsc.hadoopConfiguration().unset("hadoop.security.credential.provider.path")
"""


@pytest.fixture
def words(tmp_path: Path, bench: Bench) -> Iterator[dict[str, str]]:
    """The same secret in each place a server may have it, by its reference."""
    bench.printed(_PLACED.replace("{place}", str(tmp_path)))
    file = tmp_path / "word"
    file.write_text(";\n")
    file.chmod(0o600)
    yield {"file": f"file:{file}", "env": "env:ALN_WORD", "alias": "alias:archive"}
    bench.printed(_GONE)


def problems(bench: Bench, here: Path, **spec: Any) -> list[dict[str, str]]:
    """What a look before the start finds."""
    given = {"id": "x-1", "title": "x", "mode": "snapshot", "to": (here / "to").as_uri(), **spec}
    asked = code("check", here.as_uri(), id="x-1", spec=Spec.model_validate(given).text())
    found: list[dict[str, str]] = told(bench.printed(asked))["problems"]
    return found


def test_a_secret_is_found_in_each_of_its_places_and_written_in_none(
    tmp_path: Path, bench: Bench, words: dict[str, str]
) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "night.csv").write_text("1;14.5\n2;15.5\n")
    csv = {
        "mode": "snapshot",
        "format": "csv",
        "place": (tmp_path / "drop").as_uri(),
        "schema": "id BIGINT, mag DOUBLE",
    }
    for how, reference in words.items():
        channel = stage(tmp_path / how, **csv, secrets={"sep": reference})
        assert bench.run(channel) == "", how
        assert ids(bench, channel) == [1, 2], how
        said = (channel.folder / "status.json").read_text() + (channel.folder / "channel.json").read_text()
        assert '";"' not in said
        assert problems(bench, tmp_path, **csv, secrets={"sep": reference}) == [], how


def test_a_secret_that_is_in_no_place_is_refused_with_the_command_that_places_it(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    asked = {"format": "json", "place": (tmp_path / "drop").as_uri()}
    for reference in ("env:ALN_NO_SUCH", "alias:nothing", "file:/no/such", "hunter2"):
        [problem] = problems(bench, tmp_path, **asked, secrets={"x": reference})
        assert problem["field"] == "secrets"
        assert "install -m 600 /dev/stdin" in problem["remedy"]
    seen = tmp_path / "seen"
    seen.write_text("x")
    seen.chmod(0o640)
    [problem] = problems(bench, tmp_path, **asked, secrets={"x": f"file:{seen}"})
    assert problem["remedy"] == f"On the server: chmod 600 {seen}"


def test_what_lacks_is_named_with_its_remedy(tmp_path: Path, bench: Bench) -> None:
    [connector, reach] = problems(
        bench, tmp_path, format="kafka", options={"kafka.bootstrap.servers": "127.0.0.1:9", "subscribe": "x"}
    )
    assert "org.apache.spark:spark-sql-kafka-0-10_2.12:3.5." in connector["remedy"]
    assert "Fetch Kafka for the island" in connector["remedy"]
    assert "127.0.0.1:9 can not be reached" in reach["what"]
    bench.printed("import importlib.util as u\nu.was, u.find_spec = u.find_spec, lambda *_: None")
    try:
        drop(tmp_path / "drop", 0)
        [module] = problems(bench, tmp_path, format="packets", decode="packets", place=(tmp_path / "drop").as_uri())
    finally:
        bench.printed("import importlib.util as u\nu.find_spec = u.was")
    assert (module["field"], module["remedy"]) == ("decode", "On the server: pip install fastavro.")
    [write] = problems(bench, tmp_path, format="rate", to="file:///proc/nobody/writes/here")
    assert write["field"] == "to"


def test_the_folder_is_its_owners_alone_and_what_was_not_agreed_to_does_not_run(tmp_path: Path, bench: Bench) -> None:
    drop(tmp_path / "drop", 0)
    spec = Spec(id="night-1f", title="Night", mode="snapshot", format="json", place=(tmp_path / "drop").as_uri(),
                to=(tmp_path / "to").as_uri())  # fmt: skip
    staged = told(bench.printed(code("stage", tmp_path.as_uri(), id=spec.id, spec=spec.text(), runner=runner())))
    folder = Path(staged["folder"].removeprefix("file:"))
    assert [stat.S_IMODE(one.stat().st_mode) for one in (folder, folder.parent)] == [0o700, 0o700]
    agreed = packed(folder, approval(spec.text(), runner()))
    for file in ("channel.json", "runner.py"):
        before = (folder / file).read_text("utf-8")
        (folder / file).write_text(before.replace("snapshot", "snapshot ", 1), "utf-8")
        lines, why = bench._asked(program=str(folder / "runner.py"), argument=agreed)
        assert "someone changed its folder" in why, file
        assert json.loads(lines[-1].partition("ALN-STATUS ")[2])["state"] == "FAILED"
        assert not (tmp_path / "to").exists()
        (folder / file).write_text(before, "utf-8")
    assert bench._asked(program=str(folder / "runner.py"), argument=agreed)[1] == ""
