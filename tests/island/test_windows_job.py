"""The job object of Windows, by a kernel32 that notes what it is asked: calls in order, types, answers that are no."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from astrolabnet_gui.island import platform

# Too large for the C int that ctypes takes a call's answer for.
JOB, SELF = 0x1_0000_0ABC, 0xFFFF_FFFF_FFFF_FFFF
MADE = ("CreateJobObjectW", None, None)
LIMITED = ("SetInformationJobObject", JOB, 9, 0x2000, 144)
ASKED = ("GetCurrentProcess",)
PUT = ("AssignProcessToJobObject", JOB, SELF)
CLOSED = ("CloseHandle", JOB)
RIGHT = {
    "CreateJobObjectW": JOB,
    "SetInformationJobObject": 1,
    "GetCurrentProcess": SELF,
    "AssignProcessToJobObject": 1,
}


class Function:
    """One function of a library: ctypes' own callback, so that its types cut and refuse what they do on Windows."""

    argtypes: Any = None
    restype: Any = ctypes.c_int

    def __init__(self, name: str, answer: int, noted: list[tuple[Any, ...]]) -> None:
        self._name, self._answer, self._noted = name, answer, noted

    def __call__(self, *given: Any) -> Any:
        assert self.argtypes is not None, f"{self._name} without argtypes"
        taken: list[Any] = []

        def body(*words: Any) -> int:
            taken.extend(words)
            return self._answer

        answer = ctypes.CFUNCTYPE(self.restype, *self.argtypes)(body)(*given)
        if self._name == "SetInformationJobObject":
            taken[2] = ctypes.c_uint32.from_address(taken[2] + 16).value
        self._noted.append((self._name, *taken))
        return answer


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[Any, ...]]]:
    """``hold(Name=answer)``: the calls that were made."""

    def go(**answers: int) -> list[tuple[Any, ...]]:
        noted: list[tuple[Any, ...]] = []

        class Kernel:
            def __init__(self, name: str, *, use_last_error: bool) -> None:
                assert (name, use_last_error) == ("kernel32", True)
                for function, answer in {**RIGHT, "CloseHandle": 1, **answers}.items():
                    setattr(self, function, Function(function, answer, noted))

        with monkeypatch.context() as windows:
            windows.setattr(platform.sys, "platform", "win32")
            windows.setattr(ctypes, "WinDLL", Kernel, raising=False)
            windows.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
            windows.setattr(ctypes, "WinError", lambda code: OSError(code, "Access is denied"), raising=False)
            platform.hold_children()
        return noted

    return go


def test_this_process_is_put_in_a_job_that_ends_with_it(hold: Callable[..., list[tuple[Any, ...]]]) -> None:
    assert hold() == [MADE, LIMITED, ASKED, PUT], "and the job stays open"


@pytest.mark.parametrize(
    ("refused", "calls"),
    [
        ("CreateJobObjectW", [MADE]),
        ("SetInformationJobObject", [MADE, LIMITED, CLOSED]),
        ("AssignProcessToJobObject", [MADE, LIMITED, ASKED, PUT, CLOSED]),
    ],
)
def test_a_call_that_is_refused_is_logged_and_leaves_no_handle(
    hold: Callable[..., list[tuple[Any, ...]]], expect_log: Callable[[str], None], refused: str, calls: list[Any]
) -> None:
    expect_log("gives no job object .*Access is denied")
    assert hold(**{refused: 0}) == calls
