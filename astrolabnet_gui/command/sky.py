"""The sample sky: something to look at on any server."""

from __future__ import annotations

from pydantic import Field

from ..errors import AstroLabNetError
from ..model.key import Key
from .context import Context
from .opening import session_for
from .registry import Params, Result, command
from .sending import SendParams, send
from .session import server_up

_SUMMARY = """SELECT class, count(*) AS alerts, count(DISTINCT objectId) AS objects,
  round(min(magpsf), 2) AS brightest, round(avg(magpsf), 2) AS mean, round(max(magpsf), 2) AS faintest,
  round(avg(rb), 3) AS mean_score, round(avg(size(prv_candidates)), 1) AS earlier_points
FROM sample_sky.alerts GROUP BY class ORDER BY alerts DESC"""


class SkyParams(Params):
    """How much sky."""

    alerts: int = Field(default=5000, ge=1, le=1_000_000, title="Alerts")


@command(
    "sky.load", "Load sample sky", on=("servers",), params=SkyParams, when=server_up, idempotent=True, icon="dataset",
    example='net["lal"].load_sky()',
)  # fmt: skip
async def load(ctx: Context, server: Key, params: SkyParams) -> Result:
    """Make the table sample_sky.alerts on the server, and show a summary of it.

    The alerts are synthetic and the same everywhere: positions, magnitudes, classes, scores, light curves and three
    image stamps each. They are made on the server itself, need numpy there and no network. A table that is there
    already with as many alerts stays as it is.
    """
    session = await session_for(ctx, server, "pyspark")
    table = await send(
        ctx, session, SendParams(action="sample-sky", kind="pyspark", values={"alerts": params.alerts}, wait=True)
    )
    if table.data["state"] != "done":
        raise AstroLabNetError(
            f"the sample sky could not be made: {table.data['problem'] or table.data['state']}",
            server=ctx.alias(server), remedy="The task shows the whole error.",
        )  # fmt: skip
    summary = await send(ctx, session, SendParams(kind="sql", code=_SUMMARY, name="Sample sky by class", wait=True))
    return Result(text="The sample sky is loaded: sample_sky.alerts.", focus=summary.focus, data=summary.data)
