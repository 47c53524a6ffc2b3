"""No network: a process that asks nobody gives up its sockets, and the kernel holds it to that.

For work that runs SQL which others have written (warehouse/sandbox.py): DuckDB is locked there, and
this holds even if a lock has a hole, for native code as well as for Python. Linux on x86-64 and
ARM64 only; elsewhere the locks stand alone, and `kompetanse ready` says so. A whole process, since
threads inherit it: one thread alone would hand it on to the pools that Arrow shares, through which
the storage is reached.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from concurrent.futures import ThreadPoolExecutor

# linux/prctl.h, linux/seccomp.h, linux/bpf_common.h.
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # 13: EACCES
_NUMBER, _MACHINE = 0, 4  # where both stand in struct seccomp_data
# Machine -> its mark in linux/audit.h, and the numbers of socket and connect in its unistd.h.
_MACHINES = {"x86_64": (0xC000003E, 41, 42), "aarch64": (0xC00000B7, 198, 203)}
_IO_URING = 425  # a way to a socket that asks for none


def enforced() -> bool:
    """Whether the kernel of this machine can hold a process to it; tried on a thread that ends."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(close).result()


def close() -> bool:
    """Give up new connections for good; False where that cannot be had.

    For the calling thread and all threads and processes that it starts from now on, so for the
    whole process if it is called before there are others.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    program = _program(*machine)
    text = ctypes.create_string_buffer(program, len(program))
    steps = struct.pack("@HP", len(program) // 8, ctypes.addressof(text))
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    pointer = ctypes.cast(ctypes.create_string_buffer(steps, len(steps)), ctypes.c_void_p)
    return not prctl(_SECCOMP, _FILTER, pointer.value or 0, 0, 0)


def _program(mark: int, *refused: int) -> bytes:
    """Filter that the kernel asks before every call: (what, if so skip, if not skip, with what)."""
    calls = (*refused, _IO_URING)
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        # A call by another numbering (32 bits) is refused altogether.
        (_EQUALS, 0, len(calls) + 2, mark),
        (_LOAD, 0, 0, _NUMBER),
        *((_EQUALS, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
