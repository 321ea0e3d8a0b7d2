"""Memory: what is kept of a server's ids when the program ends, so that its things keep their keys next time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ..model.livy import MADE_NAME, Batch, Session

_KEPT = {"id", "name", "owner", "proxyUser", "appId", "kind", "state", "log"}
# A shorter line may be said by any session.
_TELLING = 40


@dataclass(frozen=True, slots=True)
class Memory:
    """Ids of one server as last seen.

    Attributes:
        url: where; at another address other ids hold.
        epoch: token of that run of ids.
        here: what a collection ("sessions", "batches") showed; highest: the highest number it ever showed.
    """

    url: str
    epoch: str
    here: Mapping[str, tuple[Session | Batch, ...]] = field(default_factory=dict)
    highest: Mapping[str, int] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """As JSON takes it; of a log only what says that an unnamed session is itself."""
        here = {}
        for collection, values in self.here.items():
            slim = [v.model_copy(update={"log": ()}) if v.name or v.appId else v for v in values]
            here[collection] = [v.model_dump(mode="json", include=_KEPT, exclude_defaults=True) for v in slim]
        return {"url": self.url, "epoch": self.epoch, "here": here, "highest": dict(self.highest)}


class Memories:
    """What was kept of each server's ids, and who can tell them as they are now. By the server's uuid."""

    def __init__(self, kept: Mapping[str, Memory] | None = None) -> None:
        self.kept = dict(kept or {})
        self.told_by: dict[str, Callable[[], Memory]] = {}

    def of(self, uuid: str, url: str) -> Memory | None:
        """What was kept of a server, if it still is at that address."""
        found = self.kept.get(uuid)
        return found if found is not None and found.url == url else None

    def now(self) -> dict[str, Memory]:
        """What to keep; of servers that are not open in this run what was kept before."""
        return self.kept | {uuid: tell() for uuid, tell in self.told_by.items()}


def memory_of(data: Any) -> Memory | None:
    """What ``Memory.data`` wrote; None if it is not that."""
    try:
        here: dict[str, tuple[Session | Batch, ...]] = {
            "sessions": tuple(Session.model_validate(value) for value in data["here"].get("sessions", ())),
            "batches": tuple(Batch.model_validate(value) for value in data["here"].get("batches", ())),
        }
        highest = {str(name): int(number) for name, number in data["highest"].items()}
        epoch = str(data["epoch"])
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return Memory(str(data.get("url", "")), epoch, here, highest) if epoch else None


def is_proved(old: Session | Batch, new: Session | Batch) -> bool:
    """Whether both sights of one id are surely of one thing: a name or an application that no other one ever gets, or,
    of a session without either, a line of its log.
    """
    if old.appId and new.appId:
        return old.appId == new.appId
    if old.name or new.name:
        return old.name == new.name and MADE_NAME.fullmatch(old.name or "") is not None
    return any(line in new.log for line in old.log if len(line) > _TELLING)
