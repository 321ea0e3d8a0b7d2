"""Places: a place of the sky as people write it: degrees, hours and minutes, or the name of an object."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ..errors import BadInput, Missing, Unreachable
from .sheets import REMEDY

Resolve = Callable[[str], tuple[float, float]]
_NUMBERS = re.compile(r"[+\-−]?\d+(?:\.\d*)?|[+\-−]?\.\d+")
_WRITTEN = re.compile(r"[\d\s.,:;+\-−hmsd°′″'\"]+", re.IGNORECASE)


def place(text: str, resolve: Resolve) -> tuple[float, float]:
    """Right ascension and declination in degrees: of ``10.68 +41.27``, ``00:42:44.3 +41:16:09``,
    ``00h42m44.3s +41d16m09s``, or of what ``resolve`` knows by this name.

    Raises:
        BadInput: it is no place, or nobody knows the name.
        Unreachable: the name could not be asked for.
    """
    text = text.strip()
    if not text:
        raise BadInput("say a place: degrees, hours and minutes, or a name.", field="at")
    found = written(text)
    if found is None:
        found = resolve(text)
    ra, dec = found
    if not (math.isfinite(ra) and math.isfinite(dec) and -90.0 <= dec <= 90.0):
        raise BadInput(f"{text[:60]!r} is no place of the sky: a declination is between −90° and +90°.", field="at")
    return ra % 360.0, dec


def written(text: str) -> tuple[float, float] | None:
    """A place written in numbers; None if it is none, but perhaps a name.

    Raises:
        BadInput: numbers that are no place.
    """
    if not _WRITTEN.fullmatch(text) or not re.match(r"[\d+\-−.]", text):
        return None
    numbers = [one.replace("−", "-") for one in _NUMBERS.findall(text)]
    if len(numbers) == 2 and not re.search(r"[hms:]", text, re.IGNORECASE):
        return float(numbers[0]), float(numbers[1])
    if len(numbers) not in (4, 6) or any(one[0] in "+-" for one in (*numbers[1 : len(numbers) // 2],)):
        raise BadInput(
            f"{text[:60]!r} is no place of the sky.", field="at",
            remedy="As 10.68 +41.27, or 00:42:44.3 +41:16:09, or a name.",
        )  # fmt: skip
    half = len(numbers) // 2
    return 15.0 * _sixty(numbers[:half]), _sixty(numbers[half:])


def _sixty(parts: list[str]) -> float:
    whole, *rest = parts
    found = abs(float(whole))
    for n, part in enumerate(rest, 1):
        if not 0 <= float(part) < 60:
            raise BadInput(f"{part} is no count of minutes or seconds.", field="at")
        found += float(part) / 60**n
    return -found if whole.startswith("-") else found


def sesame(name: str) -> tuple[float, float]:
    """What the name service of the CDS (Sesame: Simbad, NED, VizieR) knows; it is asked over the network.

    Raises:
        BadInput: it knows no such name.
        Unreachable: it does not answer.
        Missing: astropy is not installed.
    """
    try:
        from astropy.coordinates import name_resolve
    except ImportError as exc:
        raise Missing("finding an object by its name needs the library astropy.", remedy=REMEDY) from exc
    try:
        found = name_resolve.get_icrs_coordinates(name)
    except (name_resolve.NameResolveError, OSError, ValueError) as exc:
        if "Unable to find coordinates" in str(exc):
            raise BadInput(f"nobody knows an object named {name[:60]!r}.", field="at") from exc
        raise Unreachable(
            "the name service (Sesame of the CDS) does not answer.",
            remedy="Without a network give degrees or hours and minutes, as 10.68 +41.27 or 00:42:44 +41:16:09.",
        ) from exc
    return float(found.ra.deg), float(found.dec.deg)
