"""The pool for blocking calls: results and errors come back, a hung one keeps nobody, too many are refused."""

from __future__ import annotations

import threading

import pytest

from astrolabnet_gui.errors import AstroLabNetError
from astrolabnet_gui.network.offload import Offload


async def test_results_and_errors_come_back_from_another_thread() -> None:
    pool = Offload(workers=2)
    assert await pool.run(lambda: threading.current_thread().name, timeout_s=5) != threading.current_thread().name

    def broken() -> None:
        raise ValueError("no keyring")

    with pytest.raises(ValueError, match="no keyring"):
        await pool.run(broken, timeout_s=5)
    assert pool.close(5)
    with pytest.raises(AstroLabNetError, match="ending"):
        await pool.run(broken, timeout_s=5)


async def test_a_call_that_hangs_is_left_and_too_many_are_refused() -> None:
    pool = Offload(workers=1, waiting=1)
    gate = threading.Event()
    try:
        with pytest.raises(AstroLabNetError, match=r"did not end in 0\.05 s"):
            await pool.run(gate.wait, timeout_s=0.05)
        with pytest.raises(AstroLabNetError, match="did not end"):
            await pool.run(gate.wait, timeout_s=0.05)
        assert not pool.close(0.0)
    finally:
        gate.set()
    assert pool.close(5)


async def test_a_full_pool_says_so() -> None:
    pool = Offload(workers=1, waiting=0)
    gate = threading.Event()
    try:
        with pytest.raises(AstroLabNetError, match="did not end"):
            await pool.run(gate.wait, timeout_s=0.05)
        with pytest.raises(AstroLabNetError, match="wait already"):
            await pool.run(gate.wait, timeout_s=0.05)
    finally:
        gate.set()
    assert pool.close(5)
