"""What every process of ours does first, so that nothing identified slips onto the disk or onto the network.

Three things keep a process off the network. ONNX Runtime's telemetry is off before it is imported
(`pipeline/__init__.py`). An audit hook refuses what Python code tries, on every system (`hook`). On Linux the kernel
refuses sockets themselves, so that native code is held as well (`kernel`). `session-deid doctor` tries which hold.
"""

from __future__ import annotations

import os
import sys
import threading

from pipeline.safety import hook, kernel


def protect_process() -> None:
    """Files we write are ours alone (umask 077) and a crash leaves no memory on disk (no core dump)."""
    os.umask(0o077)
    leave_no_core()


def leave_no_core() -> None:
    """A crash of this process leaves no memory on disk."""
    if sys.platform == "win32":  # writes no core files
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def stay_offline() -> None:
    """From here on this process reaches nothing but this computer, whatever Python code tries; there is no way back.

    A computer without a network would answer the same, so a library that can do without goes on.
    """
    hook.install()


def refuse_network() -> bool:
    """From here on the kernel opens no socket that leaves this computer, for native code and programs started by us.

    Sockets that are open already go on: a page's server listens first. Sockets of this computer alone (AF_UNIX) can
    be opened, since a study's key may lie in the system keyring, which answers there. False where the kernel has no
    such refusal (`kernel.refuse`).
    """
    return kernel.refuse(local_services=True)


def refuse_sockets() -> bool:
    """Refuse sockets of this computer too: a resolver that listens on one would look names up for whoever asks.

    For work that needs nobody else. Pipes and socket pairs between our own processes stay.
    """
    return kernel.refuse(local_services=False)


def refuse_sockets_too() -> None:
    """`refuse_sockets` for a process that is held off the network already; another's (a test's, say) stays as it is."""
    if kernel.native_code_is_held():
        refuse_sockets()


def hold_thread_offline() -> None:
    """This thread alone, and on Linux threads that it starts from here on, reach nothing but this computer.

    For processes of which another part must use the network: a cluster's worker, and the coordinator of its run.
    On other systems than Linux it holds for what this very thread does in Python.
    """
    hook.install(only_thread=threading.get_ident())
    kernel.refuse(local_services=False, whole_process=False)
