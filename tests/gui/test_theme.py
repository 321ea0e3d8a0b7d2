"""The tokens keep what the look promises: contrast 4.5 and 3.0, and state colours that every eye tells apart."""

from __future__ import annotations

import itertools
import tomllib

import numpy as np
import pytest

from astrolabnet_gui.gui.theme import COLOURS, Theme, theme
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.resources import resource

GROUNDS = ("canvas", "window", "surface", "raised", "hover", "selected")
TEXTS = ("text", "text2", "text3", *(f"{h.value}_text" for h in Health))
VISION = tomllib.loads(resource("themes", "tokens.toml").read_text("utf-8"))["vision"]


def linear(now: Theme, token: str) -> np.ndarray:
    rgb = np.array(now.rgba(token)[:3]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(now: Theme, first: str, then: str) -> float:
    light = [float(linear(now, t) @ np.array([0.2126, 0.7152, 0.0722])) + 0.05 for t in (first, then)]
    return max(light) / min(light)


def oklab(rgb: np.ndarray) -> np.ndarray:
    lms = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ np.clip(rgb, 0, None)
    )
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ lms
    )


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_text_can_be_read_on_every_ground(name: str) -> None:
    now = theme(name)
    worst = {(t, g): contrast(now, t, g) for t in TEXTS for g in GROUNDS}
    assert min(worst.values()) >= 4.5, min(worst.items(), key=lambda pair: pair[1])
    assert contrast(now, "on_accent", "accent") >= 4.5


@pytest.mark.parametrize("name", ["dark", "light"])
def test_marks_and_edges_stand_out_from_the_ground(name: str) -> None:
    now = theme(name)
    for health in Health:
        assert min(contrast(now, health.value, ground) for ground in ("canvas", "surface")) >= 3.0, health
    assert min(contrast(now, token, "canvas") for token in ("edge", "link_wire")) >= 3.0


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("sight", ["normal", "protanopia", "deuteranopia"])
def test_every_eye_tells_the_states_apart(name: str, sight: str) -> None:
    matrix = np.eye(3) if sight == "normal" else np.array(VISION[sight])
    seen = {h: oklab(matrix @ linear(theme(name), h.value)) for h in Health}
    nearest = min(100 * float(np.linalg.norm(seen[a] - seen[b])) for a, b in itertools.combinations(Health, 2))
    assert round(nearest, 1) >= VISION["floor"]


def test_high_contrast_is_derived_and_motion_can_be_still() -> None:
    plain, high = theme("light"), theme("light", high_contrast=True)
    assert high.canvas == high.surface == "#FFFFFF"
    assert high.text2 == high.text3 == plain.text
    assert high.line == plain.line + 1
    assert set(theme("dark", reduced_motion=True).motion.values()) == {0}


def test_a_theme_is_made_once_and_can_not_be_changed() -> None:
    assert theme("dark") is theme("dark")
    assert all(theme("dark").colour(token).startswith("#") for token in COLOURS)
    with pytest.raises(AttributeError):
        theme("dark").text = "#000000"  # type: ignore[misc]
    with pytest.raises(KeyError):
        theme("sepia")
