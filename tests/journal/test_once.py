"""What several windows would do at a moment is done by the first of them."""

from __future__ import annotations

from pathlib import Path

from astrolabnet_gui.journal.journal import Journal

SITE = "0123456789abcdef0123456789abcdef"


def test_of_several_processes_one_is_first(tmp_path: Path) -> None:
    """Two journals on one file stand for two windows: whoever asks first does it, whoever comes later sees who."""
    one, two = (Journal(tmp_path / "journal.sqlite", SITE) for _ in range(2))
    try:
        assert one.once("moment", "channel.serve", None, {}).result(timeout=60) is True
        assert two.once("moment", "channel.serve", None, {}).result(timeout=60) is False
        assert two.once("next", "channel.serve", None, {}).result(timeout=60) is True
        assert one.once("next", "channel.serve", None, {}).result(timeout=60) is False
        assert [row.owner for row in one.of_act("next").result(timeout=60)] == [two.owner]
    finally:
        one.close()
        two.close()
