"""Kept: which rows of a table a view is about: all, those of a cell of the sky, those of one object."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import Field as Parameter

from ..catalog import healpix
from ..catalog.curve import equals
from ..catalog.names import TableName
from ..catalog.roles import Roles, roles
from ..catalog.schema import Field
from ..catalog.spots import Spot, find
from ..errors import BadInput
from ..model.key import Key
from .context import Context
from .data import columns_of, name_of
from .registry import Params

_SCALES = {"rad": "degrees({})", "radian": "degrees({})"}
_HOURS = ("h", "hour", "hourangle")
ADVANCED: Any = {"advanced": True}


class KeptParams(Params):
    """Which rows."""

    cell: str = Parameter(
        default="", title="Cell of the sky", max_length=24, description="HEALPix order and number (NESTED), as 5/1234.",
        json_schema_extra=ADVANCED,
    )  # fmt: skip
    object: str = Parameter(
        default="", title="Object", max_length=200, description="Its name or number; empty: all.",
        json_schema_extra=ADVANCED,
    )  # fmt: skip
    ra: str = Parameter(default="", title="Right ascension", max_length=400, json_schema_extra=ADVANCED,
        description="Column; empty: found by UCD or name.")  # fmt: skip
    dec: str = Parameter(default="", title="Declination", max_length=400, json_schema_extra=ADVANCED,
        description="Column; empty: found by UCD or name.")  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """A table as a view sees it."""

    name: TableName
    columns: tuple[Field, ...]
    params: KeptParams
    server: str

    @cached_property
    def roles(self) -> Roles:
        """Who plays which role among its columns."""
        return roles(self.columns)

    def spot(self, given: str, role: str, what: str) -> Spot:
        """The column a person named, or the one that plays the role.

        Raises:
            BadInput: neither.
        """
        chosen = given or getattr(self.roles, role)
        if not chosen:
            raise BadInput(
                f"no column of {self.name} looks like {what}.", field=role, server=self.server,
                remedy="Name it: by its UCD and its name it could not be found.",
            )  # fmt: skip
        return find(self.columns, chosen, role)

    def position(self) -> tuple[str, str]:
        """SQL of right ascension and declination in degrees.

        Raises:
            BadInput: there are none.
        """
        ra = self.spot(self.params.ra, "ra", "a right ascension")
        dec = self.spot(self.params.dec, "dec", "a declination")
        return _degrees(ra, hours=True), _degrees(dec)

    def where(self) -> list[str]:
        """SQL conditions.

        Raises:
            BadInput: the table has no column for one of them.
        """
        found = []
        if self.params.cell:
            found.append(healpix.within(*self.position(), healpix.cell(self.params.cell)))
        if self.params.object:
            found.append(equals(self.spot("", "object", "the name of an object"), self.params.object))
        return found


async def looked(ctx: Context, key: Key, params: KeptParams) -> Looked:
    """Its columns are asked for once."""
    name = name_of(ctx, key)
    columns = ctx.house.browsing.columns.get(key) or await columns_of(ctx, key, name)
    return Looked(name, columns, params, ctx.alias(key))


def degrees(unit: str, hours: bool = False) -> float:
    """What a number of this unit is multiplied with to become degrees."""
    unit = unit.strip().lower()
    if hours and unit in _HOURS:
        return 15.0
    return 57.29577951308232 if unit in _SCALES else 1.0


def _degrees(spot: Spot, hours: bool = False) -> str:
    unit = spot.field.unit.strip().lower()
    if hours and unit in _HOURS:
        return f"(15D * {spot.number})"
    return _SCALES.get(unit, "{}").replace("{}", spot.number)
