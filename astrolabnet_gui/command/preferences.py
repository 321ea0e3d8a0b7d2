"""What can be done with preferences: how the window looks and what starts with it, for this user on this computer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..model.key import Key
from ..settings.preferences import Preferences
from .context import Context
from .registry import Params, Result, command
from .undo import way_back


class PreferencesParams(Params):
    """What shall change; a field that is not given stays."""

    theme: Literal["system", "dark", "light"] | None = Field(default=None, title="Colours")
    contrast: Literal["system", "usual", "high"] | None = Field(default=None, title="Contrast")
    motion: Literal["system", "usual", "reduced"] | None = Field(
        default=None, title="Motion", description="Reduced: nothing moves by itself."
    )
    text: int | None = Field(
        default=None, ge=100, le=200, title="Text size, %", description="100 to 200, beside what the system says."
    )
    start_with_window: bool | None = Field(
        default=None, title="Start island", description="The window starts the island of this computer."
    )
    keep_running: bool | None = Field(default=None, title="Keep island", description="It outlives the window.")
    quota_gb: int | None = Field(
        default=None, ge=0, le=1_000_000_000, title="Channels may hold, GB",
        description="At one server, before you are asked whether another may start.",
    )  # fmt: skip


WINDOW, ISLAND = ("theme", "contrast", "motion", "text"), ("start_with_window", "keep_running")
CHANNELS = ("quota_gb",)


def as_given(now: Preferences) -> dict[str, object]:
    """Preferences as the parameters say them."""
    groups = ((now.window, WINDOW), (now.island, ISLAND), (now.channels, CHANNELS))
    return {name: getattr(group, name) for group, names in groups for name in names}


@command(
    "preferences.set", "Settings…", params=PreferencesParams, idempotent=True, inverse="preferences.set",
    icon="settings", group="change", example='net.preferences.set(theme="light", text=150)',
)  # fmt: skip
async def set_preferences(ctx: Context, _key: Key | None, params: PreferencesParams) -> Result:
    """Change how the window looks and what starts with it, on this computer only."""
    file = ctx.house.preferences
    old, wanted = file.value, params.model_dump(exclude_none=True)
    before = as_given(old)
    groups = {"window": WINDOW, "island": ISLAND, "channels": CHANNELS}
    fields = {g: {n: wanted[n] for n in names if n in wanted} for g, names in groups.items()}
    now = old.model_copy(
        update={g: getattr(old, g).model_copy(update=changed) for g, changed in fields.items() if changed}
    )
    await ctx.blocking(file.save, now)
    data = {"now": as_given(now)}
    changed = {name: before[name] for name, value in wanted.items() if before[name] != value}
    if changed:
        data |= way_back("settings", "preferences.set", None, **changed)
    return Result(text="The settings are kept.", data=data)
