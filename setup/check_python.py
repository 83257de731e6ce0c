"""Say in a line whether this Python can carry session-deid. Runs on any Python, however old.

    python setup/check_python.py

Exits with 1 and the reason when it is too old or too new, or when a package that everything needs (PyTorch,
CTranslate2) is published for no system of this kind.
"""

import platform
import struct
import sys

OLDEST, NEWEST = (3, 11), (3, 14)  # the Pythons that every pinned package has wheels for
NEEDED = "%d.%d to %d.%d" % (OLDEST + NEWEST)  # noqa: UP031 - an older Python must be able to read this


def python_problem(version):  # type: ignore[no-untyped-def]
    """Why a Python of this version does not do, or nothing."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return ""
    found = "%d.%d" % tuple(version[:2])  # noqa: UP031
    fault = (
        "too old" if tuple(version[:2]) < OLDEST else "too new: PyTorch and others have no wheels for it yet"
    )
    return "Python " + found + " is " + fault + ". session-deid needs Python " + NEEDED + "."


def system_problem(system, machine, bits, libc):  # type: ignore[no-untyped-def]
    """Why nothing can be installed on a system of this kind, or nothing."""
    machine = machine.lower()
    if bits != 64:
        return "This Python is a 32-bit program, and PyTorch is published for 64 bits alone."
    if system == "Darwin" and machine in ("x86_64", "amd64"):
        return "This is a Mac with an Intel processor (or Python runs under Rosetta): PyTorch is no longer published for it."
    if system == "Windows" and machine not in ("amd64", "x86_64"):
        return "This is Windows on ARM: CTranslate2 and PyAV are not published for it. The x64 Python runs there too."
    if system == "Linux" and libc != "glibc":
        return "This Linux has no glibc (Alpine has musl): PyTorch and CTranslate2 are not published for it."
    if system == "Linux" and machine not in ("x86_64", "aarch64", "arm64", "amd64"):
        return "This processor (" + machine + ") is none that PyTorch and CTranslate2 are published for."
    return ""


def problem():  # type: ignore[no-untyped-def]
    """What is wrong with this Python here, or nothing."""
    here = system_problem(
        platform.system(), platform.machine(), struct.calcsize("P") * 8, platform.libc_ver()[0]
    )
    return python_problem(sys.version_info) or here


if __name__ == "__main__":
    found = problem()
    if found:
        sys.stderr.write(found + "\n" + "The one asked is " + (sys.executable or "python") + ".\n")
        sys.exit(1)
