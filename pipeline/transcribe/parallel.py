"""How a machine's cores and memory are shared out over windows decoded at the same time."""

from __future__ import annotations

# On a processor several batches are decoded at once, each by few threads: two batches of one thread each keep
# two cores busier than one batch of two threads, which wait for each other at every small step. Simulated for up to 16
# cores by bench/transcribe/lanes.py; a batch of one window costs no more a window than a larger one.
CPU_BATCHES = 8
CPU_WINDOWS, GPU_WINDOWS = 6, 32  # in all batches together, or one in each; more gain little
WINDOW_MEMORY = 0.6  # of a window in decoding, in multiples of model.bin (measured 0.08 GB with base)
CPU_MEMORY_GB = 0.7  # so that an hour stays under 1.5 GB with base, its sound and the diarizer included


def share_machine(model_bytes: int, threads: int, device: str) -> tuple[int, int]:
    """How many batches to decode at the same time, and how many windows in each."""
    windows = windows_at_once(model_bytes, device, threads)
    parallel = 1 if device == "cuda" else min(threads, windows, CPU_BATCHES)
    return parallel, windows // parallel


def windows_at_once(model_bytes: int, device: str, threads: int = 1) -> int:
    """How many windows to decode at the same time in the memory there is."""
    if device == "cuda":
        import torch

        free = torch.cuda.mem_get_info()[0] if torch.cuda.is_available() else 4e9
        return int(max(1, min(GPU_WINDOWS, free / model_bytes)))
    import psutil

    budget = max(CPU_MEMORY_GB * 1e9, 0.2 * psutil.virtual_memory().available)
    most = max(CPU_WINDOWS, min(threads, CPU_BATCHES))
    return int(max(1, min(most, budget / (WINDOW_MEMORY * model_bytes))))
