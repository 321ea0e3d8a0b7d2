"""Key: the identity of a thing, and its printed address."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote

Step = str | int


class Key(NamedTuple):
    """Identity of one thing.

    Server ids restart at 0 when a Livy restarts, so an id alone is no identity: ``epoch`` is a random token that
    changes when they do. The address ``lal/sessions/3/statements/7`` is only the printed form; it is looked up with
    ``Store.find``.

    Attributes:
        server: uuid of the server, made on this computer; "" for things of the workspace.
        epoch: token of the server's run of ids; "" for the server itself and for things that outlive it.
        path: alternating collection and id, ``("sessions", 3, "statements", 7)``; () for the server itself.
    """

    server: str
    epoch: str = ""
    path: tuple[Step, ...] = ()

    @property
    def kind(self) -> str:
        """Collection the thing belongs to: ``servers``, ``sessions``, ``statements``, ``batches``…"""
        return str(self.path[-2]) if self.path else "servers"

    @property
    def id(self) -> Step:
        """Id within its collection; the uuid for a server."""
        return self.path[-1] if self.path else self.server

    @property
    def parent(self) -> Key | None:
        """Key one step up; None above a server."""
        if not self.path:
            return None
        rest = self.path[:-2]
        return Key(self.server, self.epoch if rest else "", rest)

    @property
    def root(self) -> Key:
        """Key of the server the thing lives on."""
        return Key(self.server)

    def child(self, collection: str, ident: Step, epoch: str | None = None) -> Key:
        """Key one step down; ``epoch`` is needed below a server."""
        return Key(self.server, self.epoch if epoch is None else epoch, (*self.path, collection, ident))

    def address(self, alias: str) -> str:
        """Printed form, ``lal/sessions/3``; steps are percent-encoded, for any of them may hold a slash."""
        return "/".join(quote(str(step), safe="") for step in (alias, *self.path))


def split_address(text: str) -> tuple[str, tuple[str, ...]]:
    """Alias and steps of a printed address, decoded; ids stay text."""
    head, *rest = (unquote(step) for step in text.strip("/").split("/"))
    return head, tuple(rest)
