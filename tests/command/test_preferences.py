"""Preferences are set by a command, kept in their file, and go back."""

from __future__ import annotations

from pathlib import Path

from astrolabnet_gui.command.undo import back_of
from astrolabnet_gui.settings.preferences import PreferencesFile

from .rig import Rig


async def test_preferences_are_kept_and_taken_back(tmp_home: Path) -> None:
    async with Rig() as rig:
        event = await rig.well("preferences.set", None, theme="light", text=150, keep_running=True)
        kept = PreferencesFile.load(rig.house.paths.preferences, {}).value
        assert (kept.window.theme, kept.window.text, kept.island.keep_running) == ("light", 150, True)
        assert event.result["now"]["text"] == 150
        back = back_of(event.result)
        assert back is not None
        assert back.params == {"theme": "system", "text": 100, "keep_running": False}
        await rig.well(back.command, back.key, **back.params)
        assert PreferencesFile.load(rig.house.paths.preferences, {}).value.window.theme == "system"
        same = await rig.well("preferences.set", None, theme="system")
        assert back_of(same.result) is None
        problem = await rig.ill("preferences.set", None, text=500)
        assert problem.field == "text"
