"""What every process of ours does first, so that nothing identified slips onto the disk."""

from __future__ import annotations

import os


def protect_process() -> None:
    """Files we write are ours alone (umask 077) and a crash leaves no memory on disk (no core dump)."""
    os.umask(0o077)
    try:
        import resource
    except ImportError:  # Windows writes no core files
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
