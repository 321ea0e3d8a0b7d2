"""Siting: what servers say of themselves before a job is placed: what they can do, and whose files they can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..catalog import abilities, files
from ..model.dataset import Replica
from ..model.key import Key
from ..placement.requirements import Abilities, Job
from .context import Context
from .looking import tell

_ALWAYS = frozenset({"spark", "sql"})


async def abilities_of(ctx: Context, server: Key, job: Job) -> Abilities:
    """What a server can do; asked once a run of the program, and again for what was not asked then.

    Raises:
        AstroLabNetError: it does not answer.
    """
    asked = (*job.modules, *job.sources)
    known = ctx.house.abilities.get(server.server)
    if known is None or not set(asked) <= known[1]:
        answer = await tell(ctx, server, abilities.probe_statement(job.modules, job.sources))
        known = (abilities.probed(answer), frozenset(asked) | (known[1] if known else frozenset()))
        ctx.house.abilities[server.server] = known
    found = known[0]
    kinds = _ALWAYS | ({"pyspark"} if found.python else frozenset()) | {"sparkr"}
    return Abilities(
        kinds=frozenset(kinds), sources=found.sources, file_systems=found.schemes, modules=found.modules,
        cores=found.cores, free_bytes=found.free_bytes,
    )  # fmt: skip


async def reachable_at(ctx: Context, server: Key, datasets: Iterable[Mapping[Key, Replica]]) -> frozenset[str]:
    """Places of replicas on other servers whose files this one can read."""
    asked = [
        one.location
        for replicas in datasets if not any(key.server == server.server for key in replicas)
        for one in replicas.values() if one.location
    ]  # fmt: skip
    if not asked:
        return frozenset()
    answer = await tell(ctx, server, files.exist_statement(asked))
    return frozenset(uri for uri, there in zip(asked, answer.get("rows") or (), strict=False) if there)
