"""Pull: a wire that is being drawn: where it comes from, what fits at its other end, why the rest does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ...model.key import Key
from . import shapes
from .ground import Point
from .scene import Scene
from .table import DATASET, SERVER, SOURCE


class Fit(NamedTuple):
    """Whether a server can be the end of a wire.

    Attributes:
        reason: why it can not; "" = it fits.
        note: what a person should know of it as a target, in a few words.
    """

    reason: str = ""
    note: str = ""


@dataclass(slots=True)
class Pull:
    """One wire under way.

    Attributes:
        origin: where data comes from; words: what it is called.
        fits: every server and whether it can be the target; names: what they are called.
        target: the one that is chosen now; at: the pointer, screen px; None = by keyboard.
    """

    origin: Key
    words: str
    fits: Mapping[Key, Fit] = field(default_factory=dict)
    names: Mapping[Key, str] = field(default_factory=dict)
    target: Key | None = None
    at: Point | None = None

    @property
    def targets(self) -> list[Key]:
        """Servers that fit, in their order."""
        return [key for key, fit in self.fits.items() if not fit.reason]

    def aim(self, key: Key | None) -> None:
        """Choose a target; what does not fit is none."""
        self.target = key if key is not None and key in self.fits and not self.fits[key].reason else None

    def turn(self, step: int) -> Key | None:
        """The next target (or, by -1, the one before); None if nothing fits."""
        able = self.targets
        if not able:
            return None
        now = able.index(self.target) if self.target in able else (-1 if step > 0 else 0)
        self.target, self.at = able[(now + step) % len(able)], None
        return self.target

    def row(self, scene: Scene) -> int | None:
        """Shape its line leaves from: its own, or that of its server."""
        found = scene.rows.get(self.origin)
        return scene.rows.get(self.origin.root) if found is None and self.origin.server else found


def pullable(scene: Scene, row: int) -> bool:
    """Data can come out of it."""
    return int(scene.kind[row]) in (SERVER, DATASET, SOURCE)


def ports(scene: Scene, row: int) -> tuple[Point, ...]:
    """Where its handles are, world px: the tips of a plate, the sides of a drum, the point of a source."""
    x, y = scene.middle(row)
    if scene.kind[row] == SOURCE:
        return ((x + shapes.SOURCE_SIDE / 2, y),)
    reach = shapes.DRUM_W / 2 + 4 if scene.kind[row] == DATASET else float(scene.plate_w[row]) / 2
    return ((x - reach, y), (x + reach, y))


def port_towards(scene: Scene, row: int, x: float) -> Point:
    """Its handle that is nearer to a world x."""
    return min(ports(scene, row), key=lambda port: abs(port[0] - x))
