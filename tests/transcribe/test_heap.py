"""Memory that native code takes again and again stays with the process until the work is done."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from concurrent.futures import ThreadPoolExecutor
from pipeline.transcribe import heap

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def take():
    return float(np.ones(12_000_000)[-1])  # 96 MB

if {kept}:
    heap.keep_large_blocks()
with ThreadPoolExecutor(1) as thread:
    thread.submit(take).result()
    before = faults()
    thread.submit(take).result()
    print(faults() - before)
heap.give_back()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about glibc")
def test_a_large_block_is_taken_again_without_clearing_its_pages() -> None:
    """In a thread too, as the recogniser's are; pages are counted in processes of their own."""

    def faults(kept: bool) -> int:
        program = PROGRAM.format(kept=kept)
        return int(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)

    if faults(kept=False) < 100:
        pytest.skip("this C library keeps large blocks anyway")
    assert faults(kept=True) < 0.1 * faults(kept=False)
