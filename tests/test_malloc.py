"""Memory that native code takes again and again stays with the process until the work is done."""

from __future__ import annotations

import platform
import resource
import subprocess
import sys

import pytest

from pipeline.models.store import installed

PROGRAM = """
import resource
import numpy as np
from concurrent.futures import ThreadPoolExecutor
from pipeline.malloc import large_blocks_kept, one_arena, settle

def faults():
    take()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    take()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def take():
    return float(np.ones(12_000_000)[-1])  # 96 MB

one_arena()
with ThreadPoolExecutor(1) as thread:
    thread.submit(bytes, 100_000).result()  # it has begun before, as the recogniser's have
    with large_blocks_kept():
        with large_blocks_kept():
            pass
        settle()
        kept = thread.submit(faults).result()
    print(kept, thread.submit(faults).result())
"""


HEARING = """
import resource
from pipeline.malloc import large_blocks_kept
from pipeline.transcribe import load
from pipeline.transcribe.rescoring import silence

engine = load("faster-whisper", "whisper-tiny.en", threads=1, device="cpu")
sound = engine.features(silence())

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    engine.encode([sound])
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

with large_blocks_kept():
    engine.encode([sound])
    print(faults(), faults())
"""

needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")


@needs_glibc
def test_a_large_block_is_taken_again_without_clearing_its_pages() -> None:
    """In a thread too, as the recogniser's are, and only until the last who keeps them is done, whatever others ask for;
    pages are counted in a process of its own."""
    kept, given_back = numbers_of(PROGRAM)
    assert kept < 0.1 * given_back


@needs_glibc
@pytest.mark.skipif(not installed("whisper-tiny.en"), reason="the model is not installed")
def test_the_recogniser_encodes_in_memory_it_has() -> None:
    """Its threads begin with its model; with a heap of their own each window takes a block of 54 MB anew."""
    block = 6 * 1500 * 1500 * 4 // resource.getpagesize()
    assert all(count < 0.1 * block for count in numbers_of(HEARING))


def numbers_of(program: str) -> list[int]:
    """What a program of its own prints."""
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    return [int(word) for word in ran.stdout.split()]
