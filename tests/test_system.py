"""What systems do differently, as it is on this one."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from astrolabnet_gui import system


def test_a_lock_is_had_once_and_freed_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab") as mine:
        system.lock(mine)
        with path.open("ab") as other, pytest.raises(OSError):
            system.lock(other)
    with path.open("ab") as other:
        system.lock(other)
        assert not other.closed


@pytest.mark.skipif(sys.platform == "win32", reason="platform: modes are of POSIX")
def test_a_file_is_private_if_it_is_mine_and_shut(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(0o600)
    mine = list(path.stat())
    assert system.is_private(os.stat_result(mine))
    assert not system.is_private(os.stat_result([mine[0] | 0o040, *mine[1:]]))
    assert not system.is_private(os.stat_result([*mine[:4], mine[4] + 1, *mine[5:]]))


def test_the_main_thread_is_interrupted_from_another() -> None:
    main = threading.main_thread().ident
    assert main is not None
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        teller = threading.Thread(target=system.interrupt, args=(main,))
        with pytest.raises(KeyboardInterrupt):
            _told(teller)
        teller.join()
    finally:
        signal.signal(signal.SIGINT, before)


def _told(teller: threading.Thread) -> None:
    teller.start()
    threading.Event().wait(20)
