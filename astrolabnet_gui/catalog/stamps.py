"""Stamps: small pictures of the sky that a table holds as FITS in binary columns, packed by gzip or not."""

from __future__ import annotations

import base64
import io
import math
import warnings
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import BadInput, Malformed, Missing
from ..model.thing import Value
from .names import TableName, literal
from .spots import Spot

ROWS = 12
_ANSWER = 12_000_000  # Livy's parser takes no text over 20 MB
_UNPACKED = 64_000_000
_SIDE = 2048
_REMEDY = "pip install 'astrolabnet-gui[astro]' brings it."


class Stamp(Value):
    """A picture.

    Attributes:
        column: where it was; row: number of the row in the answer, and ``name`` what the row is called.
        wide, high: pixels; ``pixels``: base64 of little-endian 32-bit floats, the lowest row first.
        low, high_cut: where black and white lie (zscale).
        north_deg: how far to turn it counter-clockwise so that north is up; None if the picture does not say.
        mirrored: east is to the right before turning.
        problem: why there is no picture; "" if there is one.
    """

    column: str
    row: int
    name: str = ""
    wide: int = 0
    high: int = 0
    pixels: str = ""
    low: float = 0.0
    high_cut: float = 1.0
    north_deg: float | None = None
    mirrored: bool = False
    problem: str = ""


def statement(table: TableName, columns: Sequence[Spot], name: Spot | None, where: Sequence[str], rows: int) -> str:
    """SQL of the pictures of some rows: one JSON text a row; what is too large comes as its length alone."""
    each = _ANSWER // max(1, rows * len(columns)) * 3 // 4
    parts = [f"'name', {f'cast({name.sql} AS string)' if name else literal('')}"]
    for n, spot in enumerate(columns):
        if spot.field.type != "binary":
            raise BadInput(f"{spot.words} is {spot.field.words}; pictures are binary.", field="columns")
        parts.append(f"'n{n}', octet_length({spot.sql})")
        parts.append(f"'b{n}', IF(octet_length({spot.sql}) <= {each}, base64({spot.sql}), NULL)")
    test = f" WHERE {' AND '.join(where)}" if where else ""
    return f"SELECT to_json(named_struct({', '.join(parts)})) FROM {table.sql}{test} LIMIT {rows}"


def stamps(rows: Iterable[Mapping[str, Any]], columns: Sequence[Spot]) -> tuple[Stamp, ...]:
    """All pictures of the rows; one that can not be read says why, and hides no other.

    Raises:
        Missing: astropy is not installed.
    """
    found = []
    for number, row in enumerate(rows):
        for n, spot in enumerate(columns):
            place = {"column": spot.words, "row": number, "name": str(row.get("name") or "")}
            size, text = row.get(f"n{n}"), row.get(f"b{n}")
            if size is None:
                found.append(Stamp(**place, problem="no picture in this row"))
            elif text is None:
                found.append(Stamp(**place, problem=f"too large to look at here: {int(size):,} bytes"))
            else:
                try:
                    found.append(picture(base64.b64decode(str(text)), **place))
                except (Malformed, ValueError) as exc:
                    found.append(Stamp(**place, problem=str(getattr(exc, "what", "") or exc)[:200]))
    return tuple(found)


def unzipped(data: bytes) -> bytes:
    """The FITS file inside gzip; what is not packed stays.

    Raises:
        Malformed: it is damaged, or grows over all bounds.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(data, _UNPACKED)
    except zlib.error as exc:
        raise Malformed(f"the picture's packing is damaged: {exc}.") from exc
    if unpacker.unconsumed_tail:
        raise Malformed("the picture unpacks to more than 64 MB.")
    if not unpacker.eof:
        raise Malformed("the picture's packing is damaged: its end is missing.")
    return found


def picture(data: bytes, **place: Any) -> Stamp:
    """A picture from its bytes.

    Raises:
        Malformed: they are no FITS picture.
        Missing: astropy is not installed.
    """
    import numpy as np

    try:
        from astropy.io import fits
        from astropy.visualization import ZScaleInterval
    except ImportError as exc:
        raise Missing("cut-out stamps need the library astropy.", remedy=_REMEDY) from exc
    plain = unzipped(data)
    if not plain.startswith(b"SIMPLE"):
        raise Malformed("it is no FITS picture.")
    try:
        # astropy warns of what it then can not read: the error below says it.
        with (
            warnings.catch_warnings(action="ignore"),
            fits.open(io.BytesIO(plain), memmap=False, lazy_load_hdus=False) as file,
        ):
            unit = next((u for u in file if u.header.get("NAXIS", 0) >= 2 and getattr(u, "is_image", False)), None)
            if unit is None or max(unit.header["NAXIS1"], unit.header["NAXIS2"]) > _SIDE:
                raise Malformed("the FITS file holds no picture that fits here.")
            pixels = np.asarray(unit.data, dtype=np.float32)
            header = unit.header
            north, mirrored = _north(header)
    except (OSError, TypeError, ValueError, KeyError, AttributeError, IndexError, EOFError) as exc:
        raise Malformed(f"the FITS file is damaged: {str(exc)[:120]}.") from exc
    while pixels.ndim > 2:
        pixels = pixels[0]
    good = pixels[np.isfinite(pixels)]
    if not good.size:
        raise Malformed("the picture holds no number.")
    low, high = (float(cut) for cut in ZScaleInterval().get_limits(good))
    high = max(high, low + 1e-6 * max(1.0, abs(low)))
    return Stamp(
        **place, wide=int(pixels.shape[1]), high=int(pixels.shape[0]), low=low, high_cut=high, north_deg=north,
        mirrored=mirrored, pixels=base64.b64encode(pixels.astype("<f4").tobytes()).decode(),
    )  # fmt: skip


def _north(header: Mapping[str, Any]) -> tuple[float | None, bool]:
    """Angle and handedness from the matrix of the sky coordinates."""
    if "CD1_1" in header:
        m = [float(header.get(f"CD{i}_{j}", 0.0)) for i in (1, 2) for j in (1, 2)]
    elif "CDELT1" in header and "CDELT2" in header:
        turn = math.radians(float(header.get("CROTA2", 0.0)))
        pc = [
            float(header.get(f"PC{i}_{j}", d))
            for (i, j), d in zip(
                ((1, 1), (1, 2), (2, 1), (2, 2)),
                (math.cos(turn), -math.sin(turn), math.sin(turn), math.cos(turn)),
                strict=True,
            )
        ]
        one, two = float(header["CDELT1"]), float(header["CDELT2"])
        m = [one * pc[0], one * pc[1], two * pc[2], two * pc[3]]
    else:
        return None, False
    determinant = m[0] * m[3] - m[1] * m[2]
    if determinant == 0:
        return None, False
    # Step in pixels that leads north: the second column of the inverse matrix.
    across, up = -m[1] / determinant, m[0] / determinant
    # East is left of north where the determinant is negative, as seen from inside the sphere.
    mirrored = determinant > 0
    if mirrored:
        across = -across
    return math.degrees(math.atan2(across, up)), mirrored
