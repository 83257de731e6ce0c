"""Memory that native code takes again and again stays with the process until the work is done."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from concurrent.futures import ThreadPoolExecutor
from pipeline.malloc import large_blocks_kept, settle

def faults():
    take()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    take()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def take():
    return float(np.ones(12_000_000)[-1])  # 96 MB

with ThreadPoolExecutor(1) as thread:
    with large_blocks_kept():
        with large_blocks_kept():
            pass
        settle()
        kept = thread.submit(faults).result()
    print(kept, thread.submit(faults).result())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")
def test_a_large_block_is_taken_again_without_clearing_its_pages() -> None:
    """In a thread too, as the recogniser's are, and only until the last who keeps them is done, whatever others ask for;
    pages are counted in a process of its own."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True)
    kept, given_back = map(int, ran.stdout.split())
    assert kept < 0.1 * given_back
