"""Reach: what probes found of the ways between servers, kept in this user's state folder with its age."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ..channels.routes import WORDS, Probe, Rate
from ..errors import Missing
from ..settings.files import read_capped, write_whole

_logger = logging.getLogger(__name__)
_PROBES, _RATES = TypeAdapter(tuple[Probe, ...]), TypeAdapter(tuple[Rate, ...])
Pair = tuple[str, str]


class Reach:
    """One for the House. Losing the file costs a new probe, so nothing here ever fails.

    Attributes:
        probes, rates: by the uuids of who holds the data and who wants them.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.probes: dict[Pair, Probe] = {}
        self.rates: dict[Pair, Rate] = {}
        try:
            told = json.loads(read_capped(file))
            self.learn(_PROBES.validate_python(told["probes"]), _RATES.validate_python(told["rates"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError, ValidationError):
            return

    def learn(self, probes: Iterable[Probe] = (), rates: Iterable[Rate] = ()) -> None:
        """Take in what was found."""
        self.probes.update({(one.holder, one.reader): one for one in probes})
        self.rates.update({(one.holder, one.reader): one for one in rates})

    def way(self, holder: str, reader: str) -> tuple[str, datetime | None]:
        """What was found of the way from one server to another, in words, and when."""
        found = self.probes.get((holder, reader))
        return ("not asked yet", None) if found is None else (WORDS[found.road], found.asked)

    def save(self) -> None:
        """Write it down. Any thread; it blocks."""
        told = {
            "probes": [one.model_dump(mode="json") for one in tuple(self.probes.values())],
            "rates": [one.model_dump(mode="json") for one in tuple(self.rates.values())],
        }
        try:
            write_whole(self._file, json.dumps(told).encode("utf-8"))
        except Missing as problem:
            _logger.warning("what was found of the ways between servers is not kept: %s", problem)
