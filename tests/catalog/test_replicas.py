"""Replicas: the newest first, and nothing is called equal, behind or different that was not shown to be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.catalog.replicas import data_time_statement, dated_column, ranked, standings
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.model.dataset import Replica
from astrolabnet_gui.model.key import Key

T0 = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C = (Key(name).child("datasets", "ztf", epoch="") for name in "abc")


def replica(time: str | None = "60000.5", total: str | None = None, days: int = 0, **more: object) -> Replica:
    committed = T0 + timedelta(days=days)
    proof = {"sum": total, "fingerprint_rows": 10, "proved_commit": committed} if total else {}
    return Replica.model_validate(
        {
            "name": "ztf",
            "columns": ("id long",),
            "data_time": time,
            "committed": committed,
            "asked": T0,
            **proof,
            **more,
        }
    )


def test_newest_datum_first_then_the_last_commit_and_the_unknown_last() -> None:
    found = {A: replica("9999.5"), B: replica("60000.5", days=1), C: replica("60000.5", days=2)}
    assert ranked(found) == [C, B, A]
    assert ranked({A: replica(None), B: replica("2026-01-02 03:04:05"), C: replica("2026-01-03 03:04:05")}) == [C, B, A]
    assert ranked({A: Replica(name="ztf"), B: replica("NaN", days=3), C: replica(None, days=4)}) == [C, B, A]


def test_equal_is_only_what_was_proved_of_the_files_as_they_are_now() -> None:
    found = standings({A: replica(total="7"), B: replica(total="7"), C: replica()})
    assert [found[k].standing for k in (A, B, C)] == ["equal", "equal", "unknown"]
    assert (found[A].equal_to, found[C].equal_to) == ((B,), ())
    changed = replica(total="7").model_copy(update={"committed": T0 + timedelta(hours=1)})
    found = standings({A: replica(total="7"), B: changed})
    assert {found[A].standing, found[B].standing} == {"unknown"}
    assert found[A].equal_to == ()


def test_behind_and_differing_are_told_apart() -> None:
    found = standings({A: replica("60010", "1"), B: replica("60000", "2"), C: replica("60010", "3")})
    assert [found[k].standing for k in (B, C)] == ["behind", "differs"]
    other = replica("60010").model_copy(update={"columns": ("id int",)})
    assert standings({A: replica("60011"), B: other})[B].standing == "behind"
    assert standings({A: replica("60010", days=1), B: other})[B].standing == "differs"
    never = standings({A: replica(), B: Replica(name="ztf")})
    assert [r.standing for r in never.values()] == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("columns", "declared", "wanted"),
    [
        ({"id": "long", "obs_mjd": "double"}, "", "obs_mjd"), ({"JD": "double", "Mjd": "double"}, "", "Mjd"),
        ({"x": "double"}, "x", "x"), ({"x": "string"}, "x", ""), ({"mjd": "string", "t": "timestamp"}, "", ""),
        ({"first_mjd_seen": "double"}, "", "first_mjd_seen"), ({}, "", ""),
    ],
)  # fmt: skip
def test_the_column_that_dates_a_table(columns: dict[str, str], declared: str, wanted: str) -> None:
    assert dated_column([Field(name=n, type=t) for n, t in columns.items()], declared) == wanted


def test_nan_is_not_the_newest() -> None:
    table, columns = TableName(name="t"), [Field(name="m`jd", type="double"), Field(name="day", type="date")]
    assert "nullif(`m``jd`, cast('NaN' AS double))" in data_time_statement(table, columns, "m`jd")
    assert "NaN" not in data_time_statement(table, columns, "day")
