"""When things start by themselves: moments all windows agree on, one for many that were missed, none from before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from astrolabnet_gui.channels.timetable import Schedule, Subscription, Times, Timetable

BEGAN = datetime(2026, 11, 26, 12, 7, tzinfo=UTC)


def schedule(**times: object) -> Schedule:
    return Schedule(channel="night-1f", server="1" * 32, times=Times.model_validate(times), since=BEGAN)


def moment(hour: int, minute: int = 0, day: int = 26) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "now", "due"),
    [
        ({"every_min": 15}, moment(12, 14), None), ({"every_min": 15}, moment(12, 15), moment(12, 15)),
        ({"every_min": 15}, moment(12, 29), moment(12, 15)), ({"every_min": 15}, moment(18, 1), moment(18)),
        ({"at": "03:00"}, moment(23), None), ({"at": "03:00"}, moment(2, 59, 27), None),
        ({"at": "03:00"}, moment(3, 0, 27), moment(3, 0, 27)), ({"at": "03:00"}, moment(1, 0, 30), moment(3, 0, 29)),
        ({"at": "12:10"}, moment(12, 10), moment(12, 10)), ({}, moment(23), None),
    ],
)  # fmt: skip
def test_when_a_schedule_is_due(times: dict[str, object], now: datetime, due: datetime | None) -> None:
    assert schedule(**times).due(now) == due


@pytest.mark.parametrize("times", [{"at": "3:00"}, {"at": "24:00"}, {"at": "12:60"}, {"every_min": -1}])
def test_what_is_no_time_is_refused(times: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        schedule(**times)


def test_only_new_tables_that_fit_are_told() -> None:
    one = Subscription(
        name="x", server="1" * 32, target="2" * 32, fits="night.alerts_*", known=("night.alerts_1",), since=BEGAN
    )
    assert one.new(["night.alerts_1", "night.alerts_2", "night.other", "Night.alerts_3"]) == ["night.alerts_2"]
    assert one.due(BEGAN) is None
    assert one.due(BEGAN + timedelta(minutes=5)) == moment(12, 10)


def test_two_windows_see_each_others_times_and_a_broken_row_hides_no_other(tmp_path: Path) -> None:
    one, two = Timetable(tmp_path), Timetable(tmp_path)
    one.schedule("night-1f", schedule(at="03:00"))
    two.schedule("day-2e", schedule(every_min=5).model_copy(update={"channel": "day-2e"}))
    assert set(one.schedules()) == {"night-1f", "day-2e"}
    assert one.words["night-1f"] == "daily at 03:00 UTC, while an AstroLabNet is on"
    file = tmp_path / "timetable.json"
    file.write_text(file.read_text().replace("03:00", "midnight"))
    assert set(one.schedules()) == {"day-2e"}
    assert "night-1f of the timetable can not be used" in one.problems[0]
    one.schedule("day-2e", None)
    assert "midnight" in file.read_text(), "what is not understood is kept"
    assert two.schedules() == {}
    file.write_text("{")
    assert two.schedules() == {}
    assert "timetable.json can not be used" in two.problems[0]
