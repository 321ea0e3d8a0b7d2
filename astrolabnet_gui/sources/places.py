"""Places: a place of the sky as people write it: degrees, hours and minutes, or the name of an object."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable

from ..errors import BadInput, Missing, Unreachable
from .sheets import REMEDY, Sheet, of_arrow

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
    return _on_sky(text, written(text) or resolve(text))


def _on_sky(text: str, found: tuple[float, float]) -> tuple[float, float]:
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


def listed(lines: Iterable[str]) -> Sheet:
    """Places written one a line, in numbers, as a sheet of ``place`` (as written), ``ra`` and ``dec`` in degrees. Empty
    lines, those that begin with ``#`` and a heading in front are left out.

    Raises:
        BadInput: a line is no place, which is named; ``field`` is "places".
        Missing: pyarrow is not installed.
    """
    try:
        import pyarrow
    except ImportError as exc:
        raise Missing("a list of places needs the library pyarrow.", remedy=REMEDY) from exc
    found: list[tuple[str, float, float]] = []
    for n, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#") or (not found and not re.search(r"\d", text)):
            continue
        try:
            at = written(text)
            if at is None:
                raise BadInput(f"{text[:60]!r} is no place of the sky.", remedy="As 10.68 +41.27.")
            found.append((text, *_on_sky(text, at)))
        except BadInput as exc:
            raise BadInput(f"line {n}: {exc.what}", field="places", remedy=exc.remedy) from exc
    degrees = {"unit": "deg"}
    fields = [
        pyarrow.field("place", pyarrow.string()),
        *(pyarrow.field(name, pyarrow.float64(), metadata=degrees) for name in ("ra", "dec")),
    ]
    columns = [[one[n] for one in found] for n in range(3)]
    return of_arrow(pyarrow.table(columns, schema=pyarrow.schema(fields)))


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
