"""Newest: the answer to "Where is the newest?", from what is known, with those who were not asked and what it costs."""

from __future__ import annotations

from typing import Any

from ..catalog.replicas import ranked
from ..model.dataset import Replica
from ..model.key import Key
from .asking import cost_of
from .context import Context
from .registered import server_of


def ranking(ctx: Context, name: str) -> dict[str, Any]:
    """Text and data of "Where is the newest?"."""
    registered = ctx.house.registered
    replicas, places = registered.replicas(ctx.engine, name), registered.places(ctx.engine, name)
    asked = [key for key in ranked(replicas) if replicas[key].asked is not None]
    rows = [_row(ctx, key, replicas[key]) for key in asked]
    silent = [{"server": ctx.alias(k), "cost": cost_of(ctx, k, replicas[k])} for k in places if k not in asked]
    known = {k.server for k in places}
    silent += [{"server": s.alias, "cost": cost_of(ctx, Key(s.uuid), None)} for s in ctx.engine.servers()
               if s.uuid not in known]  # fmt: skip
    dataset = registered.datasets[name]
    away = [p.url for p in dataset.places if server_of(p, ctx.engine.servers()) is None]
    if rows:
        first = rows[0]
        when = f"{first['dated']} {first['data_time']}" if first["data_time"] else f"changed {first['committed']}"
        text = f"The newest {name} known is on {first['server']}: {when}."
    else:
        text = f"Nobody was asked about {name} yet."
    if silent:
        text += f" Not asked: {', '.join(s['server'] for s in silent[:6])}{'…' * (len(silent) > 6)}."
    return {"text": text, "data": {"replicas": rows, "not_asked": silent, "elsewhere": away}}


def _row(ctx: Context, key: Key, one: Replica) -> dict[str, Any]:
    told = one.model_dump(mode="json", exclude={"equal_to", "columns"})
    equal = [ctx.alias(k) for k in one.equal_to]
    return told | {"server": ctx.alias(key), "address": key.address(ctx.alias(key)), "equal_to": equal}
