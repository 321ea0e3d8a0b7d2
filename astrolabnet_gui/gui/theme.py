"""Theme: the tokens of the look as frozen plain values. No Qt in here, and no colour literal anywhere else in gui."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from ..model.kind import Health
from ..resources import resource


@dataclass(frozen=True, slots=True)
class Theme:
    """One dress of the whole window. Colours are ``#rrggbb`` text (``shadow``: ``#rrggbbaa``), see look.md §1.

    Attributes:
        name: "dark" or "light".
        high_contrast: grounds black or white, greys become text, lines 1 px wider, plates unfilled.
        line: width of the thin line between rooms, logical pixels.
        size, space, radius: type sizes, distances and corner radii, logical pixels.
        motion: durations in ms; all 0 when motion is reduced.
        graph: measures of the graph; font: families by preference (``ui``, ``mono``).
        tint: colours of the bars a person gives servers.
        widths: of tree, detail and console at 1280, 1600 and 1920 (``at1600``), logical pixels.
    """

    name: str
    canvas: str
    window: str
    surface: str
    raised: str
    field: str
    hover: str
    selected: str
    border: str
    edge: str
    text: str
    text2: str
    text3: str
    accent: str
    on_accent: str
    link_wire: str
    ok: str
    busy: str
    pending: str
    warn: str
    failed: str
    gone: str
    unknown: str
    flow: str
    ok_text: str
    busy_text: str
    pending_text: str
    warn_text: str
    failed_text: str
    gone_text: str
    unknown_text: str
    flow_text: str
    shadow: str
    size: Mapping[str, int]
    space: Mapping[str, int]
    radius: Mapping[str, int]
    motion: Mapping[str, int]
    graph: Mapping[str, Any]
    widths: Mapping[str, Mapping[str, int]]
    font: Mapping[str, tuple[str, ...]]
    tint: Mapping[str, str]
    high_contrast: bool = False
    reduced_motion: bool = False
    line: int = 1
    text_scale: float = 1.0

    @property
    def dark(self) -> bool:
        """Light ink on a dark ground."""
        return self.name == "dark"

    def colour(self, token: str) -> str:
        """Colour of a token by its name."""
        return str(getattr(self, token))

    def mark(self, health: Health) -> str:
        """Colour of a state's mark."""
        return self.colour(health.value)

    def word(self, health: Health) -> str:
        """Colour of text that speaks of a state; readable on every ground, unlike the mark's."""
        return self.colour(f"{health.value}_text")

    def rgba(self, token: str) -> tuple[int, int, int, int]:
        """Red, green, blue, alpha of a token, each 0..255."""
        digits = self.colour(token)[1:]
        parts = [int(digits[i : i + 2], 16) for i in range(0, len(digits), 2)]
        red, green, blue = parts[:3]
        return red, green, blue, parts[3] if len(parts) > 3 else 255


COLOURS = tuple(f.name for f in fields(Theme) if f.type == "str" and f.name != "name")


@cache
def theme(
    name: str = "dark", *, high_contrast: bool = False, reduced_motion: bool = False, text_scale: float = 1.0
) -> Theme:
    """Theme by its name, made once; with larger text all that holds text grows with it.

    Raises:
        KeyError: there is no theme of that name.
    """
    tokens = _tokens()
    motion = dict(tokens["motion"])
    still = motion.pop("reduced")
    made = Theme(
        name=name,
        **{token: tokens[name][token] for token in COLOURS},
        size=_frozen(_larger(tokens["font"]["size"], text_scale)),
        space=_frozen(_larger(tokens["space"], text_scale, _HOLDS_TEXT)),
        radius=_frozen(tokens["radius"]),
        motion=_frozen(still if reduced_motion else motion),
        graph=_frozen(tokens["graph"]),
        widths=_frozen({room: _frozen(at) for room, at in tokens["window"].items()}),
        tint=_frozen(tokens["tint"][name]),
        font=_frozen({which: tuple(tokens["font"][which]) for which in ("ui", "mono")}),
        reduced_motion=reduced_motion,
        text_scale=text_scale,
    )
    return _contrast(made) if high_contrast else made


_HOLDS_TEXT = ("row", "bar", "status", "control")


def _larger(values: Mapping[str, int], scale: float, names: Iterable[str] | None = None) -> dict[str, int]:
    return {n: round(v * scale) if names is None or n in names else v for n, v in values.items()}


def _contrast(plain: Theme) -> Theme:
    """The same theme with the strongest difference between ink and ground."""
    ground = "#000000" if plain.dark else "#FFFFFF"
    return replace(
        plain,
        canvas=ground,
        window=ground,
        surface=ground,
        raised=ground,
        field=ground,
        text2=plain.text,
        text3=plain.text,
        border=plain.edge,
        edge=plain.text,
        high_contrast=True,
        line=plain.line + 1,
    )


@cache
def _tokens() -> dict[str, Any]:
    return tomllib.loads(resource("themes", "tokens.toml").read_text("utf-8"))


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))
