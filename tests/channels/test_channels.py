"""Spec, folder and status of channels: same bytes for the same spec, bad files are said, the state by every word."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from astrolabnet_gui.channels import folder
from astrolabnet_gui.channels.night import parts_of
from astrolabnet_gui.channels.spec import Spec, approval, batch_name, channel_of, new_id, runner
from astrolabnet_gui.channels.status import Status, catch_up_s, full_in_s, fullness, newest, read, state_word
from astrolabnet_gui.errors import Malformed

NIGHT = Spec(id="night-1f", title="Night", mode="stream", format="json", place="/drop", to="/out")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def said(state: str = "RUNNING", ago_s: float = 1.0, **more: object) -> Status:
    words = {"channel": "night-1f", "title": "Night", "mode": "stream", "state": state, "time": NOW.timestamp() - ago_s}
    return Status.model_validate({**words, **more})


def test_a_spec_comes_back_as_it_was_written_and_says_what_differs() -> None:
    odd = NIGHT.model_copy(update={"title": "\u00e9 \"'\\ ${x}", "where": "mag < 18", "columns": ("id", "mag")})
    assert Spec.read(odd.text()) == odd
    assert Spec.read(odd.text()).text() == odd.text()
    assert NIGHT.changed(odd) == [
        'title: "Night" → "\u00e9 \\"\'\\\\ ${x}"', 'columns: [] → ["id", "mag"]', 'where: "" → "mag < 18"',
    ]  # fmt: skip
    assert NIGHT.changed(NIGHT) == []
    assert approval(NIGHT.text(), runner()) != approval(odd.text(), runner())


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "JSON"), ("[]", "object"), ("{}", "id"), (NIGHT.text().replace("stream", "teleport"), "mode"),
     (NIGHT.text().replace("night-1f", "../../etc"), "id")],
)  # fmt: skip
def test_a_file_that_is_no_spec_says_which_field(text: str, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        Spec.read(text)


def test_the_name_of_a_batch_is_the_lock_and_tells_its_channel() -> None:
    ident = new_id("Ztf alerts, bright!")
    assert ident.startswith("ztf-alerts-bright-")
    assert ident != new_id("Ztf alerts, bright!")
    assert channel_of(batch_name(ident)) == ident
    assert new_id("\u661f").isalnum()
    for name in (None, "", "nightly", "aln-ch-", "aln-ch-A/b", "aln-ch-x\n", "xaln-ch-y"):
        assert channel_of(name) == "", name


def test_an_id_can_not_leave_its_folder() -> None:
    with pytest.raises(ValidationError):
        Spec(id="..", title="x", mode="stream", format="json")


def test_code_for_a_folder_carries_words_as_data() -> None:
    hostile = '"); import os; os.abort() #\n\u2028'
    made = folder.code("look", hostile, id=hostile)
    assert hostile not in made
    assert "os.abort" not in made
    blob = made.rpartition('channel_folder("')[2].removesuffix('")')
    assert json.loads(base64.b64decode(blob)) == {"act": "look", "base": hostile, "id": hostile}


@pytest.mark.parametrize("text", ["", "ALN ", "ALN [1]", "ALN {", "noise\n", "xALN {}"])
def test_an_answer_that_is_none_is_said(text: str) -> None:
    with pytest.raises(Malformed, match="did not say"):
        folder.told(text)


def test_an_answer_is_found_among_what_spark_prints() -> None:
    assert folder.told('WARN x\nALN {"done": true}\nmore') == {"done": True}


@pytest.mark.parametrize(
    ("status", "batch", "word"),
    [
        (None, "starting", "pending"), (None, "dead", "failed"), (None, "", "drawn"),
        (said(), "running", "flowing"), (said(), "", "lost"), (said(), "dead", "lost"),
        (said(ago_s=121), "running", "stalled"), (said(ago_s=119), "running", "flowing"),
        (said(ago_s=121, every_s=60), "running", "flowing"), (said(ago_s=301, every_s=60), "running", "stalled"),
        (said("PENDING"), "running", "pending"), (said("PAUSED"), "success", "paused"),
        (said("PAUSED", ago_s=90), "starting", "pending"), (said("GAP", error="gone"), "dead", "data missing"),
        (said("FAILED", error="x"), "dead", "failed"), (said("LOST"), "running", "lost"),
        (said("DONE"), "success", "done"), (said("DONE", verified=True), "success", "verified equal"),
        (said(waiting=5000, rows_s=400), "running", "flowing"), (said(waiting=9000, rows_s=400), "running", "behind"),
    ],
)  # fmt: skip
def test_the_state_of_a_channel(status: Status | None, batch: str, word: str) -> None:
    assert state_word(status, batch, NOW)[0] == word


def test_when_what_waits_is_lost() -> None:
    behind = said(waiting=60_000, in_rows_s=1000, out_rows_s=400, rows_s=40, lag_s=60, keeps_s=100)
    assert fullness(behind) == 0.6
    assert full_in_s(behind) == pytest.approx(40 / 0.6), "of each second it reads 0.4"
    assert full_in_s(said(in_rows_s=400, out_rows_s=400, lag_s=60, keeps_s=100)) is None
    assert full_in_s(said(in_rows_s=1000, out_rows_s=400, lag_s=200, keeps_s=100)) == 0
    assert fullness(said(lag_s=200, keeps_s=100)) == 1
    assert fullness(said(lag_s=200)) is None, "nobody says how long it is kept"
    assert catch_up_s(said(waiting=600, in_rows_s=100, out_rows_s=400, rows_s=40)) == 2


def test_a_night_is_played_part_by_part() -> None:
    night = parts_of({"parts": {"first_s": 100.0, "part_s": 10.0, "rows": [10, 0, 5], "bytes": [100, 0, 50]}})
    assert night is not None
    played = [(one.rows, one.size_bytes, one.rows_s) for one in map(night.at, (0, 100, 105, 110, 119, 125, 130, 999))]
    assert played == [
        (0, 0, 0), (0, 0, 1), (5, 50, 1), (10, 100, 0), (10, 100, 0), (12, 125, 0.5), (15, 150, 0), (15, 150, 0)
    ]  # fmt: skip
    assert (night.last_s, night.peak_rows_s) == (130, 1)
    well: dict[str, object] = {"first_s": 0, "part_s": 1, "rows": [1], "bytes": [1]}
    assert parts_of({"parts": well}) is not None
    for odd in ({"part_s": 0}, {"rows": [1, 2]}, {"first_s": float("nan")}, {"rows": []}, {"bytes": "x"}):
        assert parts_of({"parts": {**well, **odd}}) is None
    assert parts_of({"parts": None}) is None


def test_when_nothing_will_wait_any_more() -> None:
    assert catch_up_s(said(waiting=6000, rows_s=400, in_rows_s=100)) == 20
    assert catch_up_s(said(waiting=6000, rows_s=400, in_rows_s=400)) is None
    assert catch_up_s(said(waiting=0, rows_s=400, in_rows_s=0)) is None
    assert catch_up_s(said(rows_s=400)) is None


def test_the_last_word_that_can_be_read_counts() -> None:
    lines = [
        "ALN-STATUS " + said(rows=1).model_dump_json(),
        "26/11/24 INFO ALN-STATUS " + said(rows=2).model_dump_json(),
    ]
    found = newest([*lines, "ALN-STATUS {cut", "WARN other"])
    assert found is not None
    assert found.rows == 2
    assert newest(["nothing"]) is None
    for bad in (None, "", "[]", said().model_dump_json().replace("RUNNING", "FLYING"), '{"time": 1e99}'):
        assert read(bad) is None
