"""What differs between Linux, macOS and Windows about processes and private files; locks: ``system``.

Nothing may outlive the island. Three nets, one for each way to end: a normal end kills every process tree it
started; a killed island is noticed by the end of a pipe (drivers, undertaker.py); and where the system offers it the
kernel kills them itself (Linux: parent-death signal, Windows: a Job Object).
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import psutil

from astrolabnet_gui import system

_logger = logging.getLogger(__name__)
PYTHON = sys.executable
_PR_SET_PDEATHSIG = 1
_JOB_KILL_ON_CLOSE = 0x2000
_JOB_EXTENDED_LIMIT = 9
_HANDLE, _BOOL = ctypes.c_void_p, ctypes.c_int
_JOB_CALLS = (
    ("CreateJobObjectW", (ctypes.c_void_p, ctypes.c_wchar_p), _HANDLE),
    ("SetInformationJobObject", (_HANDLE, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32), _BOOL),
    ("GetCurrentProcess", (), _HANDLE),
    ("AssignProcessToJobObject", (_HANDLE, _HANDLE), _BOOL),
    ("CloseHandle", (_HANDLE,), _BOOL),
)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies, where the kernel can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def dies_with_us() -> dict[str, Any]:
    """Arguments of Popen for a child that the kernel ends with this process, where the kernel can (Linux)."""
    return {"preexec_fn": die_with_parent} if sys.platform == "linux" else {}


def be_patient() -> None:
    """Leave the processor to everybody else first; what this process starts is as patient."""
    with contextlib.suppress(psutil.Error, OSError):
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else 15)


def hold_children() -> None:
    """Windows: put this process in a job whose members die with it. Elsewhere nothing needs to be done.

    A system that refuses costs one net of three: it is logged, and the island starts.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        # Without its types a handle would be cut to 32 bits.
        for name, given, gives in _JOB_CALLS:
            call = getattr(kernel, name)
            call.argtypes, call.restype = given, gives
        job = kernel.CreateJobObjectW(None, None)
        # JOBOBJECT_EXTENDED_LIMIT_INFORMATION is 144 bytes on 64 bits; LimitFlags is the 32-bit word at offset 16.
        limits = ctypes.create_string_buffer(144)
        ctypes.c_uint32.from_buffer(limits, 16).value = _JOB_KILL_ON_CLOSE
        # The handle stays open for good: its closing, at our end, is what ends the members.
        if not (
            job
            and kernel.SetInformationJobObject(job, _JOB_EXTENDED_LIMIT, limits, len(limits))
            and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
        ):
            _logger.warning("Windows gives no job object (%s).", ctypes.WinError(ctypes.get_last_error()))
            if job:
                kernel.CloseHandle(job)


def own_group() -> dict[str, Any]:
    """Arguments of Popen for a child that leads its own process group, so that it can be ended with all it started."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def detached() -> dict[str, Any]:
    """Arguments of Popen for a child that outlives this process and its terminal."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def tree_of(pid: int) -> list[psutil.Process]:
    """The process and everything below it, and on POSIX the rest of its group (orphans of a dead leader too)."""
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            found[process.pid] = process
    if sys.platform != "win32":
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid not in found and os.getpgid(process.pid) == pid:
                    found[process.pid] = process
    return list(found.values())


def kill_all(processes: list[psutil.Process], *, patience_s: float = 0.0) -> None:
    """End processes: ask (SIGTERM) and wait up to ``patience_s``, then kill. Blocks; never raises."""
    alive = processes
    if patience_s > 0:
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.terminate()
        alive = _still_there(alive, patience_s)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    _still_there(alive, 2.0)


def _still_there(processes: list[psutil.Process], within_s: float) -> list[psutil.Process]:
    """Those that have not ended after a while. psutil's own wait would collect exit codes that asyncio waits for."""
    end = time.monotonic() + within_s
    left = processes
    while left := [process for process in left if process.is_running() and is_alive(process.pid)]:
        if time.monotonic() > end:
            break
        time.sleep(0.01)
    return left


def ask_to_end(pid: int) -> None:
    """Ask one process to end in its own way (Windows knows only the hard way)."""
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).terminate()


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def born(pid: int) -> float | None:
    """When a process started (seconds of the epoch): with the pid it names one process for good. None if gone."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return None


def same_process(pid: int, born_s: float) -> bool:
    """Whether the process that was ``pid``, started at ``born_s``, still runs (pids are used again)."""
    now = born(pid)
    return now is not None and abs(now - born_s) < 0.05


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises:
        OSError: disk full, folder not writable.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def lock(path: Path) -> IO[str] | None:
    """Take a lock that ends with this process; None if another process has it. Keep the answer open.

    Raises:
        OSError: the file can not be made.
    """
    file = open(path, "a", encoding="utf-8")  # noqa: SIM115 - the lock lives as long as the file is open
    try:
        system.lock(file)
    except OSError:
        file.close()
        return None
    return file


def end_words(returncode: int) -> str:
    """How a process ended, for a log line: ``exit code 3`` or ``killed by SIGKILL``."""
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return f"killed by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"killed by signal {-returncode}"
