"""Ledger: how often a credential was refused, over all servers. Accounts get locked by clients that insist."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MOST_REFUSED = 3


@dataclass(slots=True)
class _Account:
    """One credential: who it is and what it says, as a digest."""

    refused: int = 0
    proven: bool = False
    trying: int = 0
    turn: asyncio.Condition = field(default_factory=asyncio.Condition)


class Ledger:
    """Shared by the logins of all servers on one loop.

    A credential nobody has accepted yet is out at no more than ``MOST_REFUSED`` places, those that refused it counted:
    one user name with a mistyped password on 200 servers costs three refusals, not two hundred.
    """

    def __init__(self) -> None:
        self._accounts: dict[bytes, _Account] = {}

    @asynccontextmanager
    async def trying(self, version: bytes) -> AsyncIterator[bool]:
        """A place for one try, once there is one; False if this credential was refused too often already."""
        account = self._accounts.setdefault(version, _Account())
        async with account.turn:
            await account.turn.wait_for(
                lambda: account.proven or account.refused >= MOST_REFUSED
                or account.refused + account.trying < MOST_REFUSED
            )  # fmt: skip
            if not account.proven and account.refused >= MOST_REFUSED:
                yield_it = False
            else:
                yield_it = True
                account.trying += 1
        try:
            yield yield_it
        finally:
            if yield_it:
                account.trying -= 1
                async with account.turn:
                    account.turn.notify_all()

    def accepted(self, version: bytes) -> None:
        """Some server took it: it is no mistyped one."""
        account = self._accounts.setdefault(version, _Account())
        account.proven, account.refused = True, 0

    def refused(self, version: bytes) -> None:
        """Some server did not."""
        self._accounts.setdefault(version, _Account()).refused += 1

    def forget(self, version: bytes) -> None:
        """A person insists: one more try."""
        account = self._accounts.get(version)
        if account is not None and account.refused >= MOST_REFUSED:
            account.refused = MOST_REFUSED - 1
