"""The refusal below Python: a seccomp filter (Linux), which native code and the programs we start are held to as well.

A filter sees a system call's numbers, not what its pointers point at, so it cannot tell addresses apart. It refuses
the socket itself: `socket(2)` of any family that is not of this computer fails with EAFNOSUPPORT, as on a computer
without a network; listening and accepting on a socket that was opened before go on. io_uring, which opens sockets
past any filter, is refused (its users fall back), as are the system calls of other processor modes (x86 in 32 bits,
x32), which have numbers of their own. Filters are inherited by threads and programs and cannot be taken out.

Sources: kernel documentation, userspace-api/seccomp_filter; linux/seccomp.h, linux/filter.h, linux/audit.h;
asm/unistd.h of the two processors.
"""

from __future__ import annotations

import errno
import platform
import sys
from dataclasses import dataclass
from typing import Any

IO_URING_SETUP = 425  # the same on all processors
X32_CALLS = 0x40000000  # calls of x32 begin here
AF_UNIX, AF_INET, AF_NETLINK = 1, 2, 16  # netlink asks the kernel alone

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, |JGE|K, BPF_RET|K
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # in struct seccomp_data, little endian
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2  # prctl's
_SET_MODE_FILTER, _ALL_THREADS = 1, 1  # seccomp's


@dataclass(frozen=True, slots=True)
class Processor:
    """The numbers of a processor's system calls."""

    architecture: int
    socket: int
    seccomp: int


PROCESSORS = {
    "x86_64": Processor(architecture=0xC000003E, socket=41, seccomp=317),
    "aarch64": Processor(architecture=0xC00000B7, socket=198, seccomp=277),
}

Instruction = tuple[int, int, int, int]
"""Code, jump when true, jump when false, operand."""


def refuse(*, local_services: bool, whole_process: bool = True) -> bool:
    """Have the kernel refuse sockets from here on, for all threads or this one; False where it cannot.

    With `local_services` sockets of this computer (AF_UNIX) may still be opened. It cannot on other systems than
    Linux, on other processors than those of PROCESSORS, and where a kernel or a container has no seccomp.
    """
    processor = PROCESSORS.get(platform.machine())
    if sys.platform != "linux" or processor is None or sys.maxsize < 2**32:
        return False
    return _install(program(processor, local_services=local_services), processor, whole_process)


def program(processor: Processor, *, local_services: bool) -> list[Instruction]:
    """The filter. Its three answers stand at the end; a jump counts the instructions it leaves out."""
    families = [AF_NETLINK, AF_UNIX] if local_services else [AF_NETLINK]
    refused = 7 + len(families)
    allowed, not_there = refused + 1, refused + 2
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 0, not_there - 2, processor.architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, not_there - 4, 0, X32_CALLS),
        (_EQUAL, not_there - 5, 0, IO_URING_SETUP),
        (_EQUAL, 0, allowed - 6, processor.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        *((_EQUAL, allowed - at - 1, 0, family) for at, family in enumerate(families, start=7)),
        (_RETURN, 0, 0, _FAIL | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL | errno.ENOSYS),
    ]


def _install(instructions: list[Instruction], processor: Processor, whole_process: bool) -> bool:
    import ctypes

    class Filter(ctypes.Structure):
        _fields_ = (
            ("code", ctypes.c_ushort),
            ("jt", ctypes.c_ubyte),
            ("jf", ctypes.c_ubyte),
            ("k", ctypes.c_uint),
        )

    class Program(ctypes.Structure):
        _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(Filter)))

    lines = (Filter * len(instructions))(*(Filter(*line) for line in instructions))
    argument = ctypes.byref(Program(len(instructions), lines))
    libc: Any = ctypes.CDLL(None)
    number = ctypes.c_long
    if libc.prctl(_NO_NEW_PRIVILEGES, number(1), number(0), number(0), number(0)):
        return False
    if whole_process:
        call = number(processor.seccomp)
        return bool(libc.syscall(call, number(_SET_MODE_FILTER), number(_ALL_THREADS), argument) == 0)
    return bool(libc.prctl(_SET_SECCOMP, number(_FILTER_MODE), argument, number(0), number(0)) == 0)


def native_code_is_held() -> bool:
    """Whether native code of this process is refused a socket to other computers, found out by asking for one.

    For one of a type that this family hardly has (SOCK_SEQPACKET): not held, the kernel says so, and nothing opens.
    """
    if sys.platform == "win32":
        return False
    import ctypes
    import os
    import socket

    libc: Any = ctypes.CDLL(None, use_errno=True)
    opened = int(libc.socket(int(socket.AF_INET), int(socket.SOCK_SEQPACKET), 0))
    if opened < 0:
        return ctypes.get_errno() == errno.EAFNOSUPPORT
    os.close(opened)
    return False
