"""The brokers of the field are files; a broken one is named and leaves the others alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from astrolabnet_gui.model.source import Mechanism, SourceKind
from astrolabnet_gui.resources import resource
from astrolabnet_gui.sources.presets import presets


def test_the_shipped_ones_are_whole() -> None:
    found, problems = presets()
    assert problems == ()
    names = {preset.name for preset in found}
    assert {"kafka", "fink-ztf", "fink-lsst", "lasair-lsst", "alerce", "antares", "babamul", "rate"} <= names
    assert names == {file.stem for file in resource("sources").glob("*.toml")}
    for preset in found:
        assert preset.about, preset.name
        if preset.origin.kind is SourceKind.KAFKA and preset.name != "kafka":
            assert preset.checked, preset.name
            assert preset.topics_are, preset.name
    assert next(p for p in found if p.name == "fink-lsst").origin.mechanism is Mechanism.SCRAM_512


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "line 1"),
        ('about = "no title"', "title"),
        ('title = "x"\n[origin]\npasword = "typo"', "pasword"),
        ('title = "x"\n[origin]\nsecret = "hunter2"', "no secret"),
        ('title = "x"\n[origin]\nkind = "smoke signals"', "kind"),
        ("#" * 300_000, "too large"),
        ("\x00", ""),
    ],
)
def test_a_broken_one_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    found, problems = presets(tmp_path)
    assert len(found) == len(presets()[0])
    [words] = problems
    assert words.startswith("The preset mine.toml")


def test_ones_own_win(tmp_path: Path) -> None:
    (tmp_path / "lasair-lsst.toml").write_text('title = "Lasair, moved"\n[origin]\nservers = "a:1"', "utf-8")
    found, problems = presets(tmp_path)
    assert problems == ()
    assert next(p for p in found if p.name == "lasair-lsst").origin.servers == "a:1"
