"""An engine by its name, on the device there is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import EngineMissingError, GpuUnusableError
from pipeline.malloc import one_arena
from pipeline.models.store import find
from pipeline.transcribe.base import Transcriber
from pipeline.transcribe.devices import gpus_for_ctranslate2, gpus_for_torch, on_gpu

if TYPE_CHECKING:
    from pipeline.transcribe.faster_whisper import FasterWhisper
    from pipeline.transcribe.openai_whisper import OpenaiWhisper

ENGINES = ("faster-whisper", "openai-whisper")
DEVICES = ("auto", "cpu", "cuda")


def tell_on_stderr(line: str) -> None:
    """Where a person sees it, also a worker's."""
    sys.stderr.write(f"{line}\n")


def load(
    engine: str = "faster-whisper",
    model: str = "whisper-base",
    threads: int | None = None,
    device: str = "auto",
    *,
    say: Callable[[str], None] = tell_on_stderr,
) -> Transcriber:
    """Load an engine with a model of the store; once a run, it serves any number of recordings.

    `threads` defaults to the cores this process may use; `device` is auto, cpu or cuda. With auto a GPU that cannot do
    the model's first step is left alone, and `say` is told why in one line.
    Raises EngineMissingError, ModelMissingError or ModelDamagedError; GpuUnusableError for the device cuda.
    """
    if device not in DEVICES:
        raise EngineMissingError(engine=device, install=f"Choose a device: {', '.join(DEVICES)}.")
    one_arena()
    make = _engine(engine, find(model) if engine in ENGINES else Path(), threads or usable_cores())
    try:
        if device != "cpu" and _count_gpus(engine):
            return on_gpu(lambda: make("cuda"))
    except GpuUnusableError as unusable:
        if device == "cuda":
            raise
        say(f"{unusable} The processor does the work.")
    if device == "cuda":
        raise EngineMissingError(
            engine="cuda", install=f"{engine} finds no CUDA GPU here: choose the device cpu or auto."
        )
    return make("cpu")


def _engine(
    engine: str, folder: Path, threads: int
) -> Callable[[str], FasterWhisper] | Callable[[str], OpenaiWhisper]:
    """What makes an engine for a device."""
    if engine == "openai-whisper":
        from pipeline.transcribe.openai_whisper import OpenaiWhisper

        return lambda device: OpenaiWhisper(folder, threads=threads, device=device)
    if engine == "faster-whisper":
        from pipeline.transcribe.faster_whisper import FasterWhisper

        return lambda device: FasterWhisper(folder, threads=threads, device=device)
    raise EngineMissingError(engine=engine, install=f"Choose one of: {', '.join(ENGINES)}.")


def sees_gpu(engine: str = "faster-whisper") -> bool:
    """Whether an engine's library sees a GPU that can be asked, so that `load` tries it before the processor."""
    try:
        return _count_gpus(engine) > 0
    except GpuUnusableError:
        return False


def _count_gpus(engine: str) -> int:
    """How many GPUs an engine's library sees; raises GpuUnusableError when it cannot say."""
    return gpus_for_torch() if engine == "openai-whisper" else gpus_for_ctranslate2()


def usable_cores() -> int:
    """Cores this process may run on (a cluster job or a container may have fewer than the machine)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
