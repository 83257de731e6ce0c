"""The memory that a piece of work needs, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

_WITH_PEAK = """
import sys
from tests.memory import peak
def begin():
    global before
    before = peak()
{work}
print(peak() - before)
"""


def peak() -> float:
    """The most memory this process has held since its program began (MiB).

    Not `ru_maxrss`: in a child that is never under what its parent held, so that nothing could exceed it.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)  # macOS: bytes
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def more_memory(work: str, *arguments: str) -> float:
    """What the work, source code that calls `begin()` before what counts, held beyond it at most (MiB).

    Raises:
        CalledProcessError: The work failed.
    """
    program = _WITH_PEAK.format(work=textwrap.dedent(work))
    shown = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return float(shown.stdout.splitlines()[-1])
