"""Roles: which columns hold position, time, brightness, band, object and stamps: by UCD, else by the usual names.

What is found decides which views are offered. Sources: UCD1+ (IVOA), the schemas of ZTF, Rubin and Gaia.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..model.thing import Value
from .schema import Field
from .spots import Spot, spots

_UCDS = {
    "ra": ("pos.eq.ra;meta.main", "pos.eq.ra"), "dec": ("pos.eq.dec;meta.main", "pos.eq.dec"),
    "time": ("time.epoch", "time.start", "time"), "brightness": ("phot.mag", "phot.flux"),
    "error": ("stat.error;phot.mag", "stat.error;phot.flux"), "band": ("meta.code;instr.bandpass", "instr.bandpass"),
    "object": ("meta.id;src", "meta.id;meta.main"), "limit": ("stat.max;phot.mag", "instr.sensitivity"),
}  # fmt: skip
_NAMES = {
    "ra": ("ra", "raj2000", "ra_icrs", "radeg", "alpha", "meanra", "ramean", "coord_ra"),
    "dec": ("dec", "decl", "dej2000", "de_icrs", "dedeg", "delta", "meandec", "decmean", "coord_dec"),
    "time": ("jd", "mjd", "midpointmjdtai", "midpointtai", "hjd", "bjd", "obstime", "time", "date", "timestamp"),
    "brightness": ("magpsf", "mag", "magnitude", "psfmag", "phot_g_mean_mag", "psfflux", "flux"),
    "error": ("sigmapsf", "magerr", "mag_err", "e_mag", "psfmagerr", "psffluxerr", "fluxerr", "flux_err"),
    "band": ("fid", "band", "filter", "filtername", "filt"),
    "object": ("objectid", "diaobjectid", "source_id", "sourceid", "object", "oid", "name"),
    "id": ("candid", "diasourceid", "alertid", "id"),
    "limit": ("diffmaglim", "maglim", "limmag", "limitingmag"),
}  # fmt: skip
_STAMPS = ("cutout", "stamp", "thumbnail")
BANDS = {"1": "g", "2": "r", "3": "i"}
"""Numbers of bands as ZTF counts them."""


class Roles(Value):
    """Words of the columns that play each role; "" where there is none.

    Attributes:
        history: an array of structs with earlier points of the same object.
        stamps: binary columns that are likely to be pictures.
        numbers: all that can be drawn.
    """

    ra: str = ""
    dec: str = ""
    time: str = ""
    brightness: str = ""
    error: str = ""
    band: str = ""
    object: str = ""
    id: str = ""
    limit: str = ""
    history: str = ""
    stamps: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def views(self) -> tuple[str, ...]:
        """Names of the views that make sense."""
        able = {
            "sky": self.ra and self.dec, "lightcurve": self.object and self.time and self.brightness,
            "stamps": self.stamps, "histogram": self.numbers, "density": len(self.numbers) > 1,
            "series": self.time and len(self.numbers) > 1, "cone": self.ra and self.dec, "match": self.ra and self.dec,
            "packet": True,
        }  # fmt: skip
        return tuple(name for name, on in able.items() if on)


def roles(columns: tuple[Field, ...]) -> Roles:
    """Who plays which role."""
    all_spots = tuple(spots(columns))
    able = {
        role: [s for s in all_spots if _fits(role, s)]
        for role in ("ra", "dec", "time", "brightness", "error", "band", "object", "id", "limit")
    }
    chosen = {role: _chosen(role, found) for role, found in able.items()}
    history = next((c.name for c in columns if _is_history(c)), "")
    return Roles(
        **chosen, history=history, stamps=tuple(s.words for s in all_spots if _is_stamp(s)),
        numbers=tuple(s.words for s in all_spots if s.is_number or s.is_time),
    )  # fmt: skip


def is_magnitude(spot: Spot) -> bool:
    """It is brighter where it is less."""
    ucd, name = spot.field.ucd.lower(), spot.path[-1].lower()
    return ucd.startswith("phot.mag") or spot.field.unit == "mag" or (not ucd and "mag" in name and "flux" not in name)


def member(parts: Iterable[Field], role: str) -> str:
    """Name of the field within an element of a history that plays the role; "" if none does."""
    found = [Spot(path=(part.name,), field=part) for part in parts]
    named = {s.field.name.lower(): s for s in found if _fits(role, s)}
    return next((named[name].field.name for name in _NAMES[role] if name in named), "")


def _fits(role: str, spot: Spot) -> bool:
    if role in ("band", "object", "id"):
        return spot.field.type == "string" or spot.is_number
    return spot.is_number or (role == "time" and spot.is_time)


def _chosen(role: str, able: list[Spot]) -> str:
    for ucd in _UCDS.get(role, ()):
        for spot in able:
            words = spot.field.ucd.lower()
            if words == ucd or (words.startswith(f"{ucd};") and role != "error"):
                return spot.words
    named: dict[str, Spot] = {}
    for spot in able:
        named.setdefault(spot.path[-1].lower(), spot)
    return next((named[name].words for name in _NAMES[role] if name in named), "")


def _is_history(column: Field) -> bool:
    if column.type != "array" or column.parts[0].type != "struct":
        return False
    parts = column.parts[0].parts
    return bool(member(parts, "time") and member(parts, "brightness"))


def _is_stamp(spot: Spot) -> bool:
    name = ".".join(spot.path).lower()
    return spot.field.type == "binary" and any(word in name for word in _STAMPS)
